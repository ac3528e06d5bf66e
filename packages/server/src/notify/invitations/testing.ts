import ICAL from "ical.js";
import type { ReceivedMail } from "../testing.ts";

/** A VEVENT of an iMIP part. */
export interface MailedEvent {
	readonly method: unknown;
	readonly uid: unknown;
	readonly sequence: number;
	readonly status: unknown;
	readonly summary: unknown;
	readonly start: string;
	readonly recurrenceId: string | null;
	readonly organizer: unknown;
	readonly attendees: readonly string[];
	readonly rsvp: readonly unknown[];
	readonly exdates: readonly string[];
	readonly names: readonly string[];
}

/** The components of an iMIP part, read by ical.js. */
export function readCalendar({ calendar }: ReceivedMail): readonly MailedEvent[] {
	const root = new ICAL.Component(ICAL.parse(calendar?.text ?? ""));
	return root.getAllSubcomponents("vevent").map((event) => ({
		method: root.getFirstPropertyValue("method"),
		uid: event.getFirstPropertyValue("uid"),
		sequence: Number(event.getFirstPropertyValue("sequence")),
		status: event.getFirstPropertyValue("status"),
		summary: event.getFirstPropertyValue("summary"),
		start: String(event.getFirstPropertyValue("dtstart")),
		recurrenceId: event.getFirstPropertyValue("recurrence-id")?.toString() ?? null,
		organizer: event.getFirstPropertyValue("organizer"),
		attendees: event.getAllProperties("attendee").map((one) => String(one.getFirstValue())),
		rsvp: event.getAllProperties("attendee").map((one) => one.getFirstParameter("rsvp")),
		exdates: event.getAllProperties("exdate").flatMap((one) => one.getValues().map(String)),
		names: event.getAllProperties().map(({ name }) => name),
	}));
}
