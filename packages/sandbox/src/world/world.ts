import type { FaultRules } from "../faults/faults.ts";
import type { Quotas } from "../http/quota.ts";
import type { RequestLog } from "../http/request-log.ts";
import type { OAuthState } from "../oauth/state.ts";
import type { Channel, PushSettings } from "../push/channel.ts";
import type { Account } from "./account.ts";
import type { Calendar, Revisions } from "./calendar.ts";
import type { Clock } from "./clock.ts";
import type { Random } from "./random.ts";

/** A mail that Google would have sent. */
export interface Mail {
	readonly to: string;
	readonly from: string;
	readonly kind: "invitation" | "update" | "cancellation" | "response";
	readonly calendarId: string;
	readonly eventId: string;
	readonly summary: string;
	/** Epoch milliseconds. */
	readonly sentAt: number;
}

/** How listings are cut into pages, to try what Google allows itself. */
export interface ListingSettings {
	/** Pages have at most so many items, whatever was asked for; null: what was asked for. */
	pageCap: number | null;
	/** Every so-maniest page is empty and names a next one; null: none. */
	emptyEvery: number | null;
	/** So many further listings end without `nextSyncToken`. */
	withoutSyncToken: number;
	/** Milliseconds until an asked-for conference is made. */
	conferenceDelay: number;
}

/** All that a sandbox knows. Handlers change it; nothing of it outlives the process. */
export interface World {
	/** Origin under which the sandbox is reached. */
	readonly origin: () => string;
	readonly clock: Clock;
	readonly random: Random;
	readonly revisions: Revisions;
	/** By address in lower case. */
	readonly accounts: Map<string, Account>;
	readonly calendars: Map<string, Calendar>;
	readonly oauth: OAuthState;
	readonly channels: Map<string, Channel>;
	readonly push: PushSettings;
	readonly mails: Mail[];
	readonly faults: FaultRules;
	readonly quotas: Quotas;
	readonly listing: ListingSettings;
	readonly log: RequestLog;
}

export const accountOf = (world: World, email: string): Account | null =>
	world.accounts.get(email.toLowerCase()) ?? null;
