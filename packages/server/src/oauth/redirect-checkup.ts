import { type ProviderId, TransportError } from "@kalends/providers";
import type { OAuthClientCredentials } from "../config-oauth.ts";
import { CheckFailure } from "./check-failure.ts";
import { authorizationUrl } from "./client.ts";
import { OAuthFailure } from "./failure.ts";
import { mayBeRedirectedTo, redirectUri } from "./redirect-uris.ts";
import { callbacksOf, oauthSettings, providerName } from "./registry.ts";
import { type Asking, isTrusted } from "./server.ts";

/** What the provider says of one redirect URI; `unknown`: its answer says nothing that is understood. */
type Verdict = "registered" | "mismatch" | "unknown";

const WITHIN_MS = 10_000;
const MOST_BYTES = 1_000_000;

/**
 * Which redirect URIs to enter at the provider, and whether it has them: the first is needed, the others where the older
 * interfaces are used.
 * @throws CheckFailure where it lacks the first
 */
export async function checkRedirectUris(
	asking: Asking,
	provider: ProviderId,
	client: OAuthClientCredentials,
): Promise<string> {
	const { config } = asking;
	const name = providerName(provider);
	if (!mayBeRedirectedTo(config.url)) {
		throw new CheckFailure(
			"insecure_url",
			`${config.url.origin} is plain http and not this machine: ${name} signs nobody in to it. Put TLS in front and set KALENDS_URL to the https address.`,
		);
	}
	const uris = callbacksOf(provider).map((path) => redirectUri(config, path));
	const verdicts = await Promise.all(uris.map((uri) => askAbout(asking, provider, uri)));
	const of = (verdict: Verdict) => uris.filter((_, index) => verdicts[index] === verdict);
	const [first = ""] = uris;
	if (verdicts[0] === "mismatch") {
		throw new CheckFailure(
			"redirect_uri_missing",
			`${name} does not know the redirect URI of this server (redirect_uri_mismatch). Enter exactly this among the client's authorised redirect URIs: ${first} (docs/${provider}.md). If ${config.url.origin} is not this server's address, correct KALENDS_URL.`,
		);
	}
	const missing = client.redirectUris === null ? [] : uris.filter((uri) => !client.redirectUris?.includes(uri));
	if (verdicts[0] === "unknown" && missing.includes(first)) {
		throw new CheckFailure(
			"redirect_uri_missing",
			`the client's file lacks ${missing.join(" ")}. Add them to the client's authorised redirect URIs, exactly so, and download the file again.`,
		);
	}
	const list = `enter exactly these at ${name}: ${uris.join(" ")} (all but the first are of older interfaces, needed only where those are used)`;
	return `${list}; ${known(name, of("registered"), of("mismatch"), uris)}`;
}

function known(
	name: string,
	registered: readonly string[],
	missing: readonly string[],
	uris: readonly string[],
): string {
	if (registered.length === uris.length) return `${name} knows them all`;
	if (registered.length === 0) return `whether ${name} knows them could not be checked`;
	const which = registered.length === 1 && registered[0] === uris[0] ? "the first" : registered.join(" ");
	return `${name} knows ${which}${missing.length === 0 ? "; of the others that could not be checked" : ` and not ${missing.join(" ")}`}`;
}

/** As a browser would, that nobody is signed in with, and that shows no page: nothing is granted by it. */
async function askAbout(asking: Asking, provider: ProviderId, uri: string): Promise<Verdict> {
	const settings = oauthSettings(asking.config, provider);
	try {
		const url = await authorizationUrl(asking, provider, {
			redirectUri: uri,
			scopes: ["openid"],
			state: "kalends-doctor",
			verifier: "kalends-doctor".padEnd(43, "-"),
			nonce: "kalends-doctor",
			parameters: { prompt: "none" },
		});
		const trusted = settings !== null && isTrusted(settings);
		const answer = await asking.http({ method: "GET", url, trusted, timeoutMs: WITHIN_MS, maxBytes: MOST_BYTES });
		const location = answer.headers.get("location");
		if (location !== null) {
			await answer.discard();
			return verdictOf(new URL(location, url), uri);
		}
		return (await answer.text()).includes("redirect_uri_mismatch") ? "mismatch" : "unknown";
	} catch (error) {
		// How well it can be reached is said elsewhere.
		if (error instanceof OAuthFailure || error instanceof TransportError || error instanceof TypeError)
			return "unknown";
		throw error;
	}
}

/** Google's error page has the error in `authError`: bytes in base64, among them its code. */
function verdictOf(location: URL, uri: string): Verdict {
	const told = location.searchParams.get("authError");
	if (told !== null && Buffer.from(told, "base64").includes("redirect_uri_mismatch")) return "mismatch";
	if (location.searchParams.get("error") === "redirect_uri_mismatch") return "mismatch";
	return `${location.origin}${location.pathname}` === uri ? "registered" : "unknown";
}
