import { z } from "zod";
import { countTry } from "../accounts/rate-limit.ts";
import { type Endpoint, endpoint } from "../http/endpoint.ts";
import { beginConsent, consentOf } from "./begin.ts";
import { signedInUser } from "./callback.ts";
import { PAGES } from "./endpoints.ts";
import { pageForBrowsers } from "./pages.ts";
import { safeReturn } from "./return-to.ts";

/** Sign-ins begun from one address. */
const MOST_SIGN_INS = { most: 300, windowSeconds: 600 };

/** The link of the sign-in page: who comes back from the consent page is signed in, and where they wanted to go. */
export const signInWithGoogle = endpoint({
	method: "GET",
	path: "/connect/google/sign-in",
	operationId: "connect_google_sign_in",
	summary: "Sign in with a Google account",
	description:
		"For browsers: goes to Google's consent page, which connects the account's calendars and signs in. The account is " +
		"known by its issuer and subject alone; a user is made only where sign-up is open. Who is signed in goes to " +
		"`return_to` at once.",
	tag: "connections",
	access: { kind: "public" },
	actsOnGet: true,
	query: z.object({
		return_to: z.string().max(2_000).catch("/").default("/").describe("As of `POST /v1/connections/authorize`."),
	}),
	mediaType: "text/html",
	responses: { 302: null, ...PAGES },
	handle: ({ services, query, headers, ip }) =>
		pageForBrowsers(headers, async () => {
			const returnTo = safeReturn(services.config, query.return_to);
			const shared = { "referrer-policy": "no-referrer" } as const;
			if ((await signedInUser(services, headers)) !== null) {
				return { status: 302, headers: { ...shared, location: returnTo } };
			}
			consentOf(services, "google");
			await countTry(services.db, { key: `sign-in:google:${ip}`, ...MOST_SIGN_INS }, services.now());
			const { location, cookie } = await beginConsent(services, {
				userId: null,
				provider: "google",
				access: "write",
				returnTo,
				callback: "/connect/google/callback",
			});
			return { status: 302, headers: { ...shared, location, "set-cookie": [cookie] } };
		}),
}) as Endpoint;
