import type { Services } from "../services.ts";
import { claimIntent } from "./intent-lease.ts";
import { type PushEnd, pushClaimed } from "./push-intent.ts";
import type { ClaimedPush } from "./types.ts";

/** Intents of a connection that one job sends at the same time. */
const LANES = 2;
/** So many failures in a row end a lane: the server is not well, and what is due stays so. */
const MOST_FAILURES = 3;

export interface ResourceKey {
	readonly userId: string;
	readonly connectionId: string;
	readonly resourceId: string;
}

/**
 * Pushes the intents of one resource, one after the other, until one does not get through or none can be had.
 * @param held the first of them, where the caller has claimed it
 * @returns how the last one ended; null where none could be had
 */
export async function pushResource(
	services: Services,
	key: ResourceKey,
	signal: AbortSignal,
	held: ClaimedPush | null = null,
): Promise<PushEnd | null> {
	let last = held === null ? null : await pushClaimed(services, held.intent, signal, held.scene);
	if (last !== null && !goesOn(last)) return last;
	while (!signal.aborted) {
		const claimed = await claimIntent(services.db, key, services.now());
		if (claimed === null) return last;
		last = await pushClaimed(services, claimed, signal);
		if (!goesOn(last)) return last;
	}
	return last;
}

/** Pushes all intents of a connection that are due, the oldest first. */
export async function pushConnection(
	services: Services,
	key: { readonly userId: string; readonly connectionId: string },
	signal: AbortSignal,
): Promise<void> {
	let isAway = false;
	const lane = async (): Promise<void> => {
		for (let failures = 0; failures < MOST_FAILURES && !isAway && !signal.aborted; ) {
			const claimed = await claimIntent(services.db, key, services.now());
			if (claimed === null) return;
			const end = await pushClaimed(services, claimed, signal);
			if (end === "away" || end === "reconnect") isAway = true;
			failures = end === "later" ? failures + 1 : 0;
		}
	};
	const lanes = await Promise.allSettled(Array.from({ length: LANES }, lane));
	for (const result of lanes) if (result.status === "rejected") throw result.reason;
}

/** The job of an intent: nothing where it is done, or in somebody else's hands. */
export async function pushIntentJob(
	services: Services,
	{ userId, intentId }: { readonly userId: string; readonly intentId: string },
	signal: AbortSignal,
): Promise<void> {
	const row = await services.db
		.selectFrom("intents")
		.select(["connection_id", "resource_id", "next_attempt_at"])
		.where("user_id", "=", userId)
		.where("id", "=", intentId)
		.where("state", "=", "pending")
		.executeTakeFirst();
	// It was tried before, and has its own time.
	if (row === undefined || row.next_attempt_at.getTime() > services.now()) return;
	await pushResource(services, { userId, connectionId: row.connection_id, resourceId: row.resource_id }, signal);
}

function goesOn(end: PushEnd): boolean {
	return end === "done" || end === "conflict" || end === "failed";
}
