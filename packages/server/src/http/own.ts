import type { Kysely } from "kysely";
import type { Database } from "../db/schema.ts";
import { seriesIdOf } from "../events/event-id.ts";
import type { OwnedKind } from "./endpoint.ts";

const TABLES = {
	connection: "connections",
	calendar: "calendars",
	run: "runs",
	api_key: "api_keys",
	event: "events",
	session: "sessions",
	webhook: "webhooks",
	booking: "bookings",
	mail: "mails",
	notification: "notifications",
} as const satisfies Record<OwnedKind, keyof Database>;

/**
 * Whether this user owns the thing that the id names. An occurrence of a series (`<master id>.<start>`) is the series'.
 * A deleted event is its owner's for as long as its history is kept.
 */
export async function isOwn(db: Kysely<Database>, userId: string, kind: OwnedKind, id: string): Promise<boolean> {
	const row = await db
		.selectFrom(TABLES[kind])
		.select("id")
		.where("user_id", "=", userId)
		.where("id", "in", kind === "event" ? [id, seriesIdOf(id)] : [id])
		.executeTakeFirst();
	if (row !== undefined || kind !== "event") return row !== undefined;
	const version = await db
		.selectFrom("event_versions")
		.select("version")
		.where("user_id", "=", userId)
		.where("event_id", "=", seriesIdOf(id))
		.limit(1)
		.executeTakeFirst();
	return version !== undefined;
}
