import { caldavProvider } from "../../caldav/provider.ts";
import type { HttpTransport } from "../../port/http.ts";
import type { Discovered, PullPage, RemoteCalendar, SyncCursor } from "../../port/provider.ts";
import { fixture } from "../fixture-events.ts";
import { nodeTransport } from "../node-transport.ts";
import { DavServer, type Quirks } from "./dav-server.ts";
import type { DavCalendar } from "./dav-store.ts";

const provider = caldavProvider({ trustedHost: () => true });
const servers: DavServer[] = [];

/** Stops the servers of all clients made so far. */
export async function stopServers(): Promise<void> {
	await Promise.all(servers.splice(0).map((server) => server.stop()));
}

/** One calendar, and a client that keeps what pages tell it. */
export class PullClient {
	readonly known = new Map<string, string | null>();
	cursor: SyncCursor | null = null;
	now = Date.parse("2026-01-01T12:00:00Z");
	http: HttpTransport = nodeTransport();
	readonly server: DavServer;
	readonly calendar: DavCalendar;
	readonly #found: Discovered;

	static async start(count: number, quirks: Quirks = {}): Promise<PullClient> {
		const server = await DavServer.start();
		servers.push(server);
		const calendar = server.addCalendar("work");
		for (let at = 0; at < count; at++) put(calendar, `e${at}`);
		const context = { http: nodeTransport(), now: Date.now, random: () => 0 };
		const found = await provider.connect({ url: server.url.href, ...server.account }, context);
		server.quirks = quirks;
		server.takeRequests();
		return new PullClient(server, calendar, found);
	}

	private constructor(server: DavServer, calendar: DavCalendar, found: Discovered) {
		this.server = server;
		this.calendar = calendar;
		this.#found = found;
	}

	async list(): Promise<RemoteCalendar> {
		const { calendars } = await provider.listCalendars(this.#context());
		this.server.takeRequests();
		const [calendar] = calendars;
		if (calendar === undefined) throw new Error("no calendar");
		return calendar;
	}

	async *pages(): AsyncGenerator<PullPage> {
		const known = { etags: async () => new Map(this.known), bodies: async () => new Map<string, string>() };
		yield* provider.pull(await this.list(), this.cursor, known, this.#context());
	}

	/** Pulls and applies. */
	async pull(): Promise<readonly PullPage[]> {
		const pages: PullPage[] = [];
		const seen = new Set<string>();
		for await (const page of this.pages()) {
			pages.push(page);
			for (const { id, etag } of page.changed) this.known.set(id, etag);
			for (const id of [...page.unchanged, ...page.changed.map((each) => each.id)]) seen.add(id);
			for (const id of page.removed) {
				this.known.delete(id);
				seen.delete(id);
			}
			if (page.complete) for (const id of this.known.keys()) if (!seen.has(id)) this.known.delete(id);
			if (page.cursor !== null) this.cursor = page.cursor;
		}
		return pages;
	}

	#context() {
		return { ...this.#found, http: this.http, now: () => this.now, random: () => 0 };
	}
}

export function put(calendar: DavCalendar, uid: string, title = uid): void {
	calendar.put(`${uid}.ics`, fixture({ uid, title }).ics);
}

export const changedIds = (pages: readonly PullPage[]) => pages.flatMap((page) => page.changed.map(({ id }) => id));
export const idOf = (uid: string) => `/calendars/user/work/${uid}.ics`;
export const countOf = (requests: readonly string[], what: string) =>
	requests.filter((each) => each.includes(what)).length;
