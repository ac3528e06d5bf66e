import type { OAuthConsent, ProviderId } from "@kalends/providers";
import { providerOf } from "../connections/discover.ts";
import { Problem } from "../http/errors.ts";
import type { Services } from "../services.ts";
import { authorizationUrl } from "./client.ts";
import { failedExchange } from "./consent-problems.ts";
import { OAuthFailure } from "./failure.ts";
import { type BegunFlow, beginFlow, type NewFlow, redeemTicket } from "./flows.ts";
import { mayBeRedirectedTo, redirectUri } from "./redirect-uris.ts";
import { type CallbackPath, oauthSettings, providerName } from "./registry.ts";
import { renewedConnection } from "./renewed-connection.ts";
import { requestedScopes } from "./scopes.ts";

/** Sends a browser to the provider. */
export interface Redirect {
	readonly location: string;
	/** Set-Cookie. */
	readonly cookie: string;
}

/**
 * Whether accounts of this provider can be connected here.
 * @throws Problem invalid_request, provider_not_configured, insecure_url
 */
export function consentOf(services: Pick<Services, "providers" | "config">, provider: ProviderId): OAuthConsent {
	const { consent } = providerOf(services, provider);
	const settings = oauthSettings(services.config, provider);
	if (consent === undefined || settings === null) {
		throw new Problem("invalid_request", `Accounts of the kind "${provider}" are not connected by a consent page.`, {
			fix: "Connect it by POST /v1/connections.",
			errors: [{ field: "provider", detail: "is not signed in to by a consent page" }],
		});
	}
	const name = providerName(provider);
	if (settings.client === null) {
		throw new Problem("provider_not_configured", `This server is not registered with ${name} yet.`, {
			fix: `The person who runs it sets the client id and secret that ${name} gives: docs/${provider}.md says how.`,
		});
	}
	const { url } = services.config;
	if (!mayBeRedirectedTo(url)) {
		throw new Problem(
			"insecure_url",
			`${name} signs nobody in to ${url.origin}: it is plain http and not this machine itself.`,
			{
				fix: "The person who runs this server puts TLS in front and sets KALENDS_URL to the https address.",
			},
		);
	}
	return consent;
}

/** @throws Problem as `consentOf`, and where the provider cannot be reached */
export async function beginConsent(services: Services, flow: NewFlow): Promise<Redirect> {
	consentOf(services, flow.provider);
	return redirectTo(services, await beginFlow(services, flow));
}

/** @throws Problem as `beginConsent`, and `invalid_ticket` */
export async function openTicket(
	services: Services,
	asked: { readonly provider: ProviderId; readonly ticket: string; readonly signedIn: string | null },
): Promise<Redirect> {
	consentOf(services, asked.provider);
	const begun = await redeemTicket(services, asked);
	if (begun !== null) return redirectTo(services, begun);
	throw new Problem(
		"invalid_ticket",
		"This link was used already, is older than five minutes, or is somebody else's.",
		{
			fix: "Go back to where you chose to connect the account, and choose it again.",
		},
	);
}

async function redirectTo(services: Services, { flow, state, verifier, nonce, cookie }: BegunFlow): Promise<Redirect> {
	const { provider, access } = flow;
	const consent = consentOf(services, provider);
	// The column holds what `NewFlow` put there.
	const uri = redirectUri(services.config, flow.callback as CallbackPath);
	try {
		const url = await authorizationUrl(services, provider, {
			redirectUri: uri,
			scopes: requestedScopes(consent, access),
			state,
			verifier,
			nonce,
			loginHint: (await renewedConnection(services.db, flow))?.account,
			parameters: consent.parameters,
		});
		return { location: url.href, cookie };
	} catch (error) {
		if (!(error instanceof OAuthFailure)) throw error;
		services.log.warn({ provider, kind: error.kind, detail: error.message }, "a sign-in could not begin");
		throw failedExchange(error, { provider, redirectUri: uri });
	}
}
