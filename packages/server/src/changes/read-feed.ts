import type { Kysely } from "kysely";
import type { Database } from "../db/schema.ts";
import { Problem } from "../http/errors.ts";
import type { WireChange } from "./schemas.ts";

/** Where a user's feed begins and ends. */
export interface FeedBounds {
	/** Entries up to it are no longer kept. */
	readonly prunedTo: number;
	/** The newest number; 0 where nothing has happened yet. */
	readonly lastSeq: number;
}

export async function feedBounds(db: Kysely<Database>, userId: string): Promise<FeedBounds> {
	const counter = await db
		.selectFrom("change_counters")
		.select(["last_seq", "pruned_to"])
		.where("user_id", "=", userId)
		.executeTakeFirst();
	return { prunedTo: counter?.pruned_to ?? 0, lastSeq: counter?.last_seq ?? 0 };
}

/**
 * Whoever has seen all up to `after` can go on from there.
 * @throws Problem `gone`
 */
export function assertFollowable({ prunedTo, lastSeq }: FeedBounds, after: number): void {
	const fix = `List everything again, then follow the changes after ${lastSeq}.`;
	if (after < prunedTo) throw new Problem("gone", `Changes up to ${prunedTo} are no longer kept.`, { fix });
	// As after an older backup was restored: numbers yet to come would be taken for ones seen long ago.
	if (after > lastSeq) {
		throw new Problem("gone", `The feed ends at ${lastSeq}; ${after} is of another state of it.`, { fix });
	}
}

/** The next changes behind `after`, in order, at most so many. */
export async function readChanges(
	db: Kysely<Database>,
	userId: string,
	{ after, limit }: { readonly after: number; readonly limit: number },
): Promise<WireChange[]> {
	const rows = await db
		.selectFrom("changes")
		.selectAll()
		.where("user_id", "=", userId)
		.where("seq", ">", after)
		.orderBy("seq")
		.limit(limit)
		.execute();
	return rows.map((row) => ({
		seq: row.seq,
		at: row.at.toISOString(),
		type: row.type,
		id: row.entity_id,
		...(row.calendar_id === null ? {} : { calendar_id: row.calendar_id }),
		...(row.fields === null ? {} : { fields: row.fields }),
	}));
}
