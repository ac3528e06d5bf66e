import type { JsonObject } from "../../json.ts";
import { type AccessRole, atLeast, type Calendar } from "../../world/calendar.ts";
import { type Attendee, type EventRecord, sameEmail } from "../../world/event-record.ts";
import { formatStamp, writeTime } from "./times.ts";

export interface ViewOptions {
	readonly calendar: Calendar;
	readonly role: AccessRole;
	/** IANA name: the offsets of the answer. */
	readonly zone: string;
	readonly origin: string;
	readonly maxAttendees: number | null;
	/** Deleted events with all that is still known of them. */
	readonly deletedDetails: boolean;
}

export const isCancelled = (record: EventRecord): boolean =>
	record.status === "cancelled" || record.deletedAt !== undefined;

/** An event as the API answers it, by what the caller may see of it. */
export function viewEvent(record: EventRecord, options: ViewOptions): JsonObject {
	const { role } = options;
	if (isCancelled(record) && !(options.deletedDetails && record.deletedAt !== undefined))
		return idOnly(record, options);
	if (role === "freeBusyReader") return { ...placeOf(record, options), visibility: "private" };
	const hidden = record.visibility === "private" || record.visibility === "confidential";
	if (hidden && !atLeast(role, "writer")) return { ...placeOf(record, options), visibility: record.visibility };
	return wholeView(record, options);
}

function identity(record: EventRecord): JsonObject {
	const status = isCancelled(record) ? "cancelled" : record.status;
	return { kind: "calendar#event", etag: record.etag, id: record.id, status };
}

function idOnly(record: EventRecord, { zone }: ViewOptions): JsonObject {
	const { recurringEventId, originalStartTime: slot } = record;
	return { ...identity(record), recurringEventId, originalStartTime: slot && writeTime(slot, zone) };
}

/** When it is, and nothing of what. */
function placeOf(record: EventRecord, { zone }: ViewOptions): JsonObject {
	const { originalStartTime: slot } = record;
	return {
		...identity(record),
		created: formatStamp(record.created),
		updated: formatStamp(record.updated),
		start: writeTime(record.start, zone),
		end: writeTime(record.end, zone),
		recurrence: record.recurrence,
		recurringEventId: record.recurringEventId,
		originalStartTime: slot && writeTime(slot, zone),
		transparency: record.transparency,
		iCalUID: record.iCalUID,
		sequence: record.sequence,
		eventType: record.eventType === "outOfOffice" ? record.eventType : "default",
	};
}

function wholeView(record: EventRecord, options: ViewOptions): JsonObject {
	const { calendar, zone } = options;
	const { originalStartTime: slot } = record;
	const self = (email: string): true | undefined => sameEmail(email, calendar.id) || undefined;
	const { attendees, omitted } = attendeesOf(record, options, self);
	const { privateProperties, sharedProperties } = record;
	return {
		...identity(record),
		htmlLink: linkOf(record.id, calendar.id, options.origin),
		created: formatStamp(record.created),
		updated: formatStamp(record.updated),
		summary: record.summary,
		description: record.description,
		location: record.location,
		colorId: record.colorId,
		eventLabelId: record.eventLabelId,
		creator: { ...record.creator, self: self(record.creator.email) },
		organizer: { ...record.organizer, self: self(record.organizer.email) },
		start: writeTime(record.start, zone),
		end: writeTime(record.end, zone),
		endTimeUnspecified: record.endTimeUnspecified,
		recurrence: record.recurrence,
		recurringEventId: record.recurringEventId,
		originalStartTime: slot && writeTime(slot, zone),
		transparency: record.transparency,
		visibility: record.visibility,
		iCalUID: record.iCalUID,
		sequence: record.sequence,
		attendees,
		attendeesOmitted: omitted,
		extendedProperties:
			privateProperties === undefined && sharedProperties === undefined
				? undefined
				: { private: privateProperties, shared: sharedProperties },
		hangoutLink: record.hangoutLink,
		conferenceData: record.conferenceData,
		anyoneCanAddSelf: record.anyoneCanAddSelf,
		guestsCanInviteOthers: record.guestsCanInviteOthers,
		guestsCanModify: record.guestsCanModify,
		guestsCanSeeOtherGuests: record.guestsCanSeeOtherGuests,
		privateCopy: record.privateCopy,
		locked: record.locked,
		reminders: { useDefault: record.reminders.useDefault, overrides: record.reminders.overrides },
		source: self(record.creator.email) && record.source,
		attachments: record.attachments,
		eventType: record.eventType,
		...record.typeProperties,
	};
}

function attendeesOf(
	record: EventRecord,
	{ maxAttendees }: ViewOptions,
	self: (email: string) => true | undefined,
): { readonly attendees: readonly JsonObject[] | undefined; readonly omitted: true | undefined } {
	const { attendees } = record;
	if (attendees === undefined) return { attendees: undefined, omitted: undefined };
	const organizes = self(record.organizer.email) !== undefined;
	const hidden = record.guestsCanSeeOtherGuests === false && !organizes;
	const omitted = hidden || (maxAttendees !== null && attendees.length > maxAttendees);
	const shown = omitted ? attendees.filter(({ email }) => self(email)) : attendees;
	const view = (attendee: Attendee): JsonObject => ({
		email: attendee.email,
		displayName: attendee.displayName,
		organizer: sameEmail(attendee.email, record.organizer.email) || undefined,
		self: self(attendee.email),
		resource: attendee.resource,
		optional: attendee.optional,
		responseStatus: attendee.responseStatus,
		comment: attendee.comment,
		additionalGuests: attendee.additionalGuests,
	});
	return { attendees: shown.map(view), omitted: omitted || undefined };
}

function linkOf(id: string, calendarId: string, origin: string): string {
	return `${origin}/calendar/event?eid=${Buffer.from(`${id} ${calendarId}`).toString("base64url")}`;
}

/** The event as its owner would write it: what a PATCH is merged into. Times are in the event's own zone. */
export function writableView(record: EventRecord, calendar: Calendar): JsonObject {
	const zone = "timeZone" in record.start ? record.start.timeZone : calendar.timeZone;
	const all: ViewOptions = {
		calendar,
		role: "owner",
		zone,
		origin: "",
		maxAttendees: null,
		deletedDetails: true,
	};
	// Guests' lists are merged whole, whoever may see them.
	const view = wholeView({ ...record, guestsCanSeeOtherGuests: undefined }, all);
	return { ...view, source: record.source, guestsCanSeeOtherGuests: record.guestsCanSeeOtherGuests };
}
