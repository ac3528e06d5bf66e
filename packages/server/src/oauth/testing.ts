import {
	type CalendarProvider,
	type OAuthConsent,
	type ProviderContext,
	ProviderFailure,
	type WatchRequest,
} from "@kalends/providers";
import { type MemoryControl, memoryProvider } from "@kalends/providers/testing";
import type { FastifyInstance, LightMyRequestResponse } from "fastify";
import { loadConfig } from "../config.ts";
import { buildApp } from "../http/app.ts";
import { routes } from "../http/routes.ts";
import { openNetwork } from "../network.ts";
import type { Services } from "../services.ts";
import { type ConsentChoice, type OAuthServer, startOAuthServer } from "../testing/oauth-server.ts";
import { createTestPerson, type TestPerson } from "../testing/people.ts";
import { createTestServices, type TestServices } from "../testing/services.ts";

export const SCOPES = { read: "calendar.read", write: "calendar.write", list: "calendar.list" } as const;

/** As Google's: one box for events, one for the list of calendars. */
const CONSENT: OAuthConsent = {
	scopes: { read: [SCOPES.read, SCOPES.list], write: [SCOPES.write, SCOPES.list] },
	parameters: { access_type: "offline", prompt: "consent" },
	assess: (granted, wanted) => {
		const box = wanted === "write" ? SCOPES.write : SCOPES.read;
		const needed = [
			{ scope: box, label: `${wanted} events` },
			{ scope: SCOPES.list, label: "see the calendars" },
		];
		const missing = needed.filter(({ scope }) => !granted.includes(scope));
		const reads = granted.includes(SCOPES.list) && (granted.includes(SCOPES.read) || granted.includes(SCOPES.write));
		return { access: reads ? (granted.includes(SCOPES.write) ? "write" : "read") : null, missing };
	},
};

/** A channel that the provider was asked for. */
export interface Watched extends WatchRequest {
	/** The provider's id of the calendar; null: their list. */
	readonly calendar: string | null;
	readonly resourceId: string;
}

/** The provider's side of push channels. */
export interface PushSide {
	readonly watched: Watched[];
	readonly stopped: string[];
	/** Thrown by the next `watch`. */
	failure: ProviderFailure | null;
	/** Thrown by each `stop`. */
	stopFailure: ProviderFailure | null;
	lifetimeMs: number;
}

/** A browser: it keeps cookies by name and follows no redirect by itself. */
export interface Browser {
	readonly cookies: Map<string, string>;
	get(address: string, headers?: Readonly<Record<string, string>>): Promise<LightMyRequestResponse>;
	/** The Cookie header. */
	header(): string;
}

/** A server with its API, an OAuth provider, and calendars behind its tokens. */
export interface ConsentFixture extends TestServices {
	readonly app: FastifyInstance;
	readonly oauth: OAuthServer;
	/** The calendars of each account, by its address. */
	readonly calendars: MemoryControl;
	/** The one that each account has, by the account's address. */
	readonly calendarIds: ReadonlyMap<string, string>;
	readonly push: PushSide;
	readonly person: TestPerson;
	browser(): Browser;
	/** `authorization_url` for a person. */
	authorize(person: TestPerson, body?: Readonly<Record<string, unknown>>): Promise<string>;
	/** Opens a ticket's address; answers where the provider's page is. */
	begin(browser: Browser, authorizationUrl: string): Promise<string>;
	/** The whole way, from asking to the callback's answer. */
	connect(
		choice: ConsentChoice,
		options?: {
			readonly person?: TestPerson;
			readonly browser?: Browser;
			readonly body?: Readonly<Record<string, unknown>>;
		},
	): Promise<LightMyRequestResponse>;
	/** Calls of the token endpoint with this grant type. */
	calls(grantType: "authorization_code" | "refresh_token"): number;
}

