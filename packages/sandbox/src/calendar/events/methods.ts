import { deleted, duplicate, GoogleError, invalid, invalidParameter, required } from "../../http/google-error.ts";
import { type JsonObject, mergePatch } from "../../json.ts";
import type { Calendar } from "../../world/calendar.ts";
import { type EventContent, type EventRecord, type Person, sameEmail } from "../../world/event-record.ts";
import { accountOf, type World } from "../../world/world.ts";
import { type Answer, type Call, type OpenCalendar, openCalendar } from "../caller.ts";
import { abilitiesOf, answerEvent, checkIfMatch, inScene, openForWriting, writableEvent } from "./event-call.ts";
import { checkChange, checkEventType } from "./event-types.ts";
import { findEvent } from "./find.ts";
import { readContent } from "./read-content.ts";
import { numberOf, objectOf, textOf } from "./read-fields.ts";
import { remove, saveChanged, saveNew } from "./save.ts";
import { isCancelled, writableView } from "./view.ts";

/** https://developers.google.com/calendar/api/v3/reference/events/get */
export function getEvent(call: Call): Answer {
	const open = openCalendar(call, call.params.calendarId ?? "");
	return answerEvent(call, open, findEvent(open.calendar, call.params.eventId ?? ""));
}

/** https://developers.google.com/calendar/api/v3/reference/events/insert */
export function insertEvent(call: Call): Answer {
	const open = openForWriting(call);
	return answerEvent(call, open, insert(call, open, call.body));
}

function insert(call: Call, open: OpenCalendar, body: JsonObject): EventRecord {
	const { world, caller } = call;
	const { calendar } = open;
	const given = textOf(body, "id");
	if (given !== undefined && !/^[a-v0-9]{5,1024}$/.test(given)) throw invalid("Invalid resource id value.");
	if (given !== undefined && calendar.events.isTaken(given)) throw duplicate();
	const uid = textOf(body, "iCalUID");
	if (uid !== undefined && calendar.events.withUid(uid).some((one) => one.deletedAt === undefined)) throw duplicate();
	const id = given ?? world.random.id(26);
	const content = readContent(body, calendar.timeZone, null, abilitiesOf(call));
	checkEventType(content, calendar, true);
	const created = world.clock.now();
	return inScene(call, open, (scene) =>
		saveNew(scene, {
			...content,
			id,
			iCalUID: uid ?? `${id}@google.com`,
			organizer: organizerOf(world, calendar),
			creator: { email: caller.account.email },
			sequence: numberOf(body, "sequence") ?? 0,
			created,
			deletedAt: content.status === "cancelled" ? created : undefined,
		}),
	);
}

/** Events of secondary calendars are organized by the calendar. */
export function organizerOf(world: World, calendar: Calendar): Person {
	if (!calendar.primary) return { email: calendar.id, displayName: calendar.summary };
	const name = accountOf(world, calendar.id)?.name;
	return name === undefined || calendar.id.startsWith(`${name}@`)
		? { email: calendar.id }
		: { email: calendar.id, displayName: name };
}

/** https://developers.google.com/calendar/api/v3/reference/events/import */
export function importEvent(call: Call): Answer {
	const open = openForWriting(call);
	const { body, world, caller } = call;
	const iCalUID = textOf(body, "iCalUID");
	if (iCalUID === undefined) throw required("Missing iCalUID.");
	const known = open.calendar.events.withUid(iCalUID).find((one) => one.recurringEventId === undefined);
	const content = readContent(body, open.calendar.timeZone, known ?? null, abilitiesOf(call));
	if (content.eventType !== "default") throw invalid("Only default events can be imported.", "eventTypeRestriction");
	const organizer = objectOf(body, "organizer");
	const email = organizer === undefined ? undefined : textOf(organizer, "email");
	const record = inScene(call, open, (scene) =>
		saveNew(scene, {
			...content,
			id: known?.id ?? `_${world.random.id(26)}`,
			iCalUID,
			organizer:
				email === undefined
					? organizerOf(world, open.calendar)
					: { email, displayName: textOf(organizer ?? {}, "displayName") },
			creator: { email: caller.account.email },
			sequence: numberOf(body, "sequence") ?? known?.sequence ?? 0,
			privateCopy: email !== undefined && !sameEmail(email, open.calendar.id) ? true : undefined,
			created: known?.created ?? world.clock.now(),
		}),
	);
	return answerEvent(call, open, record);
}

