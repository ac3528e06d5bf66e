import { setTimeout as delay } from "node:timers/promises";
import { sql } from "kysely";
import { isPassing } from "../db/away.ts";
import type { Services } from "../services.ts";
import { canPush } from "./intent-lease.ts";
import type { PushEnd } from "./push-intent.ts";
import { pushResource } from "./push-lanes.ts";
import type { ClaimedPush, PushNow, PushOutcome } from "./types.ts";

/** Between two looks at an intent that somebody else is sending, milliseconds. */
const LOOK_AGAIN_MS = 50;

export const pushNow: PushNow = async (services, userId, intentIds, { withinMs, signal, claimed }) => {
	const deadline = AbortSignal.timeout(withinMs);
	const within = AbortSignal.any([signal, deadline]);
	const seen = { putBack: false };
	try {
		if (claimed !== undefined) {
			const end = await pushResource(services, keyOf(claimed), within, claimed);
			if (end === "last" && intentIds.length === 1) return "synced";
			if (!note(end, seen)) return "pending";
		}
		for (;;) {
			const open = await readOpen(services, userId, intentIds);
			const outcome = outcomeOf(open);
			if (outcome === "synced" && seen.putBack) return "failed";
			if (outcome !== null || within.aborted) return outcome ?? "pending";
			if (!(await pushOpen(services, userId, open, within, seen))) return "pending";
		}
	} catch (error) {
		// What was written is written; jobs go on with it.
		if (within.aborted || isPassing(error)) return "pending";
		throw error;
	}
};

interface Open {
	readonly id: string;
	readonly state: "pending" | "failed";
	readonly connection_id: string;
	readonly resource_id: string;
	readonly can_push: boolean;
}

function outcomeOf(open: readonly Open[]): PushOutcome | null {
	if (open.length === 0) return "synced";
	if (open.some(({ state }) => state === "failed")) return "failed";
	return open.some((one) => !one.can_push) ? "pending" : null;
}

/** One try at each; false where one has to wait for longer than the moment that somebody else takes for it. */
async function pushOpen(
	services: Services,
	userId: string,
	open: readonly Open[],
	within: AbortSignal,
	seen: { putBack: boolean },
): Promise<boolean> {
	let busy = true;
	for (const { connection_id: connectionId, resource_id: resourceId } of open) {
		const end = await pushResource(services, { userId, connectionId, resourceId }, within);
		if (!note(end, seen)) return false;
		if (end !== null) busy = false;
	}
	if (busy) await delay(LOOK_AGAIN_MS, undefined, { signal: within });
	return true;
}

/** False where nothing more can be done for now. */
function note(end: PushEnd | null, seen: { putBack: boolean }): boolean {
	if (end === "put_back") seen.putBack = true;
	return end !== "later" && end !== "away" && end !== "reconnect";
}

function keyOf({ intent }: ClaimedPush) {
	return { userId: intent.user_id, connectionId: intent.connection_id, resourceId: intent.resource_id };
}

async function readOpen(services: Services, userId: string, intentIds: readonly string[]): Promise<readonly Open[]> {
	const { rows } = await sql<Open>`
		SELECT i.id, i.state, i.connection_id, i.resource_id, (${canPush(services.now())}) AS can_push
		FROM intents i
		JOIN connections c ON c.user_id = i.user_id AND c.id = i.connection_id
		JOIN calendars k ON k.user_id = i.user_id AND k.id = i.calendar_id
		WHERE i.user_id = ${userId} AND i.id = ANY(${[...intentIds]}::text[])
		ORDER BY i.seq`.execute(services.db);
	return rows;
}
