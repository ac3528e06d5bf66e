import type { Kysely } from "kysely";
import { z } from "zod";
import type { Database } from "../db/schema.ts";
import type { WireEvent, WireEventDateTime } from "../events/schemas.ts";
import { ownAddresses } from "../events/write/own-addresses.ts";
import { personOf } from "../push/person.ts";

/** An event of `/api/events/`. */
export const OlderEventSchema = z
	.strictObject({
		id: z.string(),
		participants: z
			.array(z.string())
			.describe("E-mail addresses; without the account itself where it is the organizer."),
		start_time: z.string().describe("RFC 3339 with the offset of `time_zone`; of an all-day event YYYY-MM-DD."),
		end_time: z.string().describe("Exclusive."),
		time_zone: z.string().nullable().describe("IANA; null for days, and for times that are the same everywhere."),
		title: z.string(),
		description: z.string(),
		location: z.string(),
		google_calendar_event_id: z
			.string()
			.nullable()
			.describe("The provider's id, whichever it is; null until it has the event."),
	})
	.meta({ id: "OlderEvent" });
export type OlderEvent = z.infer<typeof OlderEventSchema>;

/** What turns a user's events into the older form. */
export async function olderForm(db: Kysely<Database>, userId: string): Promise<(event: WireEvent) => OlderEvent> {
	const [person, connections] = await Promise.all([
		personOf(db, userId),
		db.selectFrom("connections").select(["id", "account"]).where("user_id", "=", userId).execute(),
	]);
	const own = new Map(connections.map((connection) => [connection.id, ownAddresses(connection, person)]));
	return (event) => olderEvent(event, own.get(event.connection_id) ?? new Set());
}

function olderEvent(event: WireEvent, own: ReadonlySet<string>): OlderEvent {
	const guests = event.participants.filter(
		({ organizer, self, email }) => !organizer || !(self || own.has(email.toLowerCase())),
	);
	return {
		id: event.id,
		participants: guests.map(({ email }) => email),
		start_time: olderTime(event.start),
		end_time: olderTime(event.end),
		time_zone: "date" in event.start ? null : event.start.time_zone,
		title: event.title,
		description: event.description,
		location: event.location,
		google_calendar_event_id: event.provider_event_id || null,
	};
}

export function olderTime(time: WireEventDateTime): string {
	return "date" in time ? time.date : time.date_time;
}
