import { GoogleError, invalid } from "../../http/google-error.ts";
import { type JsonObject, sameJson } from "../../json.ts";
import type { Calendar } from "../../world/calendar.ts";
import { type EventContent, type EventRecord, type EventType, isAllDay } from "../../world/event-record.ts";
import { choiceOf, objectOf } from "./read-fields.ts";
import { lengthBetween, sameEventTime } from "./times.ts";

export const EVENT_TYPES: readonly EventType[] = [
	...(["default", "focusTime", "outOfOffice", "workingLocation", "birthday", "fromGmail"] as const),
];

const PROPERTIES: Readonly<Partial<Record<EventType, string>>> = {
	focusTime: "focusTimeProperties",
	outOfOffice: "outOfOfficeProperties",
	workingLocation: "workingLocationProperties",
	birthday: "birthdayProperties",
};

const DAY = 86_400_000;

export const readEventType = (body: JsonObject): EventType => choiceOf(body, "eventType", EVENT_TYPES) ?? "default";

/** The member that only events of this type have, under its name. */
export function readTypeProperties(body: JsonObject, type: EventType): JsonObject | undefined {
	const name = PROPERTIES[type];
	const given = name === undefined ? undefined : objectOf(body, name);
	if (name === undefined) return undefined;
	if (given !== undefined) return { [name]: given };
	return type === "birthday" ? { [name]: { type: "birthday" } } : undefined;
}

const restricted = (message: string): GoogleError => new GoogleError(400, "eventTypeRestriction", message);

/**
 * What Google asks of events of each type.
 *
 * @throws GoogleError 400
 */
export function checkEventType(content: EventContent, calendar: Calendar, isNew: boolean): void {
	const { eventType: type, start, end } = content;
	if (type === "default") return;
	if (type === "fromGmail") {
		if (isNew) throw restricted("Events from Gmail cannot be created.");
		return;
	}
	if (!calendar.primary) throw restricted(`Events of type ${type} can only be created on primary calendars.`);
	if (content.attendees !== undefined) throw restricted(`Events of type ${type} cannot have attendees.`);
	if (type === "focusTime" || type === "outOfOffice") {
		const reason = type === "focusTime" ? "malformedFocusTimeEvent" : "malformedOutOfOfficeEvent";
		if (isAllDay(start)) throw invalid(`An event of type ${type} must not be an all-day event.`, reason);
		if (content.transparency !== undefined) throw invalid(`An event of type ${type} must be opaque.`, reason);
		return;
	}
	if (content.transparency !== "transparent") throw malformed(type, "be transparent");
	if (type === "workingLocation") {
		if (content.visibility !== "public") throw malformed(type, "be public");
		if (content.typeProperties === undefined) throw malformed(type, "have workingLocationProperties");
		if (isAllDay(start) && lengthBetween(start, end) !== DAY) throw malformed(type, "span one day");
		return;
	}
	if (content.visibility !== "private") throw malformed(type, "be private");
	if (!isAllDay(start) || lengthBetween(start, end) !== DAY) throw malformed(type, "span one day");
	const yearly = content.recurrence?.some((line) => /^RRULE:.*FREQ=YEARLY/i.test(line)) ?? false;
	if (!yearly) throw malformed(type, "repeat every year");
}

function malformed(type: "workingLocation" | "birthday", must: string): GoogleError {
	const reason = type === "birthday" ? "malformedBirthdayEvent" : "malformedWorkingLocationEvent";
	return invalid(`An event of type ${type} must ${must}.`, reason);
}

/** Of events that Google guards, what may be changed. */
const EDITABLE: Readonly<Partial<Record<EventType, readonly (keyof EventContent)[]>>> = {
	birthday: ["colorId", "eventLabelId", "summary", "reminders", "start", "end", "status"],
	fromGmail: [
		...(["colorId", "eventLabelId", "reminders", "visibility", "transparency", "status", "attendees"] as const),
		"privateProperties",
	],
};

const LOCKED: readonly (keyof EventContent)[] = ["summary", "description", "location", "start", "end", "recurrence"];

/** @throws GoogleError where a change touches what the type, or the event's lock, does not let change */
export function checkChange(before: EventRecord, after: EventContent): void {
	if (after.eventType !== before.eventType) throw restricted("The type of an event cannot be changed.");
	const changed = changedContent(before, after);
	const editable = EDITABLE[before.eventType];
	const refused = editable === undefined ? undefined : changed.find((name) => !editable.includes(name));
	if (refused !== undefined) throw restricted(`${refused} of an event of type ${before.eventType} cannot be changed.`);
	if (before.locked && changed.some((name) => LOCKED.includes(name))) {
		throw new GoogleError(403, "forbidden", "This event is locked.");
	}
}

/** Members of the content that differ. */
export function changedContent(before: EventContent, after: EventContent): readonly (keyof EventContent)[] {
	return CONTENT.filter((name) => {
		if (name === "start" || name === "end") return !sameEventTime(before[name], after[name]);
		return !sameJson(asJson(before[name]), asJson(after[name]));
	});
}

const asJson = (value: unknown): JsonObject => JSON.parse(JSON.stringify({ value })) as JsonObject;

const CONTENT: readonly (keyof EventContent)[] = [
	...(["status", "summary", "description", "location", "start", "end", "endTimeUnspecified", "recurrence"] as const),
	...(["visibility", "attendees", "guestsCanInviteOthers", "guestsCanModify", "guestsCanSeeOtherGuests"] as const),
	...(["anyoneCanAddSelf", "conferenceData", "hangoutLink", "attachments", "source", "sharedProperties"] as const),
	...(["eventType", "typeProperties", "colorId", "eventLabelId", "transparency", "reminders"] as const),
	"privateProperties",
];
