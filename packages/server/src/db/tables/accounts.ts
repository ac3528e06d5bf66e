import type { Generated } from "kysely";
import type { JsonWithDefault } from "./columns.ts";

export interface UsersTable {
	id: string;
	email: string;
	email_verified: Generated<boolean>;
	name: string;
	image: string | null;
	role: Generated<string>;
	banned: Generated<boolean>;
	ban_reason: string | null;
	ban_expires: Date | null;
	time_zone: string | null;
	/** What differs from the defaults of accounts/preferences.ts. */
	preferences: JsonWithDefault<object>;
	created_at: Generated<Date>;
	updated_at: Generated<Date>;
}

export interface SessionsTable {
	id: string;
	user_id: string;
	token: string;
	expires_at: Date;
	ip_address: string | null;
	user_agent: string | null;
	impersonated_by: string | null;
	created_at: Generated<Date>;
	updated_at: Generated<Date>;
}

export interface AccountsTable {
	id: string;
	user_id: string;
	account_id: string;
	provider_id: string;
	access_token: string | null;
	refresh_token: string | null;
	id_token: string | null;
	access_token_expires_at: Date | null;
	refresh_token_expires_at: Date | null;
	scope: string | null;
	password: string | null;
	created_at: Generated<Date>;
	updated_at: Generated<Date>;
}

export interface VerificationsTable {
	id: string;
	identifier: string;
	value: string;
	expires_at: Date;
	created_at: Generated<Date>;
	updated_at: Generated<Date>;
}

export type ApiKeyScope = "read" | "write" | "admin";

export interface ApiKeysTable {
	id: string;
	user_id: string;
	hash: Buffer;
	name: string;
	prefix: string;
	scopes: ApiKeyScope[];
	expires_at: Date | null;
	last_used_at: Date | null;
	created_at: Generated<Date>;
}

export interface RateLimitsTable {
	key: string;
	count: number;
	window_started_at: Date;
}
