import { inTransaction } from "../db/transact.ts";
import { endedHolds } from "../payments/directory.ts";
import { pushNow } from "../push/push-now.ts";
import type { Services } from "../services.ts";
import { applyBooking, lockBooking } from "./apply.ts";

/** Released in one look. */
const BATCH = 100;
const WITHIN_MS = 2_000;

/** Releases the holds whose time is over, or whose event was deleted by hand: booking, event and intent in one transaction each. */
export async function expireHolds(services: Services, signal: AbortSignal): Promise<number> {
	const due = await endedHolds(services.db, services.now(), BATCH);
	for (const { userId, id } of due) {
		if (signal.aborted) break;
		const applied = await inTransaction(services.db, async (tx) => {
			const booking = await lockBooking(tx, userId, id);
			return booking === null ? null : applyBooking(services, tx, booking, { type: "user", id: userId });
		});
		if (applied !== null) await pushNow(services, userId, applied.intentIds, { withinMs: WITHIN_MS, signal });
	}
	return due.length;
}
