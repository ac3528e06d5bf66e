import dns from "node:dns/promises";
import { type CalendarProvider, caldavProvider, icsProvider, type ProviderId } from "@kalends/providers";
import type { Config } from "./config.ts";

/** The providers that this server offers; the rest of it asks for capabilities, never for names. */
export function createProviders(config: Pick<Config, "icloudUrl">): ReadonlyMap<ProviderId, CalendarProvider> {
	const { icloudUrl } = config;
	const providers: readonly CalendarProvider[] = [
		caldavProvider({ dns }),
		caldavProvider({
			preset: "icloud",
			serverUrl: icloudUrl.href,
			trustedHost: (url) => url.host === icloudUrl.host,
		}),
		icsProvider(),
	];
	return new Map(providers.map((provider) => [provider.id, provider]));
}
