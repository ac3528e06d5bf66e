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
	const calendars = db.selectFrom("calendars").where("user_id", "=", userId).where("id", "=", calendarId);
	const [calendar, connection] = await Promise.all([
		calendars.selectAll().executeTakeFirst(),
		db
			.selectFrom("connections")
			.selectAll()
			.where("user_id", "=", userId)
			.where("id", "=", calendars.select("connection_id"))
			.executeTakeFirst(),
	]);
	return calendar === undefined || connection === undefined ? null : { calendar, connection };
}
