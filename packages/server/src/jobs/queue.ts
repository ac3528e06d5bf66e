import type { Kysely, Transaction } from "kysely";
import type { Database } from "../db/schema.ts";

/** Every kind of background job and its payload. */
export interface JobPayloads {
	/** Perform (or take over) this run. */
	"sync.run": { readonly user_id: string; readonly connection_id: string; readonly run_id: string };
	/** Bring this local write to the provider, and what waits behind it. */
	"push.intent": { readonly user_id: string; readonly intent_id: string };
	/** Bring all local writes that are due to this connection's provider. */
	"push.connection": { readonly user_id: string; readonly connection_id: string };
	/** Open, renew and stop the push channels of this connection. */
	"channels.keep": { readonly user_id: string; readonly connection_id: string };
	/** Give a consent back to its provider: one try. */
	"consents.return": { readonly user_id: string; readonly return_id: string };
	/** Deliver what is due of this user's mails. */
	"mail.send": { readonly user_id: string };
	/** Remind of what is due, tell owners what they have to know, and send due mails. */
	"notify.due": Record<string, never>;
	/** Every ten seconds: start runs of due connections, take over abandoned ones. */
	"sync.due": Record<string, never>;
	/** Every ten seconds: release the holds that were not paid in time, settle bookings whose event was refused. */
	"bookings.due": Record<string, never>;
	/** Scheduled: roll the window of `occurrences` on. */
	"events.roll-window": Record<string, never>;
	/** Scheduled: drop changes older than 30 days, old runs, expired sessions. */
	"housekeeping.prune": Record<string, never>;
}

export type JobName = keyof JobPayloads;

export interface JobQueue {
	/** Inserted in the given transaction: the job exists if and only if the data does. */
	send<N extends JobName>(
		name: N,
		payload: JobPayloads[N],
		options: {
			readonly transaction: Transaction<Database> | Kysely<Database>;
			readonly startAfter?: Date;
			/** At most one job of the queue waits under each key; further ones are dropped. */
			readonly key?: string;
			/** Whose job it is: nobody's jobs take all places of the queue. */
			readonly owner?: string;
		},
	): Promise<void>;
}
