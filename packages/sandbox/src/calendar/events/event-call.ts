import { conditionNotMet, invalidParameter, requiredAccessLevel } from "../../http/google-error.ts";
import { atLeast } from "../../world/calendar.ts";
import type { EventRecord } from "../../world/event-record.ts";
import { type Answer, type Call, type OpenCalendar, openCalendar, requireRole } from "../caller.ts";
import { findEvent } from "./find.ts";
import type { ClientAbilities } from "./read-content.ts";
import { finish, type Scene, type SendUpdates } from "./scene.ts";
import { viewEvent } from "./view.ts";

/** The calendar of a call that changes events. */
export function openForWriting(call: Call, id = call.params.calendarId ?? ""): OpenCalendar {
	const open = openCalendar(call, id);
	requireRole(open, "writer");
	return open;
}

/** The event that a call names, as far as the caller may write it. */
export function writableEvent(call: Call, open: OpenCalendar): EventRecord {
	const record = findEvent(open.calendar, call.params.eventId ?? "");
	const hidden = record.visibility === "private" || record.visibility === "confidential";
	if (hidden && !atLeast(open.role, "writer")) throw requiredAccessLevel("writer");
	return record;
}

/** @throws GoogleError 412 where `If-Match` names another version */
export function checkIfMatch(call: Call, etag: string): void {
	const wanted = call.header("if-match");
	if (wanted === null) return;
	const tags = wanted.split(",").map((tag) => tag.trim().replace(/^W\//, ""));
	if (!tags.includes("*") && !tags.includes(etag)) throw conditionNotMet();
}

export function abilitiesOf({ query }: Call): ClientAbilities {
	return {
		conferences: query.integer("conferenceDataVersion", { min: 0, max: 1 }) === 1,
		attachments: query.flag("supportsAttachments") ?? false,
		labels: query.integer("eventLabelVersion", { min: 0, max: 1 }) === 1,
	};
}

/** Performs a change and tells the channels of what it touched. */
export function inScene<T>(call: Call, open: OpenCalendar, act: (scene: Scene) => T): T {
	const scene: Scene = {
		world: call.world,
		calendar: open.calendar,
		actor: call.caller.account,
		sendUpdates: sendUpdatesOf(call),
		touched: new Set(),
	};
	const result = act(scene);
	finish(scene);
	return result;
}

function sendUpdatesOf({ query }: Call): SendUpdates {
	const asked = query.choice("sendUpdates", ["all", "externalOnly", "none"] as const);
	// The older parameter.
	return asked ?? (query.flag("sendNotifications") === true ? "all" : "none");
}

/** The zone of an answer: `timeZone`, else the calendar's. */
export function answerZone(call: Call, open: OpenCalendar): string {
	const asked = call.query.text("timeZone");
	if (asked === null) return open.calendar.timeZone;
	try {
		new Intl.DateTimeFormat("en", { timeZone: asked });
		return asked;
	} catch {
		throw invalidParameter("timeZone", "Invalid time zone.");
	}
}

export function answerEvent(call: Call, open: OpenCalendar, record: EventRecord): Answer {
	const body = viewEvent(record, {
		calendar: open.calendar,
		role: open.role,
		zone: answerZone(call, open),
		origin: call.world.origin(),
		maxAttendees: call.query.integer("maxAttendees", { min: 1, max: 2 ** 31 - 1 }),
		deletedDetails: true,
	});
	return { body, etag: record.etag };
}
