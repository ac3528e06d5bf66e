import { z } from "zod";
import { authenticate } from "../accounts/authenticate.ts";
import { countTry } from "../accounts/rate-limit.ts";
import { runEnded } from "../connections/sync-connection.ts";
import { type Endpoint, type EndpointRequest, endpoint } from "../http/endpoint.ts";
import { Problem } from "../http/errors.ts";
import { beginConsent, consentOf } from "../oauth/begin.ts";
import { type FinishedConsent, finishConsent, signedInUser } from "../oauth/callback.ts";
import { CallbackQuerySchema, PAGES } from "../oauth/endpoints.ts";
import { makeTicket } from "../oauth/flows.ts";
import { pageForBrowsers } from "../oauth/pages.ts";
import type { CallbackPath } from "../oauth/registry.ts";
import type { Services } from "../services.ts";
import { olderTime } from "./older-event.ts";
import { readStoredEvents } from "./stored-events.ts";

/** The older ways to connect a Google account: the one consent there is, each with its own redirect URI. */

const SHARED = { tag: "older interfaces", deprecated: true } as const;
const GOOGLE = { provider: "google", access: "write", returnTo: null } as const;
const HTML_PAGES = Object.fromEntries(Object.keys(PAGES).map((status) => [status, "text/html"]));
const NO_REFERRER = { "referrer-policy": "no-referrer" } as const;

/** Sign-ins begun from one address by people who are not signed in. */
const MOST_SIGN_INS = { most: 300, windowSeconds: 600 };

type Asked = EndpointRequest<undefined, z.output<typeof CallbackQuerySchema>, undefined>;

const REDIRECT: CallbackPath = "/rest/v1/calendar/redirect/";

const init = endpoint({
	...SHARED,
	method: "GET",
	path: "/rest/v1/calendar/init/",
	operationId: "olderInitCalendar",
	summary: "Go to Google's consent page",
	description:
		"Who is not signed in signs in with the Google account, which is known by its issuer and subject alone; an account " +
		"here is made only where sign-up is open. Better: POST /v1/connections/authorize.",
	access: { kind: "public" },
	actsOnGet: true,
	mediaType: "text/html",
	responses: { 302: null, 401: z.string(), ...PAGES },
	handle: ({ services, headers, ip }) =>
		pageForBrowsers(headers, async () => {
			consentOf(services, "google");
			const userId = await whoAsks(services, headers);
			if (userId === null) await countTry(services.db, { key: `older-init:${ip}`, ...MOST_SIGN_INS }, services.now());
			const { location, cookie } = await beginConsent(services, { ...GOOGLE, userId, callback: REDIRECT });
			return { status: 302, headers: { location, "set-cookie": [cookie], ...NO_REFERRER } };
		}),
});

/** By key or session; null: nobody is signed in. */
async function whoAsks(services: Services, headers: Asked["headers"]): Promise<string | null> {
	const { authorization } = headers;
	if (authorization === undefined) return signedInUser(services, headers);
	const { userId, scopes } = await authenticate(services, {
		authorization: String(authorization),
		cookie: undefined,
		actFor: headers["kalends-user"]?.toString(),
	});
	if (scopes.includes("write")) return userId;
	throw new Problem("insufficient_scope", 'This API key lacks the scope "write".', {
		fix: 'Use a key with the scope "write", or make one.',
	});
}

const ImportedSchema = z
	.strictObject({
		id: z.string(),
		title: z.string(),
		description: z.string(),
		location: z.string(),
		start: z.string().describe("RFC 3339; of an all-day event YYYY-MM-DD."),
		end: z.string().describe("Exclusive."),
		all_day: z.boolean(),
		status: z.enum(["confirmed", "tentative", "cancelled"]),
		html_link: z.string().nullable(),
	})
	.meta({ id: "OlderImportedEvent" });

const MOST_EVENTS = 10_000;
/** A browser waits. */
const SYNC_WITHIN_MS = 60_000;

const redirect = endpoint({
	...SHARED,
	method: "GET",
	path: REDIRECT,
	operationId: "olderRedirectCalendar",
	summary: "Come back from Google's consent page: the account's events",
	description:
		"A redirect URI to enter at Google. Answers when the account is synced, or 202 with what is there after a minute; a " +
		"series once, at its first occurrence, and at most 10,000 events.",
	access: { kind: "public" },
	actsOnGet: true,
	query: CallbackQuerySchema,
	mediaTypes: HTML_PAGES,
	responses: { 200: z.array(ImportedSchema), 202: z.array(ImportedSchema), ...PAGES },
	handle: (request) =>
		pageForBrowsers(request.headers, async () => {
			const finished = await finish(request, REDIRECT);
			const { userId, connectionId, cookies } = finished;
			const ended = await firstSync(request, finished).catch((error: unknown) => {
				// Whoever signed in by it is signed in, whatever became of the calendars.
				throw error instanceof Problem ? error.withCookies(cookies) : error;
			});
			const { events } = await readStoredEvents(request.services.db, userId, { connectionId, limit: MOST_EVENTS });
			const body = events.map((event) => ({
				id: event.id,
				title: event.title,
				description: event.description,
				location: event.location,
				start: olderTime(event.start),
				end: olderTime(event.end),
				all_day: event.all_day,
				status: event.status,
				html_link: event.html_link,
			}));
			return { status: ended ? 200 : 202, body, headers: { "set-cookie": cookies, ...NO_REFERRER } };
		}),
});

