import type { CalendarEvent } from "@kalends/model";
import type { MapContext } from "../fields/field.ts";
import { eventOf, uidOf } from "../series.ts";
import type { GoogleEvent } from "../types.ts";

/** A plain event as Google gives it. */
export const EVENT: GoogleEvent = {
	kind: "calendar#event",
	etag: '"3400000000000000"',
	id: "abc123",
	status: "confirmed",
	htmlLink: "https://www.google.com/calendar/event?eid=abc",
	created: "2026-01-01T08:00:00.000Z",
	updated: "2026-01-02T08:00:00.123Z",
	summary: "Planning",
	creator: { email: "me@example.com", self: true },
	organizer: { email: "me@example.com", self: true },
	start: { dateTime: "2026-03-02T09:00:00+01:00", timeZone: "Europe/Berlin" },
	end: { dateTime: "2026-03-02T10:00:00+01:00", timeZone: "Europe/Berlin" },
	iCalUID: "abc123@google.com",
	sequence: 2,
	reminders: { useDefault: true },
	eventType: "default",
};

export const CONTEXT: MapContext = { timeZone: "Europe/Vienna", warn: () => {}, conferenceRequest: "request-1" };

export function google(parts: Partial<GoogleEvent> = {}): GoogleEvent {
	return { ...EVENT, ...parts };
}

/** The canonical event of a plain one with these parts of Google's. */
export function canonical(parts: Partial<GoogleEvent> = {}, changes: Partial<CalendarEvent> = {}): CalendarEvent {
	const event = google(parts);
	return { ...eventOf(event, uidOf(event), CONTEXT), ...changes };
}
