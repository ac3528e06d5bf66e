import type { OAuthConsent } from "@kalends/providers";
import type { Consent } from "../db/schema.ts";

/** What identifies the account is asked for with every consent. */
const IDENTITY_SCOPES = ["openid", "email"] as const;

/** All scopes of a request; no more than it needs (T4). */
export function requestedScopes(consent: OAuthConsent, access: "read" | "write"): readonly string[] {
	return [...new Set([...IDENTITY_SCOPES, ...consent.scopes[access]])];
}

/** What of the granted scopes allows, as the connection keeps it. Earlier consents may allow more than was asked for now. */
export function assessGrant(consent: OAuthConsent, granted: readonly string[], wanted: "read" | "write"): Consent {
	const { access, missing } = consent.assess(granted, wanted);
	return {
		access: access === "write" && wanted === "read" ? "read" : access,
		missing: missing.map(({ label }) => label),
	};
}

/** Without those that would let a connection write that the person wanted to be read-only. */
export function allowedScopes(
	consent: OAuthConsent,
	granted: readonly string[],
	access: Consent["access"],
): readonly string[] {
	if (access !== "read") return granted;
	const { read } = consent.scopes;
	return granted.filter((scope) => consent.assess([...read, scope], "write").access !== "write");
}
