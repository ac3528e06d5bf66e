import type { Config } from "../config.ts";
import type { CallbackPath } from "./registry.ts";

/** Made of KALENDS_URL alone: what a request says of the host has no say (T3). */
export function redirectUri(config: Pick<Config, "url">, callback: CallbackPath): string {
	return `${config.url.origin}${callback}`;
}

/** Providers take https, and plain http of this machine itself. */
export function mayBeRedirectedTo({ protocol, hostname }: URL): boolean {
	return protocol === "https:" || hostname === "localhost" || hostname === "[::1]" || /^127(\.\d+){3}$/.test(hostname);
}
