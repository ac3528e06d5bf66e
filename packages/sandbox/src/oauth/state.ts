import type { KeyObject } from "node:crypto";
import type { ClientOptions, ConsentPolicy } from "../options.ts";

/** What a person granted a client. */
export interface Grant {
	readonly clientId: string;
	readonly email: string;
	/** All that was granted so far. */
	readonly scopes: Set<string>;
}

export interface AuthorizationCode {
	readonly clientId: string;
	readonly email: string;
	readonly redirectUri: string;
	readonly scopes: readonly string[];
	readonly challenge: { readonly value: string; readonly method: "S256" | "plain" } | null;
	readonly nonce: string | null;
	/** Whether a refresh token goes with it. */
	readonly offline: boolean;
	readonly expiresAt: number;
}

export interface AccessToken {
	readonly clientId: string;
	readonly email: string;
	readonly scopes: readonly string[];
	expiresAt: number;
}

export interface RefreshToken {
	readonly clientId: string;
	readonly email: string;
	readonly scopes: readonly string[];
	/** Null: it does not end by time. */
	readonly expiresAt: number | null;
	/** Why refreshing is refused from now on, as the answer's `error_subtype`; null: it is not. */
	subtype: string | null;
}

/** A consent screen that is open in a browser. */
export interface PendingConsent {
	readonly request: AuthorizationRequest;
	readonly expiresAt: number;
}

export interface AuthorizationRequest {
	readonly client: ClientOptions;
	readonly redirectUri: string;
	readonly state: string | null;
	/** As Google names them: `email` is `…/auth/userinfo.email`. */
	readonly scopes: readonly string[];
	readonly offline: boolean;
	readonly prompts: readonly string[];
	readonly includeGranted: boolean;
	readonly loginHint: string | null;
	readonly nonce: string | null;
	readonly challenge: AuthorizationCode["challenge"];
}

export interface SigningKey {
	readonly kid: string;
	readonly privateKey: KeyObject;
	readonly publicKey: KeyObject;
}

export interface OAuthState {
	readonly clients: Map<string, ClientOptions>;
	/** By client id and address. */
	readonly grants: Map<string, Grant>;
	readonly pending: Map<string, PendingConsent>;
	readonly codes: Map<string, AuthorizationCode>;
	readonly accessTokens: Map<string, AccessToken>;
	/** In the order in which they were made. */
	readonly refreshTokens: Map<string, RefreshToken>;
	readonly key: SigningKey;
	consent: ConsentPolicy;
	/** Of new access tokens, in seconds. */
	accessTokenLife: number;
}

export const grantKey = (clientId: string, email: string): string => `${clientId} ${email.toLowerCase()}`;
