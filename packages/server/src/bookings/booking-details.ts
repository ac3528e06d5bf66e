import { addDays, type CalendarEvent, instantOf } from "@kalends/model";
import type { z } from "zod";
import type { BookingDetails } from "../db/schema.ts";
import { newEvent } from "../events/write/new-event.ts";
import { ownAddresses } from "../events/write/own-addresses.ts";
import { requireWritable } from "../events/write/writing.ts";
import type { FieldFault } from "../http/errors.ts";
import { invalidFields } from "../http/validation.ts";
import type { Services } from "../services.ts";
import type { Placed } from "./booking-event.ts";
import type { NewBookingSchema } from "./schemas.ts";

type Asked = Pick<
	z.output<typeof NewBookingSchema>,
	"title" | "start" | "end" | "location" | "description" | "participants" | "allow_conflicts"
>;

/** A start that is no longer ago is one of a clock that goes wrong. */
const TOLERANCE_MS = 300_000;
/** Where a day ends last. */
const LAST_ZONE = "Etc/GMT+12";

/**
 * What a booking is to become, checked as an event is; it has a title and is still to come.
 * @throws Problem `invalid_request`, and those of a calendar that cannot be written
 */
export function bookingDetails(
	services: Services,
	place: Placed,
	person: { readonly email: string },
	asked: Asked,
): BookingDetails {
	const { allow_conflicts: allowed, ...content } = asked;
	const event = newEvent(content, {
		uid: "booking",
		now: services.now(),
		own: ownAddresses(place.connection, person),
		can: requireWritable(services, place),
		defaultReminders: place.calendar.default_reminders,
	});
	requireBookable(event, place.calendar.time_zone, services.now());
	const { title, description, location, start, end } = event;
	return {
		title,
		description,
		location,
		start,
		end,
		participants: event.participants.map(({ email, name }) => ({ email, name })),
		allow_conflicts: allowed ?? false,
	};
}

/** @param zone of the calendar: what says whether a day or a floating time is over; null: none does before all have */
function requireBookable({ title, start }: CalendarEvent, zone: string | null, now: number): void {
	const faults: FieldFault[] = [];
	if (title.trim() === "") faults.push({ field: "title", detail: "A booking must have a title." });
	const until = instantOf(start.type === "date" ? addDays(start, 1) : start, zone ?? LAST_ZONE);
	const isPast = until < now - TOLERANCE_MS;
	if (isPast) faults.push({ field: "start", detail: "This lies in the past." });
	if (faults.length === 0) return;
	throw invalidFields(
		faults,
		isPast ? "Send a start that is still to come; check its offset or time_zone." : undefined,
	);
}
