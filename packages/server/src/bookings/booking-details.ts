import type { z } from "zod";
import type { BookingDetails } from "../db/schema.ts";
import { newEvent } from "../events/write/new-event.ts";
import { ownAddresses } from "../events/write/own-addresses.ts";
import { requireWritable } from "../events/write/writing.ts";
import type { Services } from "../services.ts";
import type { Placed } from "./booking-event.ts";
import type { NewBookingSchema } from "./schemas.ts";

type Asked = Pick<
	z.output<typeof NewBookingSchema>,
	"title" | "start" | "end" | "location" | "description" | "participants" | "allow_conflicts"
>;

/**
 * What a booking is to become, checked as an event is.
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
