/** Where a sealed secret lives. An envelope opens at its own place only. */
export interface SecretPlace {
	readonly table: string;
	readonly column: string;
	readonly userId: string;
	readonly rowId: string;
}

/** The place of `connections.credentials`. */
export function connectionCredentials(userId: string, connectionId: string): SecretPlace {
	return { table: "connections", column: "credentials", userId, rowId: connectionId };
}

/** The place of `idempotency_keys.content`. */
export function idempotencyContent(userId: string, key: string): SecretPlace {
	return { table: "idempotency_keys", column: "content", userId, rowId: key };
}

/** The place of `oauth_grants.tokens`. */
export function oauthTokens(userId: string, connectionId: string): SecretPlace {
	return { table: "oauth_grants", column: "tokens", userId, rowId: connectionId };
}

/** The place of `consent_returns.secrets`. */
export function consentReturn(userId: string, returnId: string): SecretPlace {
	return { table: "consent_returns", column: "secrets", userId, rowId: returnId };
}

/** The place of `webhooks.secrets`. */
export function webhookSecrets(userId: string, webhookId: string): SecretPlace {
	return { table: "webhooks", column: "secrets", userId, rowId: webhookId };
}
