import { sql } from "kysely";
import { pruneAccounts } from "../accounts/prune.ts";
import { pruneIdempotencyKeys } from "../http/idempotency-store.ts";
import { pruneNotify } from "../notify/due.ts";
import { pruneFlows } from "../oauth/flows.ts";
import { prunePaymentEvents } from "../payments/directory.ts";
import type { Services } from "../services.ts";
import { pruneDeliveries } from "../webhooks/directory.ts";

const DAY = 86_400_000;
/** The feed answers 410 to whoever asks for older entries. */
const CHANGES_KEPT = 30 * DAY;
const RUNS_KEPT = 30 * DAY;
const VERSIONS_KEPT = 30 * DAY;

/** Removes what is kept for a time only, of all users: it looks at nothing but how old it is. */
export async function keepHouse({ db, now }: Pick<Services, "db" | "now">): Promise<void> {
	await pruneAccounts(db, now());
	await pruneIdempotencyKeys({ db, now });
	await pruneFlows({ db, now });
	await pruneNotify({ db, now });
	await pruneDeliveries({ db, now });
	await prunePaymentEvents({ db, now });
	await sql`
		WITH old AS (
			SELECT user_id, max(seq) AS seq FROM changes WHERE at < ${new Date(now() - CHANGES_KEPT)} GROUP BY user_id
		), removed AS (
			DELETE FROM changes USING old WHERE changes.user_id = old.user_id AND changes.seq <= old.seq
		)
		UPDATE change_counters SET pruned_to = old.seq FROM old WHERE change_counters.user_id = old.user_id`.execute(db);
	await db
		.deleteFrom("runs")
		.where("state", "!=", "running")
		.where("finished_at", "<", new Date(now() - RUNS_KEPT))
		.execute();
	await db
		.deleteFrom("event_versions")
		.where("at", "<", new Date(now() - VERSIONS_KEPT))
		.execute();
}
