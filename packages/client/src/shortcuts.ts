import type { Connection, Event, Run } from "./api.gen.ts";
import { Kalends } from "./kalends.ts";
import type { Consent } from "./resources/connections.ts";
import type { QueryOf } from "./transport.ts";

/** What most apps begin with, in a call each. Without a client they ask the server that the page came from. */
export interface ShortcutOptions {
	readonly client?: Kalends | undefined;
	readonly signal?: AbortSignal | undefined;
}

export interface ConnectOptions extends ShortcutOptions {
	/** Where the browser comes back to (docs/connecting.md says which addresses); the page it is on unless told. */
	readonly returnTo?: string | undefined;
	/** What the person is asked to allow (`write`). */
	readonly access?: Consent["access"];
	/** False: the browser stays, and the address is only answered. */
	readonly navigate?: boolean | undefined;
}

/**
 * Sends the browser to Google's consent page; connecting an account again renews its consent.
 * @returns the address of the page, which works once, within five minutes: in a program, open it for the person
 */
export async function connectGoogleCalendar(options: ConnectOptions = {}): Promise<string> {
	const { client = new Kalends(), signal, returnTo, access, navigate = true } = options;
	const page = pageOf(globalThis);
	const return_to = returnTo ?? (page === null ? undefined : `${page.pathname}${page.search}`);
	const url = await client.connections.authorize({ provider: "google", return_to, access }, { signal });
	if (navigate) page?.assign(url);
	return url;
}

/** All connections and how they are doing. */
export async function getCalendarConnections({ client, signal }: ShortcutOptions = {}): Promise<Connection[]> {
	return (client ?? new Kalends()).connections.list({ limit: 200 }, { signal }).all();
}

/**
 * Syncs now, and answers when it is done.
 * @param id a connection's, or a calendar's, of which the whole connection is synced; left out: all that are not paused
 * @returns the run of each connection; its `error` says what failed
 */
export async function syncCalendar(id?: string, { client, signal }: ShortcutOptions = {}): Promise<Run[]> {
	const kalends = client ?? new Kalends();
	const ids: string[] = [];
	if (id === undefined) {
		const connections = await getCalendarConnections({ client: kalends, signal });
		ids.push(...connections.filter(({ status }) => status !== "paused").map((connection) => connection.id));
	} else {
		ids.push(id.startsWith("cal_") ? (await kalends.calendars.get(id, { signal })).connection_id : id);
	}
	return Promise.all(ids.map((one) => kalends.connections.syncAndWait(one, { signal })));
}

/** Of all connected calendars, merged, in order; from now, the next seven days unless told. */
export async function getUpcomingEvents(
	query: QueryOf<"GET /v1/events/upcoming"> = {},
	{ client, signal }: ShortcutOptions = {},
): Promise<Event[]> {
	return (client ?? new Kalends()).events.upcoming({ limit: 200, ...query }, { signal }).all(query.limit);
}

interface PageLocation {
	readonly pathname: string;
	readonly search: string;
	assign(url: string): void;
}

/** Null outside of browsers. */
function pageOf(scope: object): PageLocation | null {
	return "location" in scope && "document" in scope ? (scope.location as PageLocation) : null;
}
