import type { ProviderId } from "@kalends/providers";
import { z } from "zod";
import { getUser } from "../accounts/users.ts";
import { findConnectionRecord } from "../connections/connection-records.ts";
import { type Endpoint, endpoint } from "../http/endpoint.ts";
import { invalidFields } from "../http/validation.ts";
import type { Services } from "../services.ts";
import { consentOf, openTicket } from "./begin.ts";
import { type FinishedConsent, finishConsent, signedInUser } from "./callback.ts";
import { makeTicket } from "./flows.ts";
import { htmlPage, pageForBrowsers } from "./pages.ts";
import { type CallbackPath, OFFERED, REGISTERED, REGISTRY } from "./registry.ts";
import { safeReturn } from "./return-to.ts";

const authorize = endpoint({
	method: "POST",
	path: "/v1/connections/authorize",
	operationId: "authorizeConnection",
	summary: "Connect an account by its provider's consent page",
	description:
		"Send the person's browser to `authorization_url`, within five minutes; one account is connected by it. Connecting one " +
		"that is connected already renews its consent: the connection, its calendars and events stay as they are. Afterwards " +
		"the browser goes to `return_to`.",
	tag: "connections",
	access: { kind: "user", scope: "write" },
	body: z.strictObject({
		provider: z.enum(REGISTERED),
		return_to: z
			.string()
			.max(2_000)
			.optional()
			.describe(
				"A path of this server, or an address whose origin KALENDS_RETURN_ORIGINS names; any other becomes `/`. Left out: " +
					"a page says what came of it.",
			),
		access: z.enum(["read", "write"]).default("write").describe("What the person is asked to allow."),
		connection_id: z
			.string()
			.max(100)
			.optional()
			.describe(
				"The connection whose consent is to be renewed: the provider's page begins with its account, and another account is " +
					"refused (`other_account`). Left out: any account can be chosen.",
			),
	}),
	responses: { 200: z.strictObject({ authorization_url: z.string() }) },
	async handle({ services, principal, body }) {
		const { provider, access, return_to, connection_id } = body;
		consentOf(services, provider);
		if (connection_id !== undefined) await requireOf(services, principal.userId, provider, connection_id);
		const ticket = await makeTicket(services, {
			userId: principal.userId,
			provider,
			callback: REGISTRY[provider].callbacks[0],
			access,
			returnTo: return_to === undefined ? null : safeReturn(services.config, return_to),
			connectionId: connection_id,
		});
		return {
			status: 200,
			body: { authorization_url: `${services.config.url.origin}/connect/${provider}?ticket=${ticket}` },
		};
	},
});

/** @throws Problem not_found, invalid_request where it is of another provider */
async function requireOf(
	{ db }: Pick<Services, "db">,
	userId: string,
	provider: ProviderId,
	id: string,
): Promise<void> {
	const connection = await findConnectionRecord(db, userId, id);
	if (connection.provider === provider) return;
	throw invalidFields([
		{ field: "connection_id", detail: `This is a connection of the kind "${connection.provider}".` },
	]);
}

/** Every status that a problem of connecting has, as a page. */
export const PAGES = Object.fromEntries([400, 403, 404, 409, 422, 429, 503].map((status) => [status, z.string()]));

function connectEndpoint(provider: ProviderId): Endpoint {
	return endpoint({
		method: "GET",
		path: `/connect/${provider}`,
		operationId: `connect_${provider}`,
		summary: "Go to the provider's consent page",
		description: "What `authorization_url` leads to; for browsers.",
		tag: "connections",
		access: { kind: "public" },
		actsOnGet: true,
		query: z.object({ ticket: z.string().max(200).catch("").default("") }),
		mediaType: "text/html",
		responses: { 302: null, ...PAGES },
		handle: ({ services, query, headers }) =>
			pageForBrowsers(headers, async () => {
				const signedIn = await signedInUser(services, headers);
				const { location, cookie } = await openTicket(services, { provider, ticket: query.ticket, signedIn });
				return { status: 302, headers: { location, "set-cookie": [cookie], "referrer-policy": "no-referrer" } };
			}),
	}) as Endpoint;
}

/** What no provider sends counts as not sent, so that a browser is shown a page and not a list of fields. */
const parameter = (longest: number) => z.string().max(longest).optional().catch(undefined);

/** Names of parameters are the provider's; those that are not known are left alone. */
export const CallbackQuerySchema = z.object({
	state: parameter(500),
	code: parameter(4_096),
	error: parameter(200),
	iss: parameter(500),
});

function callbackEndpoint(provider: ProviderId, callback: CallbackPath): Endpoint {
	return endpoint({
		method: "GET",
		path: callback,
		operationId: `connect_${provider}_callback`,
		summary: "Come back from the provider's consent page",
		description: "The redirect URI to enter at the provider; for browsers.",
		tag: "connections",
		access: { kind: "public" },
		actsOnGet: true,
		query: CallbackQuerySchema,
		mediaType: "text/html",
		responses: { 200: z.string(), 302: null, ...PAGES },
		handle: ({ services, query, headers, ip, signal }) =>
			pageForBrowsers(headers, async () => {
				const finished = await finishConsent(services, { provider, callback, query, headers, ip, signal });
				const { returnTo, cookies, userId } = finished;
				const shared = { "set-cookie": cookies, "referrer-policy": "no-referrer" };
				if (returnTo !== null) return { status: 302, headers: { ...shared, location: returnTo } };
				const { email } = await getUser(services.db, userId);
				const page = connectedPage(finished, email);
				return { ...page, headers: { ...page.headers, ...shared } };
			}),
	}) as Endpoint;
}

function connectedPage({ account, created, consent }: FinishedConsent, email: string) {
	const what = created ? `${account} is connected` : `${account} is connected again`;
	const boxes = new Intl.ListFormat("en").format(consent.missing.map((label) => `“${label}”`));
	const missing =
		consent.missing.length === 0
			? []
			: [`Not allowed on the consent page: ${boxes}. To allow it, connect the account again and tick it.`];
	const begins = consent.access === null ? "Nothing can be synced." : "Its calendars are being synced.";
	return htmlPage({
		status: 200,
		title: what,
		paragraphs: [`It belongs to the Kalends account ${email} now. ${begins}`, ...missing],
		link: { href: "/", text: "Go to Kalends" },
	});
}

export const oauthEndpoints: readonly Endpoint[] = [
	authorize as Endpoint,
	...OFFERED.flatMap((id) => [connectEndpoint(id), callbackEndpoint(id, REGISTRY[id].callbacks[0])]),
];
