import dns from "node:dns/promises";
import { type CalendarProvider, caldavProvider, icsProvider, type ProviderId } from "@kalends/providers";
import type { Config } from "./config.ts";
import { parseAddress } from "./egress/address.ts";
import { parseAllowList } from "./egress/allow-list.ts";

/** The providers that this server offers; the rest of it asks for capabilities, never for names. */
export function createProviders(
	config: Pick<Config, "icloudUrl" | "allowedPrivateHosts">,
): ReadonlyMap<ProviderId, CalendarProvider> {
	const { icloudUrl } = config;
	const trustedHost = allowedHost(config.allowedPrivateHosts);
	const providers: readonly CalendarProvider[] = [
		caldavProvider({ dns, trustedHost }),
		caldavProvider({
			preset: "icloud",
			serverUrl: icloudUrl.href,
			trustedHost: (url) => url.host === icloudUrl.host || trustedHost(url),
		}),
		icsProvider(),
	];
	return new Map(providers.map((provider) => [provider.id, provider]));
}

/** Hosts that the operator lists may be sent credentials without encryption. */
function allowedHost(entries: readonly string[]): (url: URL) => boolean {
	const list = parseAllowList(entries);
	return ({ protocol, hostname, port }) => {
		const portNumber = Number(port) || (protocol === "http:" ? 80 : 443);
		const address = parseAddress(hostname.replace(/^\[|\]$/g, ""));
		return list.permitsHost(hostname, portNumber) || (address !== null && list.permitsAddress(address, portNumber));
	};
}
