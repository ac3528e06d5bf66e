import { isIP } from "node:net";
import type { CalendarProvider } from "@kalends/providers";
import type { Config } from "../config.ts";
import { isPublic, parseAddress } from "../egress/address.ts";
import { oauthSettings } from "../oauth/registry.ts";

/**
 * Where a provider sends its messages; null where it cannot: KALENDS_URL must be https under a public name. A provider
 * that the operator named by plain http is on the operator's own network, and reaches plain http too.
 */
export function pushAddress(config: Config, provider: CalendarProvider): URL | null {
	if (provider.push === undefined) return null;
	const address = new URL(`/push/${provider.id}`, config.url);
	if (oauthSettings(config, provider.id)?.apiUrl.protocol === "http:") return address;
	return config.url.protocol === "https:" && isPublicName(config.url.hostname) ? address : null;
}

function isPublicName(hostname: string): boolean {
	const name = hostname.replace(/^\[|\]$/g, "");
	if (isIP(name) === 0) return name.includes(".") && !/\.(localhost|local|internal|lan|home\.arpa)$/.test(name);
	const address = parseAddress(name);
	return address !== null && isPublic(address);
}
