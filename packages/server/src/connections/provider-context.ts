import { setTimeout } from "node:timers/promises";
import type { CalendarProvider, HttpTransport, OAuthConsent, ProviderContext } from "@kalends/providers";
import type { Selectable } from "kysely";
import { withinBudget } from "../budgets/budgeted-transport.ts";
import type { ConnectionsTable } from "../db/schema.ts";
import { accessTokens, type Refreshing } from "../oauth/access-tokens.ts";
import { allowedScopes } from "../oauth/scopes.ts";
import type { Services } from "../services.ts";
import { openCredentials } from "./credentials.ts";

/** The columns of a connection that speaking with its provider takes. */
export type ReachableConnection = Pick<
	Selectable<ConnectionsTable>,
	"user_id" | "id" | "provider" | "credentials" | "settings" | "scopes" | "consent"
>;

export type Reaching = Refreshing & Pick<Services, "providers" | "random"> & Partial<Pick<Services, "metrics">>;

export interface ReachedProvider {
	readonly provider: CalendarProvider;
	readonly context: ProviderContext;
}

/**
 * The one place where a connection's provider is given all that it needs to be asked.
 * @param options.http in place of the services' own, e.g. one that counts
 * @throws VaultError where the credentials cannot be opened
 */
export function reachProvider(
	services: Reaching,
	connection: ReachableConnection,
	options: { readonly http?: HttpTransport; readonly signal?: AbortSignal | undefined } = {},
): ReachedProvider {
	const provider = services.providers.get(connection.provider);
	if (provider === undefined) throw new Error(`there is no provider ${connection.provider}`);
	const { now, random } = services;
	const account = { userId: connection.user_id, connectionId: connection.id };
	return {
		provider,
		context: {
			http: withinBudget(services, provider, account, options.http ?? services.http),
			credentials: openCredentials(services.vault, connection),
			settings: connection.settings,
			now,
			random,
			pause,
			...(provider.consent === undefined
				? {}
				: { tokens: accessTokens(services, withAllowed(provider.consent, connection)) }),
			...(options.signal === undefined ? {} : { signal: options.signal }),
		},
	};
}

async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
	await setTimeout(milliseconds, undefined, signal === undefined ? {} : { signal });
}

function withAllowed(consent: OAuthConsent, connection: ReachableConnection): ReachableConnection {
	const access = connection.consent?.access ?? null;
	return { ...connection, scopes: [...allowedScopes(consent, connection.scopes, access)] };
}
