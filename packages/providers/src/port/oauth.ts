/** Access tokens of one OAuth grant; the server refreshes them, single-flight over all its processes. */
export interface AccessTokens {
	/**
	 * @param rejected a token that the provider has just refused (401): another one is fetched, once
	 * @throws ProviderFailure `auth_revoked` where the grant is gone, `unavailable` where no token can be had now
	 */
	get(rejected?: string): Promise<string>;
	/** What was granted; absent where that is not known. */
	readonly scopes?: readonly string[];
}

/** What a provider that is signed in to by OAuth 2.0 asks the person for. */
export interface OAuthConsent {
	/** Requested besides what identifies the account (`openid email`), by what the person wants to allow. */
	readonly scopes: Readonly<Record<"read" | "write", readonly string[]>>;
	/** Further parameters of the authorization request, e.g. `access_type=offline`. */
	readonly parameters: Readonly<Record<string, string>>;
	/**
	 * What granted scopes allow; the person may have unticked some (granular consent).
	 * @param wanted what was asked for
	 */
	assess(granted: readonly string[], wanted: "read" | "write"): GrantAssessment;
}

export interface GrantAssessment {
	/** Null: not even reading; nothing can be synced. */
	readonly access: "read" | "write" | null;
	/** Requested and not granted, as the person saw them on the consent screen. */
	readonly missing: readonly { readonly scope: string; readonly label: string }[];
}
