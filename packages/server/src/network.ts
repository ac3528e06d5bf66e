import dns from "node:dns/promises";
import { type CalendarProvider, caldavProvider, icsProvider, type ProviderId } from "@kalends/providers";
import type { Config } from "./config.ts";
import { parseAllowList } from "./egress/allow-list.ts";
import { createEgress, type Egress, type EgressOptions } from "./egress/egress.ts";
import { type MailTransport, smtpTransport } from "./egress/smtp.ts";
import { registeredProviders } from "./oauth/registry.ts";

export interface Network {
	readonly http: Egress;
	readonly providers: ReadonlyMap<ProviderId, CalendarProvider>;
	readonly mail: MailTransport | null;
}

/** The way out that a configuration allows, and the providers that use it. */
export function openNetwork(config: Config, observe?: EgressOptions["observe"]): Network {
	const http = createEgress({
		allowedPrivateHosts: config.allowedPrivateHosts,
		trustedUrls: operatorsUrls(config),
		...(observe === undefined ? {} : { observe }),
	});
	const mail = config.mail === null ? null : smtpTransport(config.mail.server);
	return { http, providers: createProviders(config), mail };
}

/** What the operator configured: the guard lets every request through to these hosts. */
function operatorsUrls({ icloudUrl, oauth }: Config): URL[] {
	const settings = Object.values(oauth);
	const endpoints = settings.flatMap((each) => Object.values(each.endpoints));
	return [
		icloudUrl,
		...settings.flatMap(({ issuer, apiUrl }) => [issuer, apiUrl]),
		...endpoints.filter((url) => url !== null),
	];
}

/** The providers that this server offers; the rest of it asks for capabilities, never for names. */
function createProviders(config: Config): ReadonlyMap<ProviderId, CalendarProvider> {
	const { icloudUrl, allowedPrivateHosts } = config;
	const allowList = parseAllowList(allowedPrivateHosts);
	const providers: readonly CalendarProvider[] = [
		// The egress has the last word, when it knows the addresses.
		caldavProvider({ dns, trustedHost: (url) => allowList.mayPermit(url) }),
		caldavProvider({ preset: "icloud", serverUrl: icloudUrl.href }),
		icsProvider(),
		// Also without a client id: what is connected already can then be seen, and says what is missing.
		...registeredProviders(config),
	];
	return new Map(providers.map((provider) => [provider.id, provider]));
}
