import type { ProviderFailureKind, ProviderFailureReason, ProviderId } from "@kalends/providers";
import type { ColumnType, Generated } from "kysely";
import type { BigInt8 } from "./columns.ts";

/** A sign-in to an OAuth provider that is under way; used once, then removed. */
export interface OAuthFlowsTable {
	id: string;
	/** Who connects an account; null: whoever the account turns out to be signs in. */
	user_id: string | null;
	provider: ProviderId;
	/** Path of the redirect URI. */
	callback: string;
	/** What the person is asked to allow. */
	access: "read" | "write";
	return_to: string | null;
	/** The connection whose consent is to be renewed; null: any account may be chosen. */
	connection_id: string | null;
	/** Of a ticket, whose link begins sign-ins; null of those. */
	ticket_hash: Buffer | null;
	state_hash: Buffer | null;
	/** Of the cookie that binds it to one browser. */
	cookie_hash: Buffer | null;
	expires_at: Date;
	created_at: Date;
}

/** The tokens of a connection. Instants are the database's. */
export interface OAuthGrantsTable {
	user_id: string;
	connection_id: string;
	/** Sealed by vault (AAD: table, column, user, connection). */
	tokens: Buffer;
	/** From then on the access token is refreshed; it is good until `expires_at`. */
	renew_at: Date;
	expires_at: Date;
	/** Raised by each claim and each new consent; who holds an older one stores nothing. */
	fence: Generated<BigInt8>;
	claimed_until: Date | null;
	/** How the last claim ended, where it brought no token; told to everyone who waited for it. */
	failure: ColumnType<RefreshFailure | null, string | null | undefined, string | null>;
}

/** A consent that is to be given back to its provider. */
export interface ConsentReturnsTable {
	/** Empty where nobody became its user. */
	user_id: string;
	id: string;
	provider: ProviderId;
	/** As of connections: where the account is connected, the consent is not given back. */
	identity: string;
	/** Tokens and open push channels, sealed by vault (AAD: table, column, user, id). */
	secrets: Buffer;
	attempts: Generated<number>;
	next_attempt_at: Date;
	created_at: Date;
}

export interface RefreshFailure {
	readonly fence: number;
	readonly kind: ProviderFailureKind;
	readonly reason: ProviderFailureReason;
	readonly message: string;
	readonly retryAfter: number | null;
}
