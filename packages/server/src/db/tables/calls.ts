import type { ProviderId } from "@kalends/providers";
import type { Generated } from "kysely";
import type { BigInt8 } from "./columns.ts";

/**
 * `opening`: the provider has not answered yet; its first message may come earlier.
 * `refused`: it tells of no changes there, or not now; asked again at `renew_at`.
 */
export type ChannelState = "opening" | "live" | "refused";

/** Units of a provider's quota that were leased, by minutes of the database's clock (budgets/lease.ts). */
interface CallBudget {
	minute: Generated<BigInt8>;
	used: Generated<number>;
	/** In the minute before. */
	before: Generated<number>;
}

/** Of all users together. */
export interface ProjectCallBudgetsTable extends CallBudget {
	provider: ProviderId;
}

export interface UserCallBudgetsTable extends CallBudget {
	user_id: string;
	connection_id: string;
}

export interface PushChannelsTable {
	id: string;
	user_id: string;
	connection_id: string;
	/** Null: the list of calendars. */
	calendar_id: string | null;
	token_hash: Buffer;
	state: ChannelState;
	/** The provider's name of what is watched; null while `opening`, and where refused. */
	resource_id: string | null;
	/** From then on another one is opened beside it. */
	renew_at: Date;
	expires_at: Date;
	created_at: Date;
}
