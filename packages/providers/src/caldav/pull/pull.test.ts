import { afterEach, describe, expect, test } from "vitest";
import { ProviderFailure } from "../../port/failure.ts";
import type { HttpTransport } from "../../port/http.ts";
import type { Discovered, PullPage, RemoteCalendar, SyncCursor } from "../../port/provider.ts";
import { DavServer, type Quirks } from "../../testing/caldav/dav-server.ts";
import type { DavCalendar } from "../../testing/caldav/dav-store.ts";
import { fixture } from "../../testing/fixture-events.ts";
import { nodeTransport } from "../../testing/node-transport.ts";
import { caldavProvider } from "../provider.ts";

const DAY = 24 * 3600 * 1000;
const provider = caldavProvider({ trustedHost: () => true });
const servers: DavServer[] = [];
afterEach(async () => {
	await Promise.all(servers.splice(0).map((server) => server.stop()));
});

/** One calendar, and a client that keeps what pages tell it. */
class Client {
	readonly known = new Map<string, string | null>();
	cursor: SyncCursor | null = null;
	now = Date.parse("2026-01-01T12:00:00Z");
	http: HttpTransport = nodeTransport();
	readonly server: DavServer;
	readonly calendar: DavCalendar;
	readonly #found: Discovered;

	static async start(count: number, quirks: Quirks = {}): Promise<Client> {
		const server = await DavServer.start();
		servers.push(server);
		const calendar = server.addCalendar("work");
		for (let at = 0; at < count; at++) put(calendar, `e${at}`);
		const context = { http: nodeTransport(), now: Date.now, random: () => 0 };
		const found = await provider.connect({ url: server.url.href, ...server.account }, context);
		server.quirks = quirks;
		server.takeRequests();
		return new Client(server, calendar, found);
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
		const known = { etags: async () => new Map(this.known) };
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

function put(calendar: DavCalendar, uid: string, title = uid): void {
	calendar.put(`${uid}.ics`, fixture({ uid, title }).ics);
}

const changedIds = (pages: readonly PullPage[]) => pages.flatMap((page) => page.changed.map(({ id }) => id));
const idOf = (uid: string) => `/calendars/user/work/${uid}.ics`;
const count = (requests: readonly string[], what: string) => requests.filter((each) => each.includes(what)).length;

describe("the requests of a pull", () => {
	test("first: members, one query with data, changes since; then one report while nothing changes", async () => {
		const client = await Client.start(60);
		const pages = await client.pull();
		expect(changedIds(pages)).toHaveLength(60);
		expect(client.server.takeRequests()).toEqual([
			"REPORT sync-collection",
			"REPORT calendar-query",
			"REPORT sync-collection",
		]);
		expect(changedIds(await client.pull())).toEqual([]);
		expect(client.server.takeRequests()).toEqual(["REPORT sync-collection"]);
	});

	test("few members are asked for by multiget, and a pull that was broken off asks for what is missing", async () => {
		const client = await Client.start(100);
		for (let at = 0; at < 70; at++) client.known.set(idOf(`e${at}`), `"e${at + 1}"`);
		const pages = await client.pull();
		expect(changedIds(pages)).toHaveLength(30);
		expect(pages.flatMap(({ unchanged }) => unchanged)).toHaveLength(70);
		const requests = client.server.takeRequests();
		expect(count(requests, "calendar-query")).toBe(0);
		expect(count(requests, "calendar-multiget")).toBe(1);
	});

	test("members come in batches of 50", async () => {
		const client = await Client.start(60);
		await client.pull();
		for (let at = 0; at < 120; at++) put(client.calendar, `n${at}`);
		client.server.takeRequests();
		expect(changedIds(await client.pull())).toHaveLength(120);
		expect(count(client.server.takeRequests(), "calendar-multiget")).toBe(3);
	});

	test("without sync-collection an unmoved ctag ends it after one", async () => {
		const client = await Client.start(3, { sync: false });
		await client.pull();
		client.server.takeRequests();
		await client.pull();
		expect(client.server.takeRequests()).toEqual(["PROPFIND propfind"]);
	});
});

describe("pages are handed on while the answer arrives", () => {
	test("the first page is there before the body has ended, and reading on gives the rest", async () => {
		const client = await Client.start(600);
		const gate = Promise.withResolvers<void>();
		const plain = client.http;
		client.http = async (request) => {
			const response = await plain(request);
			if (!String(request.body).includes("calendar-query")) return response;
			const bytes = await response.bytes();
			async function* slowly() {
				yield bytes.subarray(0, bytes.length / 2);
				await gate.promise;
				yield bytes.subarray(bytes.length / 2);
			}
			return { ...response, body: slowly() };
		};
		const pages = client.pages();
		const first = await pages.next();
		expect(first.value?.changed).toHaveLength(250);
		gate.resolve();
		const rest = await Array.fromAsync(pages);
		expect(changedIds(rest)).toHaveLength(350);
	});

	test("a reader that stops early closes the connection", async () => {
		const client = await Client.start(600);
		let discarded = 0;
		const plain = client.http;
		client.http = async (request) => {
			const response = await plain(request);
			const discard = async () => {
				discarded++;
				await response.discard();
			};
			return { ...response, discard };
		};
		for await (const page of client.pages()) {
			expect(page.changed).toHaveLength(250);
			break;
		}
		expect(discarded).toBe(1);
	});

	test("the event loop has its turns between resources", async () => {
		const client = await Client.start(400);
		let turns = 0;
		let pulling = true;
		const turn = () => {
			turns++;
			if (pulling) setImmediate(turn);
		};
		setImmediate(turn);
		const pages = await client.pull();
		pulling = false;
		const characters = pages.flatMap(({ changed }) => changed).reduce((sum, { raw }) => sum + raw.length, 0);
		expect(turns).toBeGreaterThan(characters / (16 * 1024));
	});

	test("a query that breaks off is made good by multiget", async () => {
		const client = await Client.start(120);
		let queries = 0;
		const plain = client.http;
		client.http = async (request) => {
			const response = await plain(request);
			if (!String(request.body).includes("calendar-query")) return response;
			queries++;
			const bytes = await response.bytes();
			async function* torn() {
				yield bytes.subarray(0, bytes.length / 3);
			}
			return { ...response, body: torn() };
		};
		expect(new Set(changedIds(await client.pull())).size).toBe(120);
		expect(queries).toBe(1);
		expect(count(client.server.takeRequests(), "calendar-multiget")).toBe(2);
	});
});

describe("servers that do not keep their word", () => {
	test("a change that the report hides is found by the daily comparison; the report is then left alone", async () => {
		const client = await Client.start(3, { hiddenFromSync: (name) => name === "e1.ics" });
		await client.pull();
		put(client.calendar, "e1", "Hidden");
		put(client.calendar, "e2", "Shown");
		expect(changedIds(await client.pull())).toEqual([idOf("e2")]);
		client.now += 2 * DAY;
		expect(changedIds(await client.pull())).toEqual([idOf("e1")]);
		put(client.calendar, "e1", "Hidden again");
		client.server.takeRequests();
		expect(changedIds(await client.pull())).toEqual([idOf("e1")]);
		expect(count(client.server.takeRequests(), "sync-collection")).toBe(0);
	});

	test("after a week it is tried again, and trusted again once it is mended", async () => {
		const client = await Client.start(3, { sync: { refused: 403 } });
		await client.pull();
		client.server.quirks = {};
		put(client.calendar, "e1", "New");
		await client.pull();
		expect(count(client.server.takeRequests(), "sync-collection")).toBe(0);
		client.now += 8 * DAY;
		await client.pull();
		client.server.takeRequests();
		await client.pull();
		expect(client.server.takeRequests()).toEqual(["REPORT sync-collection"]);
	});

	test("the daily comparison of a healthy calendar fetches and changes nothing", async () => {
		const client = await Client.start(3);
		await client.pull();
		client.now += 2 * DAY;
		const pages = await client.pull();
		expect(pages).toMatchObject([{ mode: "full", complete: true, changed: [], removed: [] }]);
		expect(pages[0]?.unchanged).toHaveLength(3);
		expect(client.server.takeRequests()).toEqual(["PROPFIND propfind", "REPORT sync-collection"]);
	});

	test("a ctag that moves for nothing is looked into three times, not for ever", async () => {
		const client = await Client.start(2);
		await client.pull();
		const listings: number[] = [];
		for (let round = 0; round < 6; round++) {
			client.server.quirks.ctag = false;
			const calendar = await client.list();
			const moved = { ...calendar, settings: { ...calendar.settings, ctag: `moved-${round}` } };
			client.list = async () => moved;
			client.server.takeRequests();
			await client.pull();
			listings.push(count(client.server.takeRequests(), "PROPFIND"));
			Reflect.deleteProperty(client, "list");
		}
		expect(listings).toEqual([1, 1, 1, 0, 0, 0]);
	});

	test("truncation that does not advance ends in a comparison", async () => {
		const client = await Client.start(2);
		await client.pull();
		put(client.calendar, "e0", "New");
		const stuck = `<D:multistatus xmlns:D="DAV:"><D:response><D:href>/calendars/user/work/</D:href><D:status>HTTP/1.1 507 X</D:status></D:response><D:sync-token>${client.cursor?.token}</D:sync-token></D:multistatus>`;
		client.server.quirks.intercept = ({ report }) =>
			report === "sync-collection" ? { status: 207, body: stuck } : null;
		expect(changedIds(await client.pull())).toEqual([idOf("e0")]);
		expect(count(client.server.takeRequests(), "sync-collection")).toBe(1);
	});

	test("an unchanged calendar whose token was forgotten fetches nothing and deletes nothing", async () => {
		const client = await Client.start(5);
		await client.pull();
		client.calendar.epoch++;
		client.server.takeRequests();
		expect(await client.pull()).toMatchObject([{ mode: "full", complete: true, changed: [] }]);
		expect(client.server.takeRequests()).toEqual([
			"REPORT sync-collection",
			"PROPFIND propfind",
			"REPORT sync-collection",
		]);
		expect(client.known.size).toBe(5);
	});

	test("a server without any etags is followed by its bodies", async () => {
		const client = await Client.start(2, { noEtags: true, sync: false, ctag: false });
		expect(changedIds(await client.pull())).toHaveLength(2);
		client.calendar.remove("e0.ics");
		await client.pull();
		expect([...client.known.keys()]).toEqual([idOf("e1")]);
	});

	test("a member that vanishes between report and multiget is removed", async () => {
		const client = await Client.start(3);
		await client.pull();
		put(client.calendar, "e1", "New");
		put(client.calendar, "e2", "New");
		client.server.quirks.intercept = ({ report }) => {
			if (report === "calendar-multiget") client.calendar.remove("e1.ics");
			return null;
		};
		const pages = await client.pull();
		expect(changedIds(pages)).toEqual([idOf("e2")]);
		expect(pages.flatMap(({ removed }) => removed)).toEqual([idOf("e1")]);
	});
});

describe("what is there but not handed out", () => {
	const withhold = (client: Client, uid: string, status = 403) => {
		client.server.quirks.hiddenFromMultiget = (name) => name === `${uid}.ics`;
		client.server.quirks.intercept = ({ method }) => (method === "GET" ? { status } : null);
	};

	test("stays as it is known, and is asked for again", async () => {
		const client = await Client.start(3);
		await client.pull();
		const before = client.known.get(idOf("e1"));
		put(client.calendar, "e1", "New");
		withhold(client, "e1");
		expect(changedIds(await client.pull())).toEqual([]);
		expect(client.known.get(idOf("e1"))).toBe(before);
		client.server.quirks = {};
		expect(changedIds(await client.pull())).toEqual([idOf("e1")]);
		client.server.takeRequests();
		await client.pull();
		expect(client.server.takeRequests()).toEqual(["REPORT sync-collection"]);
	});

	test("is a place without events where nothing is known yet", async () => {
		const client = await Client.start(3);
		withhold(client, "e1");
		const pages = await client.pull();
		const placeholder = pages.flatMap(({ changed }) => changed).find(({ id }) => id === idOf("e1"));
		expect(placeholder).toMatchObject({ etag: null, events: [], raw: "" });
		expect(placeholder?.warnings).toHaveLength(1);
		client.server.quirks = {};
		expect(changedIds(await client.pull())).toEqual([idOf("e1")]);
	});

	test("a server that stumbles over everything is a failure, not an empty calendar", async () => {
		const client = await Client.start(3);
		client.server.quirks.intercept = ({ method, report }) =>
			method === "GET" || report.startsWith("calendar-") ? { status: 500 } : null;
		await expect(client.pull()).rejects.toMatchObject({ kind: "unavailable", reason: "server_error" });
	});
});

describe("failures during a pull", () => {
	const failing = async (intercept: NonNullable<Quirks["intercept"]>) => {
		const client = await Client.start(3);
		await client.pull();
		put(client.calendar, "e1", "New");
		const calendar = await client.list();
		client.list = async () => calendar;
		client.server.quirks.intercept = intercept;
		const before = new Map(client.known);
		const failure = await client.pull().then(
			() => expect.unreachable("it went through"),
			(error: unknown) => error,
		);
		expect(failure).toBeInstanceOf(ProviderFailure);
		expect(client.known).toEqual(before);
		return failure;
	};
	const wrapped = (status: number) =>
		`<D:multistatus xmlns:D="DAV:"><D:response><D:href>/calendars/user/work/</D:href><D:status>HTTP/1.1 ${status} X</D:status></D:response></D:multistatus>`;

	test.each([
		["gone", () => ({ status: 404 }), "not_found"],
		["gone for good", () => ({ status: 410 }), "gone"],
		["gone, wrapped", () => ({ status: 207, body: wrapped(404) }), "not_found"],
		["access lost", () => ({ status: 403 }), "forbidden"],
		["access lost, wrapped", () => ({ status: 207, body: wrapped(403) }), "forbidden"],
		["logged out", () => ({ status: 401, headers: { "www-authenticate": "Basic" } }), "auth_revoked"],
		["throttled", () => ({ status: 429, headers: { "retry-after": "9" } }), "rate_limited"],
		["down", () => ({ status: 503, headers: { "retry-after": "9" } }), "unavailable"],
		["down, wrapped", () => ({ status: 207, body: wrapped(503) }), "unavailable"],
		["a web page", () => ({ status: 207, body: "<html></html>" }), "invalid"],
		["half an answer", () => ({ status: 207, body: wrapped(404).slice(0, 30) }), "unavailable"],
		["a DOCTYPE", () => ({ status: 207, body: `<!DOCTYPE x>${wrapped(200)}` }), "unavailable"],
	] as const satisfies readonly (readonly [string, NonNullable<Quirks["intercept"]>, string])[])(
		"%s",
		async (_, intercept, kind) => {
			expect(await failing(intercept)).toMatchObject({ kind });
		},
	);

	test("Retry-After is handed on", async () => {
		const busy = { status: 503, headers: { "retry-after": "9" } };
		expect(await failing(() => busy)).toMatchObject({ retryAfter: 9 });
		expect(await failing(({ report }) => (report === "calendar-multiget" ? busy : null))).toMatchObject({
			retryAfter: 9,
		});
	});

	test("an empty answer about a calendar that is gone deletes nothing", async () => {
		const nothing = '<D:multistatus xmlns:D="DAV:"><D:sync-token>x</D:sync-token></D:multistatus>';
		const failure = await failing(({ report, headers }) => {
			if (report === "sync-collection") return { status: 403, body: '<e xmlns="DAV:"/>' };
			return headers.depth === "1" ? { status: 207, body: nothing } : { status: 404 };
		});
		expect(failure).toMatchObject({ kind: "not_found" });
		const client = await Client.start(3);
		await client.pull();
		client.cursor = null;
		const calendar = await client.list();
		client.list = async () => calendar;
		client.server.quirks.intercept = ({ headers }) =>
			headers.depth === "0" && headers["content-length"] !== undefined ? null : { status: 207, body: nothing };
		client.server.calendars.clear();
		await expect(client.pull()).rejects.toMatchObject({ kind: "not_found" });
		expect(client.known.size).toBe(3);
	});

	test("a calendar whose members are all gone from multiget, because it is gone itself, deletes nothing", async () => {
		const failure = await failing(({ report }) => (report === "sync-collection" ? null : { status: 404 }));
		expect(failure).toMatchObject({ kind: "not_found" });
	});

	test("settings that cannot be read are a failure that says so", async () => {
		const client = await Client.start(1);
		const calendar = { ...(await client.list()), settings: {} };
		client.list = async () => calendar;
		await expect(client.pull()).rejects.toMatchObject({ kind: "invalid" });
	});
});

test("the account's own addresses mark its person among the participants", async () => {
	const client = await Client.start(0);
	const attendees =
		"ORGANIZER:mailto:boss@example.org\r\nATTENDEE:mailto:user@example.org\r\nATTENDEE:mailto:boss@example.org\r\n";
	const { ics } = fixture({ uid: "meeting", title: "Meeting" });
	client.calendar.put("meeting.ics", ics.replace("SUMMARY:", `${attendees}SUMMARY:`));
	const [page] = await client.pull();
	const participants = page?.changed[0]?.events[0]?.participants ?? [];
	expect(participants.filter(({ self }) => self).map(({ email }) => email)).toEqual(["user@example.org"]);
});