/**
 * Waits for the sync that the consent has begun.
 * @returns whether it has ended
 * @throws Problem where it failed, or there is nothing that may be read
 */
async function firstSync(
	{ services, signal }: Asked,
	{ userId, connectionId, consent }: FinishedConsent,
): Promise<boolean> {
	if (consent.access === null) {
		throw new Problem("consent_denied", `Not allowed on the consent page: ${consent.missing.join(", ")}.`, {
			fix: "Connect the account again, and tick it.",
		});
	}
	const run = await services.db
		.selectFrom("runs")
		.select("id")
		.where("user_id", "=", userId)
		.where("connection_id", "=", connectionId)
		.orderBy("id", "desc")
		.limit(1)
		.executeTakeFirst();
	// Of a connection that is paused there is none.
	if (run === undefined) return true;
	const { state, error } = await runEnded(services, { userId, runId: run.id, wait: { forMs: SYNC_WITHIN_MS, signal } });
	if (state !== "failed") return state !== "running";
	throw new Problem("server_error", `The account is connected, and its first sync failed: ${error?.detail ?? ""}`, {
		fix: error?.fix ?? "Kalends tries again by itself. GET /v1/connections says how it goes.",
	});
}

async function finish(
	{ services, query, headers, ip, signal }: Asked,
	callback: CallbackPath,
): Promise<FinishedConsent> {
	return finishConsent(services, { provider: "google", callback, query, headers, ip, signal });
}

interface Paths {
	readonly authorize: string;
	readonly callback: CallbackPath;
	/** Ends the names of the operations. */
	readonly name: string;
}

/** A pair that hands out an address, and says afterwards which connection it was; never a token. */
function pair({ authorize, callback, name }: Paths): readonly Endpoint[] {
	const ask = endpoint({
		...SHARED,
		method: "GET",
		path: authorize,
		operationId: `olderAuthorize${name}`,
		summary: "Connect a Google account",
		description:
			"Send the person's browser to `authorization_url`, within five minutes; one account is connected by it. A browser that " +
			"asks is redirected there. Better: POST /v1/connections/authorize.",
		access: { kind: "user", scope: "write" },
		responses: { 200: z.strictObject({ authorization_url: z.string() }), 302: null },
		async handle({ services, principal, headers }) {
			consentOf(services, "google");
			const ticket = await makeTicket(services, { ...GOOGLE, userId: principal.userId, callback });
			const location = `${services.config.url.origin}/connect/google?ticket=${ticket}`;
			if (String(headers.accept ?? "").includes("text/html")) {
				return { status: 302, headers: { location, ...NO_REFERRER } };
			}
			return { status: 200, body: { authorization_url: location } };
		},
	});
	const comeBack = endpoint({
		...SHARED,
		method: "GET",
		path: callback,
		operationId: `olderCallback${name}`,
		summary: "Come back from Google's consent page",
		description: "A redirect URI to enter at Google. The tokens are sealed, and shown to nobody.",
		access: { kind: "public" },
		actsOnGet: true,
		query: CallbackQuerySchema,
		mediaTypes: HTML_PAGES,
		responses: { 200: z.strictObject({ message: z.string(), connection_id: z.string() }), ...PAGES },
		handle: (request) =>
			pageForBrowsers(request.headers, async () => {
				const finished = await finish(request, callback);
				const { connectionId: connection_id, cookies } = finished;
				const body = { message: messageOf(finished), connection_id };
				return { status: 200, body, headers: { "set-cookie": cookies, ...NO_REFERRER } };
			}),
	});
	return [ask as Endpoint, comeBack as Endpoint];
}

function messageOf({ account, created, consent }: FinishedConsent): string {
	const what = created ? `${account} is connected.` : `${account} is connected again.`;
	if (consent.missing.length === 0) return what;
	return `${what} Not allowed on the consent page: ${consent.missing.join(", ")}. To allow it, connect the account again.`;
}

export const olderGoogleEndpoints: readonly Endpoint[] = [
	init,
	redirect,
	...pair({ authorize: "/api/google-auth/", callback: "/oauth2callback/", name: "Google" }),
	...pair({
		authorize: "/api/calendar/google/authorize/",
		callback: "/api/calendar/google/callback/",
		name: "GoogleCalendar",
	}),
];
