import type { CalendarEvent } from "@kalends/model";
import type { CalendarAccess, ProviderId } from "@kalends/providers";
import type { Kysely } from "kysely";
import type { Database, EventKind } from "../db/schema.ts";

/** A stored event with what its wire shape needs from its calendar, its resource and its series. */
export interface EventRecord {
	readonly id: string;
	readonly kind: EventKind;
	readonly master_id: string | null;
	readonly calendar_id: string;
	readonly connection_id: string;
	readonly provider: ProviderId;
	readonly access: CalendarAccess;
	readonly provider_resource_id: string;
	readonly data: CalendarEvent;
	/** Of the event, or of its series' master. */
	readonly version: number;
	readonly content_hash: string;
	readonly created_at: Date;
	readonly updated_at: Date;
}

/** The user's events among `ids`, by id. Calendars that are not selected count too. */
export async function loadEventRecords(
	db: Kysely<Database>,
	userId: string,
	ids: readonly string[],
): Promise<Map<string, EventRecord>> {
	if (ids.length === 0) return new Map();
	const rows = await db
		.selectFrom("events as e")
		.innerJoin("resources as r", (join) =>
			join.onRef("r.user_id", "=", "e.user_id").onRef("r.id", "=", "e.resource_id"),
		)
		.innerJoin("calendars as c", (join) =>
			join.onRef("c.user_id", "=", "e.user_id").onRef("c.id", "=", "e.calendar_id"),
		)
		.innerJoin("connections as n", (join) =>
			join.onRef("n.user_id", "=", "c.user_id").onRef("n.id", "=", "c.connection_id"),
		)
		.leftJoin("events as m", (join) => join.onRef("m.user_id", "=", "e.user_id").onRef("m.id", "=", "e.master_id"))
		.select((eb) => [
			"e.id",
			"e.kind",
			"e.master_id",
			"e.calendar_id",
			"c.connection_id",
			"n.provider",
			"c.access",
			"r.provider_resource_id",
			"e.data",
			eb.fn.coalesce("m.version", "e.version").as("version"),
			eb.fn.coalesce("m.content_hash", "e.content_hash").as("content_hash"),
			"e.created_at",
			"e.updated_at",
		])
		.where("e.user_id", "=", userId)
		.where("e.id", "in", [...ids])
		.execute();
	return new Map(rows.map((row) => [row.id, row]));
}
