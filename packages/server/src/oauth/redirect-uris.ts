import type { ProviderId } from "@kalends/providers";
import type { Config } from "../config.ts";

/**
 * The paths to which a provider sends the browser back, each spelled as the provider knows it: redirect URIs are compared
 * byte for byte. The older interfaces have theirs.
 */
export const CALLBACKS = {
	google: [
		"/connect/google/callback",
		"/rest/v1/calendar/redirect/",
		"/oauth2callback/",
		"/api/calendar/google/callback/",
	],
	microsoft: ["/connect/microsoft/callback"],
} as const satisfies Partial<Record<ProviderId, readonly string[]>>;

export type CallbackPath = (typeof CALLBACKS)[keyof typeof CALLBACKS][number];

/** Made of KALENDS_URL alone: what a request says of the host has no say (T3). */
export function redirectUri(config: Pick<Config, "url">, callback: CallbackPath): string {
	return `${config.url.origin}${callback}`;
}

/** Providers take https, and plain http of this machine itself. */
export function mayBeRedirectedTo({ protocol, hostname }: URL): boolean {
	return protocol === "https:" || hostname === "localhost" || hostname === "[::1]" || /^127(\.\d+){3}$/.test(hostname);
}
