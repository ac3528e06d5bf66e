import { type ValveVerdict, valve } from "@kalends/model";
import type { PullPage } from "@kalends/providers";
import { type Kysely, sql } from "kysely";
import type { Database } from "../db/schema.ts";
import { IS_PROVISIONAL } from "../push/provisional.ts";
import type { ClaimedCalendar } from "./run-lease.ts";

/** What the pages of a pull said of which resources are there; deletions wait here for the last page. */
export class Listing {
	readonly #present = new Set<string>();
	readonly #removed = new Set<string>();
	#full = false;

	/** Notes a page, in the order in which pages came. */
	add(page: PullPage): void {
		if (page.mode === "full") this.#full = true;
		for (const { id } of page.changed) this.#see(id);
		for (const id of page.unchanged) this.#see(id);
		for (const id of page.removed) {
			this.#present.delete(id);
			this.#removed.add(id);
		}
	}

	/** A resource was read by itself since, and is there. */
	found(id: string): void {
		this.#see(id);
	}

	/** Another resource took the place of this one: it is gone, and that is no deletion. */
	settle(id: string): void {
		this.#removed.delete(id);
	}

	#see(id: string): void {
		this.#present.add(id);
		this.#removed.delete(id);
	}

	get present(): ReadonlySet<string> {
		return this.#present;
	}

	get removed(): ReadonlySet<string> {
		return this.#removed;
	}

	/** True when a page compared by listing, so that absence can mean deletion. */
	get full(): boolean {
		return this.#full;
	}
}

/** A stored resource whose deletion is in question. */
export interface Candidate {
	readonly rowId: string;
	readonly id: string;
	/** Events that would go with it, a series being one. */
	readonly events: number;
	/** All of them are over. */
	readonly past: boolean;
	/** Its deletion was held back before. */
	readonly held: boolean;
	/** A person decided to keep it. */
	readonly kept: boolean;
	/** The calendar's `write_seq` of Kalends's last write of it. */
	readonly stamp: number;
}

export interface DeletionPlan {
	/** Deleted now. */
	readonly remove: readonly Candidate[];
	/** Newly held back: ids of rows. */
	readonly hold: readonly string[];
	/** Held back before and there again: ids of rows. */
	readonly release: readonly string[];
}

/**
 * @param candidates every resource that is held back, that the provider calls removed, or that is stored and not listed
 * @param stored events of the calendar before the pull
 * @param complete the provider vouches that it listed all
 */
export function planDeletions(
	listing: Listing,
	candidates: readonly Candidate[],
	{
		stored,
		complete,
		believed = false,
		pastAbsenceMeansDeletion,
	}: {
		readonly stored: number;
		readonly complete: boolean;
		/** All of it was shown otherwise before: what is gone is there under other ids. */
		readonly believed?: boolean;
		readonly pastAbsenceMeansDeletion: boolean;
	},
): DeletionPlan {
	const released = candidates.filter((one) => one.held && listing.present.has(one.id));
	const absent = candidates.filter((one) => !listing.present.has(one.id));
	const counts = (list: readonly Candidate[]) => list.reduce((sum, one) => sum + one.events, 0);
	const isGone = (one: Candidate) =>
		listing.removed.has(one.id) || (listing.full && complete && (pastAbsenceMeansDeletion || !one.past));
	const staying = absent.filter((one) => one.kept || (!one.held && !isGone(one)));
	const gone = absent.filter((one) => !one.held && isGone(one));
	const waiting = absent.filter((one) => one.held && !one.kept);
	const verdict: ValveVerdict = valve({
		stored: stored - counts(staying),
		gone: counts(gone) + counts(waiting),
		listedNothing: listing.full && complete && listing.present.size === 0,
	});
	const release = released.map((one) => one.rowId);
	const isBelieved = believed && listing.present.size > 0;
	if (counts(gone) === 0 || isBelieved || verdict === "apply") return { remove: gone, hold: [], release };
	return { remove: [], hold: gone.map((one) => one.rowId), release };
}

/**
 * Reads what `planDeletions` decides on.
 * @param compare whether stored resources that were not listed count too
 */