export async function createConsentFixture(
	options: { readonly env?: Readonly<Record<string, string>>; readonly overrides?: Partial<Services> } = {},
): Promise<ConsentFixture> {
	const oauth = await startOAuthServer();
	const config = loadConfig({ ...oauth.env, ...options.env });
	const memory = memoryProvider({ id: "google" });
	const push: PushSide = { watched: [], stopped: [], failure: null, stopFailure: null, lifetimeMs: 7 * 86_400_000 };
	const network = openNetwork(config);
	const test = await createTestServices({
		config,
		http: network.http,
		providers: new Map([["google", behindTokens(memory.provider, oauth, push)]]),
		...options.overrides,
	});
	const { services } = test;
	oauth.settings.now = test.clock.now;
	const app = await buildApp(services, routes, { verifyResponses: true });
	const calendarIds = new Map<string, string>();
	for (const name of ["ada", "bob", "eve", "first", "tom", "twin", "una"]) {
		const account = `${name}@example.com`;
		oauth.addAccount(account);
		memory.control.addAccount(account, PASSWORD);
		calendarIds.set(account, memory.control.createCalendar(account, { name: `${name}'s` }));
	}
	const person = await createTestPerson(services);
	const browser = () => openBrowser(app);
	const fixture: ConsentFixture = {
		...test,
		app,
		oauth,
		calendars: memory.control,
		calendarIds,
		push,
		person,
		browser,
		authorize: async ({ headers }, body = {}) => {
			const payload = { provider: "google", ...body };
			const answer = await app.inject({ method: "POST", url: "/v1/connections/authorize", headers, payload });
			if (answer.statusCode !== 200) throw new Error(answer.body);
			return answer.json().authorization_url;
		},
		begin: async (using, authorizationUrl) => {
			const answer = await using.get(authorizationUrl);
			if (answer.statusCode !== 302) throw new Error(answer.body);
			return String(answer.headers.location);
		},
		connect: async (choice, { person: who = person, browser: using = browser(), body } = {}) => {
			const page = await fixture.begin(using, await fixture.authorize(who, body));
			return using.get(oauth.consent(page, choice));
		},
		calls: (grantType) => oauth.tokenCalls.filter((call) => call.grantType === grantType).length,
		close: async () => {
			await app.close();
			await network.http.close();
			await oauth.close();
			await test.close();
		},
	};
	return fixture;
}

const PASSWORD = "in-memory";

/** The in-memory provider as one that is signed in to by OAuth: it asks for a token once more where one is refused. */
function behindTokens(provider: CalendarProvider, oauth: OAuthServer, side: PushSide): CalendarProvider {
	const opened = async <C extends Pick<ProviderContext, "tokens">>(context: C) => {
		const { tokens } = context;
		if (tokens === undefined) throw new Error("the provider was given no tokens");
		const first = await tokens.get();
		const token = oauth.accountOf(first) === null ? await tokens.get(first) : first;
		const username = oauth.accountOf(token);
		if (username !== null) return { ...context, settings: {}, credentials: { username, password: PASSWORD } };
		throw new ProviderFailure("auth_revoked", { reason: "grant_revoked", message: "the token was refused twice" });
	};
	return {
		...provider,
		consent: CONSENT,
		connect: async (_input, context) => {
			const { credentials } = await opened(context);
			return { ...(await provider.connect(credentials, context)), credentials: {} };
		},
		listCalendars: async (context) => provider.listCalendars(await opened(context)),
		async *pull(calendar, cursor, known, context) {
			yield* provider.pull(calendar, cursor, known, await opened(context));
		},
		push: {
			watch: async (calendar, request, context) => {
				await opened(context);
				const { failure } = side;
				side.failure = null;
				if (failure !== null) throw failure;
				const resourceId = `resource-${side.watched.length}`;
				side.watched.push({ ...request, calendar: calendar?.id ?? null, resourceId });
				return { id: request.id, resourceId, expiresAt: context.now() + side.lifetimeMs };
			},
			stop: async ({ id }, context) => {
				await opened(context);
				if (side.stopFailure !== null) throw side.stopFailure;
				side.stopped.push(id);
			},
			readMessage: (header) => {
				const channelId = header("x-goog-channel-id");
				const state = header("x-goog-resource-state");
				if (channelId === undefined || state === undefined) return null;
				return { channelId, token: header("x-goog-channel-token") ?? "", handshake: state === "sync" };
			},
		},
	};
}

function openBrowser(app: FastifyInstance): Browser {
	const cookies = new Map<string, string>();
	const header = () => [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
	return {
		cookies,
		header,
		get: async (address, headers = {}) => {
			const { pathname, search, host } = new URL(address, "http://localhost:3000");
			const cookie = header();
			const answer = await app.inject({
				url: `${pathname}${search}`,
				headers: { host, accept: "text/html", ...(cookie === "" ? {} : { cookie }), ...headers },
			});
			for (const { name, value, maxAge } of answer.cookies) {
				if (maxAge === 0) cookies.delete(name);
				else cookies.set(name, encodeURIComponent(value));
			}
			return answer;
		},
	};
}
