import { createFaultRules } from "../faults/faults.ts";
import { createQuotas } from "../http/quota.ts";
import { createRequestLog } from "../http/request-log.ts";
import type { SigningKey } from "../oauth/state.ts";
import type { SandboxOptions } from "../options.ts";
import { DEFAULT_CLIENT } from "../options.ts";
import { createRevisions } from "./calendar.ts";
import { createClock } from "./clock.ts";
import { createRandom } from "./random.ts";
import type { World } from "./world.ts";

const DAY = 86_400_000;

/** A world without people. */
export function createWorld(options: SandboxOptions, origin: () => string, key: SigningKey): World {
	const clients = options.clients ?? [DEFAULT_CLIENT];
	return {
		origin,
		clock: createClock(options.now ?? Date.now),
		random: createRandom(options.random ?? null),
		revisions: createRevisions(),
		accounts: new Map(),
		calendars: new Map(),
		oauth: {
			clients: new Map(clients.map((client) => [client.clientId, client])),
			grants: new Map(),
			pending: new Map(),
			codes: new Map(),
			accessTokens: new Map(),
			refreshTokens: new Map(),
			key,
			consent: options.consent ?? { mode: "ask" },
			accessTokenLife: 3599,
		},
		channels: new Map(),
		push: { lossRate: 0, delay: 0, copies: 1, httpsOnly: false, longestLife: 30 * DAY, deliveries: [] },
		mails: [],
		faults: createFaultRules(),
		quotas: createQuotas(options.quotas),
		listing: { pageCap: null, emptyEvery: null, withoutSyncToken: 0, conferenceDelay: 250 },
		log: createRequestLog(),
	};
}
