import type { Kysely } from "kysely";
import type { Database } from "../../db/schema.ts";
import type { CalendarRow, ConnectionRow } from "../../push/types.ts";

/** Where an event is written to. */
export interface Place {
	readonly calendar: CalendarRow;
	readonly connection: ConnectionRow;
}

/** @returns null where the user has no such calendar */
export async function findPlace(db: Kysely<Database>, userId: string, calendarId: string): Promise<Place | null> {
	const calendar = await db
		.selectFrom("calendars")
		.selectAll()
		.where("user_id", "=", userId)
		.where("id", "=", calendarId)
		.executeTakeFirst();
	if (calendar === undefined) return null;
	const connection = await db
		.selectFrom("connections")
		.selectAll()
		.where("user_id", "=", userId)
		.where("id", "=", calendar.connection_id)
		.executeTakeFirst();
	return connection === undefined ? null : { calendar, connection };
}