export async function findCandidates(
	db: Kysely<Database>,
	{ userId, id: calendarId }: ClaimedCalendar,
	listing: Listing,
	{ compare, now }: { readonly compare: boolean; readonly now: number },
): Promise<Candidate[]> {
	// Compared in the database: a listing may name very many, of which few are in question.
	const unlisted = compare
		? sql`UNION
			SELECT r.id FROM resources r
			LEFT JOIN unnest(${[...listing.present]}::text[]) AS l(id) ON l.id = r.provider_resource_id
			WHERE r.user_id = ${userId} AND r.calendar_id = ${calendarId} AND l.id IS NULL AND NOT (${IS_PROVISIONAL})`
		: sql``;
	const { rows } = await sql<CandidateRow>`
		WITH candidate AS (
			SELECT r.id FROM resources r
			WHERE r.user_id = ${userId} AND r.calendar_id = ${calendarId}
				AND r.provider_resource_id = ANY(${[...listing.removed]}::text[])
			UNION
			SELECT h.resource_id FROM held_deletions h WHERE h.user_id = ${userId} AND h.calendar_id = ${calendarId}
			${unlisted}
		)
		SELECT r.id, r.provider_resource_id, r.write_seq, h.resource_id IS NOT NULL AS held, coalesce(h.kept, false) AS kept,
			count(e.id) FILTER (WHERE e.master_id IS NULL)::int AS events,
			coalesce(bool_and(coalesce(e.series_ends_at < ${new Date(now)}, false)) FILTER (WHERE e.master_id IS NULL), false)
				AS past
		FROM candidate c
		JOIN resources r ON r.user_id = ${userId} AND r.id = c.id
		LEFT JOIN held_deletions h ON h.user_id = r.user_id AND h.calendar_id = r.calendar_id AND h.resource_id = r.id
		LEFT JOIN events e ON e.user_id = r.user_id AND e.resource_id = r.id
		WHERE NOT r.gone
		GROUP BY r.id, r.provider_resource_id, r.write_seq, h.resource_id, h.kept`.execute(db);
	return rows.map((row) => ({
		rowId: row.id,
		id: row.provider_resource_id,
		events: row.events,
		past: row.past,
		held: row.held,
		kept: row.kept,
		stamp: row.write_seq,
	}));
}

/**
 * Of the resources that the provider calls removed, those whose UID one of the given resources has now: the resource
 * was renamed, so its event stays what it is.
 */
export async function findRenamed(
	db: Kysely<Database>,
	{ userId, id: calendarId }: ClaimedCalendar,
	removed: readonly string[],
	uids: readonly string[],
): Promise<string[]> {
	if (removed.length === 0 || uids.length === 0) return [];
	const { rows } = await sql<{ id: string }>`
		SELECT DISTINCT r.provider_resource_id AS id
		FROM resources r JOIN events e ON e.user_id = r.user_id AND e.resource_id = r.id
		WHERE r.user_id = ${userId} AND r.calendar_id = ${calendarId}
			AND r.provider_resource_id = ANY(${[...removed]}::text[]) AND e.ical_uid = ANY(${[...uids]}::text[])`.execute(db);
	return rows.map((row) => row.id);
}

interface CandidateRow {
	readonly id: string;
	readonly provider_resource_id: string;
	readonly held: boolean;
	readonly kept: boolean;
	readonly write_seq: number;
	readonly events: number;
	readonly past: boolean;
}

/** Events that the calendar had before the run, a series being one; what a broken-off attempt added does not count. */
export async function countEvents(
	db: Kysely<Database>,
	{ userId, id }: ClaimedCalendar,
	runStartedAt: Date,
): Promise<number> {
	const { count } = await db
		.selectFrom("events")
		.select((eb) => eb.fn.countAll<number>().as("count"))
		.where("user_id", "=", userId)
		.where("calendar_id", "=", id)
		.where("master_id", "is", null)
		.where("created_at", "<=", runStartedAt)
		.executeTakeFirstOrThrow();
	return count;
}
