import type { CalendarProvider, HttpTransport, ProviderId } from "@kalends/providers";
import type { Kysely } from "kysely";
import type { Logger } from "pino";
import type { Config } from "./config.ts";
import type { Database } from "./db/schema.ts";
import type { MailTransport } from "./egress/smtp.ts";
import type { IdPrefix } from "./ids.ts";
import type { JobQueue } from "./jobs/queue.ts";
import type { Lifecycle } from "./observability/lifecycle.ts";
import type { Metrics } from "./observability/metrics.ts";
import type { Followers } from "./stream/followers.ts";
import type { Vault } from "./vault/vault.ts";

/** Everything that the capabilities need from outside; made once in main.ts, by tests with their own clock and such. */
export interface Services {
	readonly config: Config;
	readonly log: Logger;
	readonly db: Kysely<Database>;
	readonly vault: Vault;
	readonly http: HttpTransport;
	readonly providers: ReadonlyMap<ProviderId, CalendarProvider>;
	/** Null: this server sends no mail (SMTP_URL is not set). */
	readonly mail: MailTransport | null;
	readonly jobs: JobQueue;
	readonly metrics: Metrics;
	readonly lifecycle: Lifecycle;
	/** Of this process: who waits for which user's feed to grow. */
	readonly followers: Followers;
	/** Epoch milliseconds. */
	readonly now: () => number;
	/** Uniform in [0, 1). */
	readonly random: () => number;
	readonly newId: (prefix: IdPrefix) => string;
}
