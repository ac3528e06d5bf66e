import { type CalendarProvider, googleProvider, type ProviderId } from "@kalends/providers";
import type { Config } from "../config.ts";
import type { OAuthSettings } from "../config-oauth.ts";

/**
 * All that the server knows by name of providers that are signed in to by OAuth, but how the operator sets them up
 * (config-oauth.ts): to add one is to add an entry.
 */
interface Registered {
	/** As people call it. */
	readonly name: string;
	/**
	 * The paths to which it sends the browser back, each spelled as it knows them: redirect URIs are compared byte for byte.
	 * The first is that of /v1, the others those of the older interfaces.
	 */
	readonly callbacks: readonly string[];
	/** Null: its accounts cannot be connected yet, though they can be set up. */
	readonly create: ((settings: OAuthSettings) => CalendarProvider) | null;
}

export const REGISTRY = {
	google: {
		name: "Google",
		callbacks: [
			"/connect/google/callback",
			"/rest/v1/calendar/redirect/",
			"/oauth2callback/",
			"/api/calendar/google/callback/",
		],
		create: ({ apiUrl }) => googleProvider({ apiUrl }),
	},
	microsoft: { name: "Microsoft", callbacks: ["/connect/microsoft/callback"], create: null },
} as const satisfies Partial<Record<ProviderId, Registered>>;

export type RegisteredId = keyof typeof REGISTRY;
export type CallbackPath = (typeof REGISTRY)[RegisteredId]["callbacks"][number];

export const REGISTERED = Object.keys(REGISTRY) as [RegisteredId, ...RegisteredId[]];

/** Those whose accounts can be connected. */
export const OFFERED = REGISTERED.filter((id) => REGISTRY[id].create !== null);

/** The name of any provider for a sentence; its id where nobody signs in to it. */
export function providerName(provider: ProviderId): string {
	return registered(provider)?.name ?? provider;
}

/** Empty where nobody is sent back. */
export function callbacksOf(provider: ProviderId): readonly CallbackPath[] {
	return registered(provider)?.callbacks ?? [];
}

/** How the operator set a provider up; null where it is not one that is signed in to by OAuth. */
export function oauthSettings(config: Pick<Config, "oauth">, provider: ProviderId): OAuthSettings | null {
	return isRegistered(provider) ? config.oauth[provider] : null;
}

/** The providers of those whose accounts can be connected. */
export function registeredProviders(config: Pick<Config, "oauth">): readonly CalendarProvider[] {
	return REGISTERED.flatMap((id) => REGISTRY[id].create?.(config.oauth[id]) ?? []);
}

function registered(provider: ProviderId) {
	return isRegistered(provider) ? REGISTRY[provider] : null;
}

function isRegistered(provider: ProviderId): provider is RegisteredId {
	return Object.hasOwn(REGISTRY, provider);
}