/** https://developers.google.com/calendar/api/v3/reference/events/patch */
export function patchEvent(call: Call): Answer {
	const open = openForWriting(call);
	const before = writableEvent(call, open);
	const whole = mergePatch(writableView(before, open.calendar), withoutOmitted(call.body, before));
	return write(call, open, before, whole);
}

/** https://developers.google.com/calendar/api/v3/reference/events/update */
export function updateEvent(call: Call): Answer {
	const open = openForWriting(call);
	const before = writableEvent(call, open);
	return write(call, open, before, withoutOmitted(call.body, before));
}

/** With `attendeesOmitted` a list of guests is not the whole list: only the entries in it change. */
function withoutOmitted(body: JsonObject, before: EventRecord): JsonObject {
	if (body.attendeesOmitted !== true || !Array.isArray(body.attendees)) return body;
	const listed = new Map<string, JsonObject>();
	for (const entry of [...(before.attendees ?? []), ...body.attendees]) {
		if (typeof entry === "object" && entry !== null && "email" in entry && typeof entry.email === "string") {
			listed.set(entry.email.toLowerCase(), { ...entry });
		}
	}
	return { ...body, attendees: [...listed.values()] };
}

function write(call: Call, open: OpenCalendar, before: EventRecord, body: JsonObject): Answer {
	// What is deleted comes back only where that is said.
	const revives = call.body.status === "confirmed" || call.body.status === "tentative";
	if (before.deletedAt !== undefined && !revives) throw deleted();
	checkIfMatch(call, before.etag);
	const sequence = numberOf(body, "sequence");
	if (sequence !== undefined && sequence < before.sequence) throw invalid("Invalid sequence value.");
	const after = readContent(body, open.calendar.timeZone, before, abilitiesOf(call));
	return inScene(call, open, (scene) => {
		if (after.status === "cancelled" && before.status !== "cancelled") {
			remove(scene, before);
			return answerEvent(call, open, findEvent(open.calendar, before.id));
		}
		checkWrite(before, after, open.calendar);
		return answerEvent(call, open, saveChanged(scene, before, after));
	});
}

function checkWrite(before: EventRecord, after: EventContent, calendar: Calendar): void {
	checkChange(before, after);
	// What Google made itself does not always follow the rules for what clients make.
	if (before.eventType !== "birthday") checkEventType(after, calendar, false);
}

/** https://developers.google.com/calendar/api/v3/reference/events/delete */
export function deleteEvent(call: Call): Answer {
	const open = openForWriting(call);
	const record = writableEvent(call, open);
	if (isCancelled(record)) throw deleted();
	checkIfMatch(call, record.etag);
	if (record.eventType === "birthday" && record.recurringEventId !== undefined) {
		throw new GoogleError(400, "eventTypeRestriction", "Instances of birthdays cannot be deleted.");
	}
	inScene(call, open, (scene) => remove(scene, record));
	return { status: 204 };
}

/** https://developers.google.com/calendar/api/v3/reference/events/quickAdd: the text as title, an hour from the next one. */
export function quickAddEvent(call: Call): Answer {
	const open = openForWriting(call);
	const text = call.query.text("text");
	if (text === null || text === "") throw invalidParameter("text", "Required parameter: text");
	const hour = 3_600_000;
	const next = Math.ceil(call.world.clock.now() / hour) * hour;
	const time = (instant: number): JsonObject => ({ dateTime: new Date(instant).toISOString() });
	return answerEvent(call, open, insert(call, open, { summary: text, start: time(next), end: time(next + hour) }));
}
