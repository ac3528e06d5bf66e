import type { PullPage, SyncCursor } from "@kalends/providers";
import { sql, type Transaction } from "kysely";
import type { ChangeEntry } from "../changes/append-changes.ts";
import type { Database } from "../db/schema.ts";
import type { ClaimedCalendar } from "./run-lease.ts";

/** What is stored with the last slice of a pull. */
export interface CalendarCompletion {
	readonly cursor: SyncCursor;
	/** As listed before the pull began, so that what changed during it is seen next time. */
	readonly version: string | null;
	/** The pull compared everything: a new generation. */
	readonly full: boolean;
	/** Rows of resources whose deletion the valve holds back. */
	readonly hold: readonly string[];
	/** Rows of resources whose deletion was held back and that are there again. */
	readonly release: readonly string[];
	/** Properties of the calendar that the pull brought. */
	readonly properties: NonNullable<PullPage["calendar"]>;
}

/** @returns the entries for the feed */
export async function completeCalendar(
	tx: Transaction<Database>,
	{ userId, id, writeSeq }: ClaimedCalendar,
	now: number,
	completion: CalendarCompletion,
): Promise<ChangeEntry[]> {
	const before = await tx
		.selectFrom("calendars")
		.select(["name", "color", "time_zone", "status", "status_reason", "first_synced_at"])
		.where("user_id", "=", userId)
		.where("id", "=", id)
		.executeTakeFirstOrThrow();
	// Whoever reads from now on finds what we deleted before gone.
	await tx
		.deleteFrom("resources")
		.where("user_id", "=", userId)
		.where("calendar_id", "=", id)
		.where("gone", "=", true)
		.where("write_seq", "<=", writeSeq)
		.execute();
	const holding = await updateHeld(tx, userId, id, completion);
	const { name, color, timeZone } = completion.properties;
	const status = holding ? ("paused" as const) : ("active" as const);
	const status_reason = holding ? "deletions_held" : null;
	const after = {
		name: name ?? before.name,
		color: color ?? before.color,
		time_zone: timeZone ?? before.time_zone,
		status,
	};
	const statusMoved = before.status !== status || before.status_reason !== status_reason;
	const at = new Date(now);
	await tx
		.updateTable("calendars")
		.set({
			...after,
			status_reason,
			status_message: null,
			...(statusMoved ? { status_since: at } : {}),
			cursor: JSON.stringify(completion.cursor),
			version: completion.version,
			...(completion.full ? { generation: sql<number>`generation + 1` } : {}),
			last_synced_at: at,
			first_synced_at: before.first_synced_at ?? at,
		})
		.where("user_id", "=", userId)
		.where("id", "=", id)
		.execute();
	const fields = (["name", "color", "time_zone", "status"] as const).filter((field) => before[field] !== after[field]);
	const entries: ChangeEntry[] = [];
	if (before.first_synced_at === null) entries.push({ type: "calendar.synced", id, calendarId: id });
	else if (fields.length > 0) entries.push({ type: "calendar.updated", id, calendarId: id, fields });
	return entries;
}

/** Does anything wait for a decision? */
async function updateHeld(
	tx: Transaction<Database>,
	userId: string,
	calendarId: string,
	{ hold, release }: CalendarCompletion,
): Promise<boolean> {
	if (hold.length > 0) {
		await sql`
			INSERT INTO held_deletions (user_id, calendar_id, resource_id)
			SELECT user_id, calendar_id, id FROM resources WHERE user_id = ${userId} AND id = ANY(${[...hold]}::text[])
			ON CONFLICT DO NOTHING`.execute(tx);
	}
	if (release.length > 0) {
		await sql`
			DELETE FROM held_deletions
			WHERE user_id = ${userId} AND calendar_id = ${calendarId} AND resource_id = ANY(${[...release]}::text[])
		`.execute(tx);
	}
	const waiting = await tx
		.selectFrom("held_deletions")
		.select("resource_id")
		.where("user_id", "=", userId)
		.where("calendar_id", "=", calendarId)
		.where("kept", "=", false)
		.limit(1)
		.executeTakeFirst();
	return waiting !== undefined;
}
