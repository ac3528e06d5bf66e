import type { JsonObject } from "../json.ts";

/** A day, or an instant (epoch milliseconds) with the IANA zone that the event was entered in. */
export type EventTime = { readonly date: string } | { readonly instant: number; readonly timeZone: string };

export type EventStatus = "confirmed" | "tentative" | "cancelled";
export type ResponseStatus = "needsAction" | "declined" | "tentative" | "accepted";

export interface Attendee {
	/** As it was written; compared without regard to case. */
	readonly email: string;
	readonly displayName?: string | undefined;
	readonly responseStatus: ResponseStatus;
	readonly optional?: boolean | undefined;
	readonly resource?: boolean | undefined;
	readonly comment?: string | undefined;
	readonly additionalGuests?: number | undefined;
}

export interface Person {
	readonly email: string;
	readonly displayName?: string | undefined;
}

export interface Reminders {
	readonly useDefault: boolean;
	readonly overrides?: readonly { readonly method: "email" | "popup"; readonly minutes: number }[] | undefined;
}

export type EventType = "default" | "focusTime" | "outOfOffice" | "workingLocation" | "birthday" | "fromGmail";

/** What all copies of an event share: the organizer's copy decides it. */
export interface SharedContent {
	readonly status: EventStatus;
	readonly summary?: string | undefined;
	readonly description?: string | undefined;
	readonly location?: string | undefined;
	readonly start: EventTime;
	/** Exclusive. */
	readonly end: EventTime;
	readonly endTimeUnspecified?: true | undefined;
	/** RRULE, EXRULE, RDATE and EXDATE lines as they were written; absent but on masters of series. */
	readonly recurrence?: readonly string[] | undefined;
	readonly visibility?: "public" | "private" | "confidential" | undefined;
	readonly attendees?: readonly Attendee[] | undefined;
	readonly guestsCanInviteOthers?: false | undefined;
	readonly guestsCanModify?: true | undefined;
	readonly guestsCanSeeOtherGuests?: false | undefined;
	readonly anyoneCanAddSelf?: true | undefined;
	readonly conferenceData?: JsonObject | undefined;
	readonly hangoutLink?: string | undefined;
	readonly attachments?: readonly JsonObject[] | undefined;
	readonly source?: JsonObject | undefined;
	readonly sharedProperties?: Readonly<Record<string, string>> | undefined;
	readonly eventType: EventType;
	/** `focusTimeProperties` and the like, by their names. */
	readonly typeProperties?: JsonObject | undefined;
}

/** What each copy has for itself. */
export interface OwnContent {
	readonly colorId?: string | undefined;
	readonly eventLabelId?: string | undefined;
	readonly transparency?: "transparent" | undefined;
	readonly reminders: Reminders;
	readonly privateProperties?: Readonly<Record<string, string>> | undefined;
}

export interface EventContent extends SharedContent, OwnContent {}

/** An event as one calendar stores it: a single event, the master of a series, or an exception of one. */
export interface EventRecord extends EventContent {
	readonly id: string;
	readonly iCalUID: string;
	/** Present on exceptions: the series, and the slot in it, which stays when the exception moves. */
	readonly recurringEventId?: string | undefined;
	readonly originalStartTime?: EventTime | undefined;
	readonly organizer: Person;
	readonly creator: Person;
	readonly sequence: number;
	/** Imported: nobody else has a copy of it. */
	readonly privateCopy?: true | undefined;
	readonly locked?: true | undefined;
	/** Epoch milliseconds. */
	readonly created: number;
	readonly updated: number;
	/** With its quotes. */
	readonly etag: string;
	/** Number of the last change; later changes have higher ones. */
	readonly revision: number;
	/** Number of the change that made it: the order of a full listing. */
	readonly order: number;
	/** Epoch milliseconds since when it is deleted: not a cancelled exception of a living series. */
	readonly deletedAt?: number | undefined;
}

/** What {@link EventRecord} gets from the store. */
export type EventDraft = Omit<EventRecord, "etag" | "revision" | "order" | "updated"> & {
	/** Kept where it is given: changes of reminders alone do not move it. */
	readonly updated?: number | undefined;
};

export const isAllDay = (time: EventTime): time is { readonly date: string } => "date" in time;

export const sameEmail = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
