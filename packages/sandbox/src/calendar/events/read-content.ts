import { invalid } from "../../http/google-error.ts";
import type { JsonObject } from "../../json.ts";
import { type EventContent, type EventRecord, isAllDay } from "../../world/event-record.ts";
import { readConference } from "./conference.ts";
import { readEventType, readTypeProperties } from "./event-types.ts";
import { choiceOf, flagOf, objectOf, textOf } from "./read-fields.ts";
import { readAttachments, readAttendees, readProperties, readReminders } from "./read-guests.ts";
import { readRecurrence } from "./series.ts";
import { lengthBetween, readTime } from "./times.ts";

/** What a client says that it knows of. */
export interface ClientAbilities {
	readonly conferences: boolean;
	readonly attachments: boolean;
	readonly labels: boolean;
}

/**
 * The content of an event from a whole body: what is absent is cleared, but for what the client does not know of.
 *
 * @throws GoogleError 400
 */
export function readContent(
	body: JsonObject,
	calendarZone: string,
	existing: EventRecord | null,
	abilities: ClientAbilities,
): EventContent {
	const start = readTime(body.start, "start", calendarZone);
	const endTimeUnspecified = flagOf(body, "endTimeUnspecified") || undefined;
	const end = body.end === undefined && endTimeUnspecified ? start : readTime(body.end, "end", calendarZone);
	if (isAllDay(start) !== isAllDay(end)) {
		throw invalid("Start and end times must either both be date or both be dateTime.");
	}
	const length = lengthBetween(start, end);
	if (length < 0 || (isAllDay(start) && length === 0)) {
		throw invalid("The specified time range is empty.", "timeRangeEmpty");
	}
	const isException = existing?.recurringEventId !== undefined;
	const zoned = typeof objectOf(body, "start")?.timeZone === "string";
	const recurrence = isException ? undefined : readRecurrence(body.recurrence, start, zoned);
	const eventType = readEventType(body);
	const properties = readProperties(body);
	const visibility = choiceOf(body, "visibility", ["default", "public", "private", "confidential"] as const);
	const transparency = choiceOf(body, "transparency", ["opaque", "transparent"] as const);
	return {
		status: choiceOf(body, "status", ["confirmed", "tentative", "cancelled"] as const) ?? "confirmed",
		summary: textOf(body, "summary"),
		description: textOf(body, "description"),
		location: textOf(body, "location"),
		start,
		end,
		endTimeUnspecified,
		recurrence,
		visibility: visibility === "default" ? undefined : visibility,
		transparency: transparency === "transparent" ? transparency : undefined,
		attendees: readAttendees(body),
		guestsCanInviteOthers: flagOf(body, "guestsCanInviteOthers") === false ? false : undefined,
		guestsCanModify: flagOf(body, "guestsCanModify") || undefined,
		guestsCanSeeOtherGuests: flagOf(body, "guestsCanSeeOtherGuests") === false ? false : undefined,
		anyoneCanAddSelf: flagOf(body, "anyoneCanAddSelf") || undefined,
		...(abilities.conferences
			? readConference(body, existing)
			: { conferenceData: existing?.conferenceData, hangoutLink: existing?.hangoutLink }),
		attachments: abilities.attachments ? readAttachments(body) : existing?.attachments,
		source: readSource(body),
		sharedProperties: properties.shared,
		privateProperties: properties.private,
		eventType,
		typeProperties: readTypeProperties(body, eventType),
		...readColor(body, existing, abilities),
		reminders: readReminders(body),
	};
}

function readColor(
	body: JsonObject,
	existing: EventRecord | null,
	abilities: ClientAbilities,
): Pick<EventContent, "colorId" | "eventLabelId"> {
	if (abilities.labels) return { colorId: existing?.colorId, eventLabelId: textOf(body, "eventLabelId") };
	const colorId = textOf(body, "colorId");
	if (colorId !== undefined && !/^([1-9]|1[01])$/.test(colorId)) throw invalid("Invalid color ID.");
	return { colorId, eventLabelId: existing?.eventLabelId };
}

function readSource(body: JsonObject): JsonObject | undefined {
	const source = objectOf(body, "source");
	if (source === undefined) return undefined;
	const url = textOf(source, "url");
	if (url === undefined || !/^https?:\/\//.test(url)) throw invalid("Invalid source URL.");
	return { url, title: textOf(source, "title") };
}
