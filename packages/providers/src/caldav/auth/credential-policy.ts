import { getDomain } from "tldts";

/** Who may see the password of an account (T11). */
export interface CredentialPolicy {
	/** The address that the person, or the operator, gave. */
	readonly home: URL;
	/** Hosts that the operator allows although private or without encryption. */
	readonly trustedHost: (url: URL) => boolean;
	/** The preset's server, configured by the operator. */
	readonly operatorUrl: URL | null;
}

/** Providers that keep accounts of foreign domains; an e-mail domain may point to them. */
const PROVIDER_DOMAINS = new Set(["icloud.com"]);

/**
 * May this address be sent the account's credentials? Only with https (or where the operator allows plain http), and
 * only on the domain that the person named, or on a provider that is known to keep other domains' accounts.
 */
export function mayReceiveCredentials(target: URL, policy: CredentialPolicy): boolean {
	const encrypted = target.protocol === "https:" || policy.trustedHost(target) || isOperators(target, policy);
	return encrypted && isSameSite(target, policy.home);
}

/** True for the host that the operator configured, on any port. */
export function isOperators(target: URL, { operatorUrl }: CredentialPolicy): boolean {
	return operatorUrl !== null && target.hostname === operatorUrl.hostname && target.protocol === operatorUrl.protocol;
}

function isSameSite(target: URL, home: URL): boolean {
	if (target.hostname === home.hostname) return true;
	const domain = registrableDomain(target.hostname);
	return domain !== null && (domain === registrableDomain(home.hostname) || PROVIDER_DOMAINS.has(domain));
}

/** Customers of a shared suffix (`*.github.io`) are different sites. Null for addresses and single labels. */
function registrableDomain(hostname: string): string | null {
	return getDomain(hostname, { allowPrivateDomains: true });
}
