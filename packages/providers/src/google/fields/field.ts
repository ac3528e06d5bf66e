import type { CalendarEvent } from "@kalends/model";
import { ProviderFailure } from "../../port/failure.ts";
import type { EventBody, GoogleEvent } from "../types.ts";

/** What reading and writing an event needs beside it. */
export interface MapContext {
	/** IANA name of the calendar's zone: of times that name none. */
	readonly timeZone: string;
	/** The account sees nothing but when it is. */
	readonly hidden?: boolean;
	/** Reports in one sentence what was left out or guessed. */
	warn(sentence: string): void;
	/** Stays the same while the same conference is asked for, so that it is made once. Writing only. */
	readonly conferenceRequest?: string;
}

/** One field of the canonical event, in both directions. */
export interface Field<Key extends keyof CalendarEvent> {
	/** What it fills of the canonical event. */
	readonly keys: readonly Key[];
	read(event: GoogleEvent, context: MapContext): Pick<CalendarEvent, Key>;
	/**
	 * The properties that say it, null for what is to be taken away; absent where the provider alone decides on them.
	 * What `base` says beside and no event knows stays.
	 * @param base what is written over; null for a new event
	 * @throws ProviderFailure `invalid` for what Google cannot keep
	 */
	readonly write?: (event: CalendarEvent, base: GoogleEvent | null, context: MapContext) => EventBody;
}

/** Keeps the types of a field's keys where fields of different keys stand in one list. */
export function defineField<Key extends keyof CalendarEvent>(field: Field<Key>): Field<Key> {
	return field;
}

/** A private property of this copy of the event, by which Kalends keeps what Google has no property for. */
export function privateProperty(event: GoogleEvent, name: string): string | null {
	const value: unknown = event.extendedProperties?.private?.[name];
	return typeof value === "string" ? value : null;
}

/** @returns a body that sets the private property, or takes it away */
export function withPrivateProperty(name: string, value: string | null): EventBody {
	return { extendedProperties: { private: { [name]: value } } };
}

/** @param what Google does not take, a sentence's end */
export function notAccepted(what: string): ProviderFailure {
	return new ProviderFailure("invalid", { reason: "event_refused", message: `Google Calendar takes no ${what}` });
}
