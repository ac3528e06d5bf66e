import type { WaitedEnd } from "@kalends/model";
import { sql } from "kysely";
import type { Statement } from "../events/occurrence-statements.ts";
import type { ClaimedIntent } from "./intent-lease.ts";

/**
 * A move to another calendar is a creation there and a deletion here that waits for it (`waits_for`). Only the creation's
 * end lets the deletion go, by taking its `waits_for` away; whatever else becomes of the creation, the deletion is given
 * up, so that the event may be there twice and is never lost.
 */

/** Is what moved safely in its new calendar, so that the old one may go? */
export function mayGo(end: WaitedEnd): boolean {
	return end.type === "settled" && end.lost.every(({ kind }) => kind !== "edit_of_deleted");
}

/** These deletions wait no more. */
export function endWaits(userId: string, now: number, ids: readonly string[]): Statement {
	if (ids.length === 0) return null;
	return sql`UPDATE intents SET waits_for = NULL, next_attempt_at = ${new Date(now)}
		WHERE user_id = ${userId} AND id = ANY(${[...ids]}::text[])`;
}

/**
 * Instead of deleting, these only bring back what is there. They lie in another calendar than the one that is locked, so
 * their own push does that.
 */
export function giveUpDeletions(userId: string, now: number, ids: readonly string[]): Statement {
	if (ids.length === 0) return null;
	return sql`UPDATE intents SET kind = 'update', wanted = base, waits_for = NULL, next_attempt_at = ${new Date(now)}
		WHERE user_id = ${userId} AND id = ANY(${[...ids]}::text[])`;
}

/** A deletion whose creation is gone with its calendar or connection, and was never agreed to, is given up too. */
export function withoutLostMove(claimed: ClaimedIntent): ClaimedIntent {
	if (claimed.kind !== "delete" || claimed.waits_for === null) return claimed;
	return { ...claimed, kind: "update", wanted: claimed.base, waits_for: null };
}
