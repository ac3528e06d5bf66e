import type { calendar_v3 } from "@googleapis/calendar";

/**
 * Words of Google's:
 * - **master**: an event with `recurrence`; **exception**: an event with `recurringEventId`, in place of one instance of
 *   a master, changed or cancelled; both are events of their own with ids and etags of their own.
 * - **orphan**: an exception whose master is not in the calendar, such as one instance that the person was invited to.
 */
export type GoogleEvent = Omit<calendar_v3.Schema$Event, "id"> & { readonly id: string };
export type GoogleTime = calendar_v3.Schema$EventDateTime;
export type GoogleAttendee = calendar_v3.Schema$EventAttendee;
export type CalendarListEntry = calendar_v3.Schema$CalendarListEntry;

type Plain = Omit<calendar_v3.Schema$Event, "start" | "end" | "extendedProperties">;

/** The body of a write; in a PATCH null takes away what is there, and what is absent stays. */
export type EventBody = { readonly [Key in keyof Plain]?: Plain[Key] | null } & {
	readonly start?: GoogleTime;
	readonly end?: GoogleTime;
	readonly extendedProperties?: {
		readonly private?: Readonly<Record<string, string | null>>;
		readonly shared?: Readonly<Record<string, string | null>>;
	};
};

/** An object, as far as JSON goes. */
export type Json = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Json {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An item of a list or an answer that is an event; null for anything else. */
export function asEvent(value: unknown): GoogleEvent | null {
	return isObject(value) && typeof value.id === "string" && value.id !== "" ? (value as GoogleEvent) : null;
}

/** Text where the provider keeps its word, empty text where there is none. */
export function textOf(value: unknown): string {
	return typeof value === "string" ? value : "";
}

export function listOf<T>(value: readonly T[] | null | undefined): readonly T[] {
	return Array.isArray(value) ? value.filter((each: T) => isObject(each)) : [];
}

export function isCancelled({ status }: GoogleEvent): boolean {
	return status === "cancelled";
}

export function isException({ recurringEventId }: GoogleEvent): boolean {
	return typeof recurringEventId === "string" && recurringEventId !== "";
}

export function isMaster(event: GoogleEvent): boolean {
	return !isException(event) && Array.isArray(event.recurrence) && event.recurrence.length > 0;
}
