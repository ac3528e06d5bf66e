import type { ProviderId } from "@kalends/providers";
import { type Expression, type Kysely, type RawBuilder, type Selectable, sql } from "kysely";
import { calendarText } from "../connections/status-text.ts";
import type { CalendarsTable, Database } from "../db/schema.ts";
import { notFound } from "../http/problem.ts";
import type { WireCalendar } from "./schemas.ts";

/** A calendar with what its wire shape needs besides. */
export interface CalendarRecord extends Omit<Selectable<CalendarsTable>, "cursor" | "settings"> {
	readonly provider: ProviderId;
	readonly held_deletions: number;
	readonly warnings_count: number;
}

export interface CalendarFilter {
	readonly id?: string;
	readonly connectionIds?: readonly string[] | undefined;
	readonly after?: string | undefined;
	readonly limit: number;
}

/** The user's calendars in the order of their ids. */
export async function listCalendarRecords(
	db: Kysely<Database>,
	userId: string,
	filter: CalendarFilter,
): Promise<CalendarRecord[]> {
	let query = db
		.selectFrom("calendars as c")
		.innerJoin("connections as n", (join) =>
			join.onRef("n.user_id", "=", "c.user_id").onRef("n.id", "=", "c.connection_id"),
		)
		.selectAll("c")
		.select("n.provider")
		.select((eb) => {
			const held = eb
				.selectFrom("held_deletions as h")
				.innerJoin("events as e", (join) =>
					join.onRef("e.user_id", "=", "h.user_id").onRef("e.resource_id", "=", "h.resource_id"),
				)
				.select((inner) => inner.fn.countAll<number>().as("count"))
				.whereRef("h.user_id", "=", "c.user_id")
				.whereRef("h.calendar_id", "=", "c.id")
				.where("h.kept", "=", false)
				.where("e.master_id", "is", null);
			const warned = sql<number>`(SELECT count(*) FROM (${warnedResources(sql.ref("c.user_id"), sql.ref("c.id"))}) AS w)`;
			return [eb.fn.coalesce(held, eb.lit(0)).as("held_deletions"), warned.as("warnings_count")];
		})
		.where("c.user_id", "=", userId)
		.orderBy("c.id")
		.limit(filter.limit);
	if (filter.after !== undefined) query = query.where("c.id", ">", filter.after);
	if (filter.id !== undefined) query = query.where("c.id", "=", filter.id);
	if (filter.connectionIds !== undefined) query = query.where("c.connection_id", "in", [...filter.connectionIds]);
	return query.execute();
}

/**
 * Ids of a calendar's resources that could not be read as they were written, or whose series cannot be expanded; by the
 * partial indexes for them.
 */
export function warnedResources(
	userId: Expression<string>,
	calendarId: Expression<string>,
): RawBuilder<{ readonly id: string }> {
	return sql`
		SELECT w.id FROM resources w
		WHERE w.user_id = ${userId} AND w.calendar_id = ${calendarId} AND w.warnings <> '[]'
		UNION
		SELECT x.resource_id FROM events x
		WHERE x.user_id = ${userId} AND x.calendar_id = ${calendarId} AND x.expansion_error IS NOT NULL`;
}

/** @throws Problem `not_found` */
export async function findCalendarRecord(db: Kysely<Database>, userId: string, id: string): Promise<CalendarRecord> {
	const [record] = await listCalendarRecords(db, userId, { limit: 1, id });
	if (record === undefined) throw notFound("calendar");
	return record;
}

export function calendarToWire(record: CalendarRecord): WireCalendar {
	const text = record.status_reason === null ? null : calendarText(record.status_reason, record.provider);
	return {
		id: record.id,
		connection_id: record.connection_id,
		provider: record.provider,
		provider_calendar_id: record.provider_calendar_id,
		name: record.name_override ?? record.name,
		color: record.color_override ?? record.color,
		time_zone: record.time_zone,
		access: record.access,
		primary: record.is_primary,
		selected: record.selected,
		status: record.status,
		status_reason: record.status_reason,
		status_detail: text?.detail ?? null,
		status_since: record.status_since.toISOString(),
		fix: text?.fix ?? null,
		held_deletions: record.held_deletions,
		warnings_count: record.warnings_count,
		default_reminders: record.default_reminders,
		privacy: record.privacy === "free_busy" ? "free_busy" : "full",
		last_synced_at: record.last_synced_at?.toISOString() ?? null,
	};
}
