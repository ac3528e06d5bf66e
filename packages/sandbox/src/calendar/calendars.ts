import { ianaName } from "@kalends/model";
import { forbidden, invalid, required } from "../http/google-error.ts";
import { type JsonObject, mergePatch } from "../json.ts";
import { announce } from "../push/announce.ts";
import { type Calendar, etagOf } from "../world/calendar.ts";
import { createCalendar, listCalendar } from "../world/create-account.ts";
import type { World } from "../world/world.ts";
import { type Answer, type Call, type OpenCalendar, openCalendar, requireRole } from "./caller.ts";
import { checkIfMatch } from "./events/event-call.ts";
import { objectOf, textOf } from "./events/read-fields.ts";

function view(calendar: Calendar): JsonObject {
	return {
		kind: "calendar#calendar",
		etag: calendar.etag,
		id: calendar.id,
		summary: calendar.summary,
		description: calendar.description,
		location: calendar.location,
		timeZone: calendar.timeZone,
		dataOwner: calendar.primary ? undefined : calendar.dataOwner,
		conferenceProperties: calendar.conferenceProperties,
	};
}

const answer = (calendar: Calendar): Answer => ({ body: view(calendar), etag: calendar.etag });

function openOwned(call: Call): OpenCalendar {
	const open = openCalendar(call, call.params.calendarId ?? "");
	requireRole(open, "owner");
	return open;
}

/** https://developers.google.com/calendar/api/v3/reference/calendars/get */
export function getCalendar(call: Call): Answer {
	return answer(openCalendar(call, call.params.calendarId ?? "").calendar);
}

/** https://developers.google.com/calendar/api/v3/reference/calendars/insert */
export function insertCalendar(call: Call): Answer {
	const { world, caller, body } = call;
	const summary = textOf(body, "summary");
	if (summary === undefined) throw required("Missing title.");
	const calendar = createCalendar(world, caller.account, {
		summary,
		description: textOf(body, "description"),
		location: textOf(body, "location"),
		timeZone: readZone(body) ?? caller.account.timeZone,
		createdBy: caller.clientId,
	});
	return answer(calendar);
}

/** https://developers.google.com/calendar/api/v3/reference/calendars/patch */
export function patchCalendar(call: Call): Answer {
	const { calendar } = openOwned(call);
	return write(call, calendar, mergePatch(view(calendar), call.body));
}

/** https://developers.google.com/calendar/api/v3/reference/calendars/update */
export function updateCalendar(call: Call): Answer {
	return write(call, openOwned(call).calendar, call.body);
}

function write(call: Call, calendar: Calendar, body: JsonObject): Answer {
	checkIfMatch(call, calendar.etag);
	const summary = textOf(body, "summary");
	if (summary === undefined) throw required("Missing title.");
	const timeZone = readZone(body);
	calendar.summary = summary;
	calendar.description = textOf(body, "description");
	calendar.location = textOf(body, "location");
	calendar.timeZone = timeZone ?? calendar.timeZone;
	calendar.conferenceProperties = objectOf(body, "conferenceProperties") ?? calendar.conferenceProperties;
	// Lists of calendars do not tell of it: a title is read-only there (google.md §3).
	calendar.revision = call.world.revisions.next();
	calendar.etag = etagOf(calendar.revision, call.world.clock.now());
	return answer(calendar);
}

function readZone(body: JsonObject): string | undefined {
	const text = textOf(body, "timeZone");
	if (text === undefined) return undefined;
	const name = ianaName(text);
	if (name === null) throw invalid("Invalid time zone.");
	return name;
}

/** https://developers.google.com/calendar/api/v3/reference/calendars/delete */
export function deleteCalendar(call: Call): Answer {
	const { calendar } = openOwned(call);
	if (calendar.primary) throw forbidden("The primary calendar cannot be deleted.");
	if (calendar.dataOwner !== call.caller.account.email) {
		throw forbidden("Only the data owner of a calendar can delete it.");
	}
	dropCalendar(call.world, calendar);
	return { status: 204 };
}

/** Deletes a calendar, also from everybody's list. */
function dropCalendar(world: World, calendar: Calendar): void {
	calendar.deleted = true;
	for (const account of world.accounts.values()) {
		const entry = account.list.get(calendar.id);
		if (entry !== undefined && !entry.deleted) listCalendar(world, account, calendar, { deleted: true });
	}
}

/** https://developers.google.com/calendar/api/v3/reference/calendars/clear: of a primary calendar, all events. */
export function clearCalendar(call: Call): Answer {
	const { calendar } = openOwned(call);
	if (!calendar.primary) throw invalid("Only primary calendars can be cleared.");
	calendar.events.clear();
	calendar.tokensFrom = call.world.revisions.next();
	announce(call.world, { type: "events", calendarId: calendar.id });
	return { status: 204 };
}
