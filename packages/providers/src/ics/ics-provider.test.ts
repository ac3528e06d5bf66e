import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ProviderFailure } from "../port/failure.ts";
import type { HttpRequest, HttpTransport } from "../port/http.ts";
import { connectFeed, eventsOf } from "../testing/feed-reader.ts";
import { type FeedServer, feedOf, startFeedServer } from "../testing/feed-server.ts";
import { nodeTransport } from "../testing/node-transport.ts";
import { icsProvider } from "./ics-provider.ts";

let server: FeedServer;
let path: string;
let feeds = 0;
beforeAll(async () => {
	server = await startFeedServer();
});
afterAll(() => server.close());
beforeEach(() => {
	path = `/private-token-${++feeds}/feed.ics`;
});

const event = (uid: string, more: readonly string[] = []) =>
	["BEGIN:VEVENT", `UID:${uid}`, "DTSTART:20260301T090000Z", `SUMMARY:${uid}`, ...more, "END:VEVENT"].join("\r\n");
const here = (at = path) => new URL(at, server.url).href;
const seenAt = (at: string) => server.seen.filter((each) => each.path === at);
/** Any host by https, as people use it; the socket goes to the local server. */
const anyHost = () => nodeTransport({ connectTo: () => server.url, plainHttp: false });
const everyField = { etag: '"one"', "last-modified": "Thu, 01 Jan 2026 00:00:00 GMT" };

async function failureOf(promise: Promise<unknown>): Promise<ProviderFailure> {
	const error = await promise.then(
		() => undefined,
		(reason: unknown) => reason,
	);
	expect(error).toBeInstanceOf(ProviderFailure);
	return error as ProviderFailure;
}

describe("addresses", () => {
	test.each(["https", "webcal", "webcals", "WebCal"])("%s is asked over https", async (scheme) => {
		server.serve(path, feedOf([event("a")]));
		const asked: HttpRequest[] = [];
		const http: HttpTransport = (request) => {
			asked.push(request);
			return anyHost()(request);
		};
		const { discovered } = await connectFeed(icsProvider(), `  ${scheme}://feeds.example${path}#top `, http);
		expect(asked.map(({ url, allowPlainHttp }) => [url.href, allowPlainHttp])).toEqual([
			[`https://feeds.example${path}`, false],
		]);
		expect(discovered.credentials).toEqual({ url: `https://feeds.example${path}` });
	});

	test("a webcal address of a server without https says that https was tried; an https address says what it always says", async () => {
		server.serve(path, feedOf([event("a")]));
		const { host } = server.url;
		for (const url of [`webcal://${host}${path}`, `WebCals://${host}${path}`, `webcal://127.0.0.1:1${path}`]) {
			const failure = await failureOf(connectFeed(icsProvider(), url));
			expect(failure).toMatchObject({ kind: "unavailable", reason: "no_https" });
			expect(failure.message).toContain("https");
			expect(failure.message).not.toContain("certificate");
		}
		const secure = await failureOf(connectFeed(icsProvider(), `https://${host}${path}`));
		expect(secure.reason).toBe("tls_failure");
		// Who signs in needs https: plain http is no way out.
		const signedIn = await failureOf(connectFeed(icsProvider(), `webcal://ada:pw@${host}${path}`));
		expect(signedIn.reason).toBe("tls_failure");
		expect(seenAt(path)).toEqual([]);
	});

	test("http is asked as it is, and says so to the transport", async () => {
		server.serve(path, feedOf([event("a")]));
		const { pull } = await connectFeed(icsProvider(), here(), nodeTransport({ plainHttp: false }));
		expect(eventsOf(await pull())).toHaveLength(1);
	});

	test("the address is a secret: account, name, settings, calendars, cursor and pages show the host alone", async () => {
		server.serve(path, feedOf([event("a")]), everyField);
		server.answer("/old", (_, response) => response.writeHead(301, { location: path }).end());
		const reader = await connectFeed(icsProvider(), here());
		const { account, suggestedName, settings, calendars } = reader.discovered;
		expect([account, suggestedName]).toEqual([server.url.host, server.url.host]);
		const pages = await reader.pull();
		expect(JSON.stringify([account, suggestedName, settings, calendars, reader.cursor, pages])).not.toContain("token");
	});

	test("no failure tells the address", async () => {
		const gone = await failureOf(connectFeed(icsProvider(), here()));
		expect(gone.message).toContain(server.url.host);
		server.serve(path, "<html>Sign in</html>");
		const html = await failureOf(connectFeed(icsProvider(), here()));
		server.serve(path, feedOf([event("a")]).slice(0, -20));
		const cut = await failureOf(connectFeed(icsProvider(), here()));
		for (const { message, stack } of [gone, html, cut]) expect(`${message}${stack}`).not.toContain("token");
	});

	test("user info becomes Basic credentials, and leaves the address", async () => {
		server.answer(path, (request, response) => {
			const expected = `Basic ${Buffer.from("ada@x:pä ss").toString("base64")}`;
			if (request.headers.authorization === expected) response.writeHead(200).end(feedOf([event("a")]));
			else response.writeHead(401).end();
		});
		const url = `https://ada%40x:p%C3%A4%20ss@feeds.example${path}`;
		const { discovered, pull } = await connectFeed(icsProvider(), url, anyHost());
		expect(discovered.credentials).toEqual({
			url: `https://feeds.example${path}`,
			username: "ada@x",
			password: "pä ss",
		});
		expect(discovered.account).toBe("feeds.example");
		expect(eventsOf(await pull())).toHaveLength(1);
	});

	test("user info over http is refused before anything is sent", async () => {
		for (const url of [`http://ada:pw@feeds.example${path}`, `http://ada@feeds.example${path}`]) {
			const failure = await failureOf(connectFeed(icsProvider(), url, anyHost()));
			expect(failure).toMatchObject({ kind: "invalid", reason: "address_blocked" });
		}
		expect(seenAt(path)).toEqual([]);
	});

	test.each([
		["", "address_not_found"],
		["not an address", "address_not_found"],
		["https://", "address_not_found"],
		["ftp://feeds.example/a.ics", "unsupported_scheme"],
		["file:///etc/passwd", "address_not_found"],
		["javascript:alert(1)", "address_not_found"],
	])("%j is refused", async (url, reason) => {
		expect(await failureOf(connectFeed(icsProvider(), url))).toMatchObject({ kind: "invalid", reason });
	});
});

describe("what the feed says of itself", () => {
	const header = ["X-WR-CALNAME:Holidays\\, mostly", "COLOR:teal", "X-WR-TIMEZONE:Europe/Oslo"];

	test("name, colour and zone come with connecting and with the last page", async () => {
		server.serve(path, feedOf([event("a")], header));
		const { discovered, pull } = await connectFeed(icsProvider(), here());
		expect(discovered.suggestedName).toBe("Holidays, mostly");
		const described = { name: "Holidays, mostly", color: "#008080", timeZone: "Europe/Oslo" };
		expect(discovered.calendars).toMatchObject([{ ...described, access: "read", version: null }]);
		expect((await pull()).at(-1)?.calendar).toEqual(described);

		server.serve(path, feedOf([event("a")], ["NAME:Renamed"]));
		expect((await pull()).at(-1)?.calendar).toEqual({ name: "Renamed", color: null, timeZone: null });
		server.serve(path, feedOf([event("b")]));
		expect((await pull()).at(-1)?.calendar).toEqual({ color: null, timeZone: null });
	});

	test.each([
		["nothing", [], 900],
		["REFRESH-INTERVAL", ["REFRESH-INTERVAL;VALUE=DURATION:PT6H"], 21_600],
		["X-PUBLISHED-TTL", ["X-PUBLISHED-TTL:PT1H"], 3600],
		["less than our floor", ["REFRESH-INTERVAL;VALUE=DURATION:PT1M"], 900],
		["more than a day", ["REFRESH-INTERVAL;VALUE=DURATION:P1W"], 86_400],
		["nonsense", ["REFRESH-INTERVAL;VALUE=DURATION:often"], 900],
	])("the refresh interval keeps to its bounds: %s", async (_, header, seconds) => {
		server.answer(path, (request, response) => {
			if (request.headers["if-none-match"] === '"one"') response.writeHead(304).end();
			else response.writeHead(200, everyField).end(feedOf([event("a")], header));
		});
		const { pull } = await connectFeed(icsProvider(), here());
		expect((await pull()).at(-1)?.refreshAfter).toBe(seconds);
		expect((await pull()).at(-1)?.refreshAfter).toBe(seconds);
	});
});

describe("nothing new", () => {
	test("the validators are sent as they were given, and 304 yields nothing", async () => {
		server.serve(path, feedOf([event("a")]), everyField);
		const { pull } = await connectFeed(icsProvider(), here());
		await pull();
		server.answer(path, (_, response) => response.writeHead(304).end());
		for (let round = 0; round < 2; round++) {
			const pages = await pull();
			expect(pages).toHaveLength(1);
			expect(pages[0]).toMatchObject({ mode: "delta", changed: [], removed: [], unchanged: [], complete: false });
		}
		expect(seenAt(path).map(({ headers }) => [headers["if-none-match"], headers["if-modified-since"]])).toEqual([
			[undefined, undefined],
			[undefined, undefined],
			['"one"', everyField["last-modified"]],
			['"one"', everyField["last-modified"]],
		]);
	});

	test("without validators an equal body yields nothing, whatever its DTSTAMPs", async () => {
		const stamped = (stamp: string) => feedOf([event("a", [`DTSTAMP:${stamp}`]), event("b", [`DTSTAMP:${stamp}`])]);
		server.serve(path, stamped("20260101T000000Z"));
		const { pull } = await connectFeed(icsProvider(), here());
		await pull();
		server.serve(path, stamped("20260102T111111Z"));
		expect(await pull()).toMatchObject([{ mode: "delta", changed: [], unchanged: [] }]);
	});

	test("where one event differs the others are unchanged", async () => {
		server.serve(path, feedOf([event("a", ["DTSTAMP:20260101T000000Z"]), event("b"), event("c")]));
		const { pull } = await connectFeed(icsProvider(), here());
		await pull();
		server.serve(path, feedOf([event("c"), event("b", ["LOCATION:Here"]), event("a", ["DTSTAMP:20270101T000000Z"])]));
		const pages = await pull();
		expect(pages).toMatchObject([{ mode: "full", complete: true, removed: [] }]);
		expect(pages[0]?.changed.map(({ id }) => id)).toEqual(["b"]);
		expect(pages[0]?.unchanged.toSorted()).toEqual(["a", "c"]);
	});

	test("an event that turns unreadable keeps what was read of it", async () => {
		server.serve(path, feedOf([event("a"), event("b")]));
		const { pull } = await connectFeed(icsProvider(), here());
		await pull();
		server.serve(
			path,
			feedOf(["BEGIN:VEVENT\r\nUID:a\r\nDTSTART:someday\r\nEND:VEVENT", event("b", ["LOCATION:Here"])]),
		);
		const [page] = await pull();
		expect(page?.unchanged).toEqual(["a"]);
		expect(page?.changed.map(({ id }) => id)).toEqual(["b"]);
	});

	test("an unasked 304 is a failure", async () => {
		server.answer(path, (_, response) => response.writeHead(304).end());
		expect(await failureOf(connectFeed(icsProvider(), here()))).toMatchObject({ reason: "malformed_answer" });
	});

	test("a new address is asked afresh", async () => {
		server.serve(path, feedOf([event("a")]), everyField);
		const { pull, readdress } = await connectFeed(icsProvider(), here());
		await pull();
		server.serve("/elsewhere.ics", feedOf([event("b")]), everyField);
		readdress(here("/elsewhere.ics"));
		expect(eventsOf(await pull()).map(({ uid }) => uid)).toEqual(["b"]);
		expect(seenAt("/elsewhere.ics").map(({ headers }) => headers["if-none-match"])).toEqual([undefined]);
	});
});

describe("answers that are no feed change nothing", () => {
	const good = feedOf([event("a"), event("b")]);
	const bodies: [string, string | Uint8Array, string][] = [
		["a page of HTML", "<!doctype html><html><body>Sign in</body></html>", "not_a_calendar"],
		["JSON", '{"error":"maintenance"}', "not_a_calendar"],
		["an empty body", "", "incomplete_answer"],
		["blank lines", "\r\n \r\n", "incomplete_answer"],
		["one without END:VCALENDAR", good.replace("END:VCALENDAR\r\n", ""), "incomplete_answer"],
		["one cut inside an event", good.slice(0, good.indexOf("UID:b") + 5), "incomplete_answer"],
		["one cut inside the last line", good.slice(0, -5), "incomplete_answer"],
		["one cut in the second of two calendars", good + good.slice(0, -30), "incomplete_answer"],
	];
	test.each(bodies)("%s", async (_, body, reason) => {
		server.serve(path, good);
		const reader = await connectFeed(icsProvider(), here());
		await reader.pull();
		const before = reader.cursor;
		server.serve(path, body);
		expect(await failureOf(reader.pull())).toMatchObject({ kind: "unavailable", reason });
		expect(await failureOf(connectFeed(icsProvider(), here()))).toMatchObject({ reason });
		expect(reader.cursor).toEqual(before);
		server.serve(path, good);
		expect(await reader.pull()).toMatchObject([{ mode: "delta" }]);
	});

	test("a body shorter than its Content-Length", async () => {
		server.answer(path, (_, response) => {
			response.writeHead(200, { "content-length": good.length + 100 });
			response.write(good, () => response.destroy());
		});
		const failure = await failureOf(connectFeed(icsProvider(), here()));
		expect(failure).toMatchObject({ kind: "unavailable", reason: "incomplete_answer" });
	});

	test("a gzip body that is cut off", async () => {
		server.serve(path, gzipSync(good).subarray(0, 60), { "content-encoding": "gzip" });
		expect(await failureOf(connectFeed(icsProvider(), here()))).toMatchObject({ kind: "unavailable" });
	});

	test("a whole gzip body is read", async () => {
		server.serve(path, gzipSync(good), { "content-encoding": "gzip" });
		const { pull } = await connectFeed(icsProvider(), here());
		expect(eventsOf(await pull())).toHaveLength(2);
	});

	test("an empty calendar is a whole answer", async () => {
		server.serve(path, good);
		const { pull } = await connectFeed(icsProvider(), here());
		await pull();
		server.serve(path, feedOf([]));
		expect(await pull()).toMatchObject([
			{ mode: "full", complete: true, changed: [], unchanged: [], removed: [], cursor: expect.anything() },
		]);
	});

	test.each([
		[401, {}, { kind: "auth_revoked", reason: "credentials_required" }],
		[403, {}, { kind: "auth_revoked", reason: "access_denied" }],
		[404, {}, { kind: "not_found", reason: "address_not_found" }],
		[410, {}, { kind: "gone", reason: "resource_gone" }],
		[429, { "retry-after": "120" }, { kind: "rate_limited", reason: "rate_limited", retryAfter: 120 }],
		[503, { "retry-after": "Thu, 01 Jan 2026 00:01:00 GMT" }, { kind: "unavailable", retryAfter: 60 }],
		[500, {}, { kind: "unavailable", reason: "server_error", retryAfter: undefined }],
		[206, {}, { kind: "unavailable", reason: "incomplete_answer" }],
		[204, {}, { kind: "unavailable", reason: "incomplete_answer" }],
		[400, {}, { kind: "invalid", reason: "refused" }],
		[302, {}, { kind: "invalid", reason: "malformed_answer" }],
	])("status %i", async (status, headers, expected) => {
		server.serve(path, good);
		const { pull } = await connectFeed(icsProvider(), here());
		server.answer(path, (_, response) => response.writeHead(status, headers).end());
		const failure = await failureOf(pull({ now: () => Date.parse("2026-01-01T00:00:00Z") }));
		expect(failure).toMatchObject({ ...expected, status });
	});

	test("wrong credentials are told from missing ones", async () => {
		server.answer(path, (_, response) => response.writeHead(401).end());
		const url = `https://ada:pw@feeds.example${path}`;
		expect(await failureOf(connectFeed(icsProvider(), url, anyHost()))).toMatchObject({ reason: "wrong_credentials" });
	});
});

describe("redirects", () => {
	const moveTo = (status: number, from: string, to: string) =>
		server.answer(from, (_, response) => response.writeHead(status, { location: to }).end());

	test("a permanent move found on connecting becomes the address, a temporary one does not", async () => {
		server.serve(path, feedOf([event("a")]));
		moveTo(308, `${path}.old`, path);
		moveTo(302, `${path}.detour`, path);
		const moved = await connectFeed(icsProvider(), here(`${path}.old`));
		expect(moved.discovered.credentials.url).toBe(here());
		const detour = await connectFeed(icsProvider(), here(`${path}.detour`));
		expect(detour.discovered.credentials.url).toBe(here(`${path}.detour`));
		expect(eventsOf(await detour.pull())).toHaveLength(1);
	});

	test("a later permanent move is remembered, sealed, until the address is changed", async () => {
		server.serve(path, feedOf([event("a")]));
		const reader = await connectFeed(icsProvider(), here());
		const next = `/new-secret-${feeds}.ics`;
		server.serve(next, feedOf([event("b")]));
		moveTo(301, path, next);
		await reader.pull();
		expect(JSON.stringify(reader.cursor)).not.toContain("new-secret");
		const before = seenAt(path).length;
		server.serve(next, feedOf([event("c")]));
		expect(eventsOf(await reader.pull()).map(({ uid }) => uid)).toEqual(["c"]);
		expect(seenAt(path)).toHaveLength(before);

		// The new address is gone, the old one serves again.
		server.answer(next, (_, response) => response.writeHead(404).end());
		server.serve(path, feedOf([event("d")]));
		expect(eventsOf(await reader.pull()).map(({ uid }) => uid)).toEqual(["d"]);
		server.serve(next, feedOf([event("e")]));
		server.serve(path, feedOf([event("f")]));
		expect(eventsOf(await reader.pull()).map(({ uid }) => uid)).toEqual(["f"]);
	});

	test("a redirect loop is a failure", async () => {
		moveTo(301, path, path);
		expect(await failureOf(connectFeed(icsProvider(), here()))).toMatchObject({ reason: "too_many_redirects" });
	});

	test("no credentials go to another origin, neither on the way nor from memory", async () => {
		const target = `${path}.there`;
		server.serve(target, feedOf([event("a")]));
		moveTo(301, path, `https://other.example${target}`);
		const reader = await connectFeed(icsProvider(), `https://ada:pw@feeds.example${path}`, anyHost());
		expect(reader.discovered.credentials.url).toBe(`https://feeds.example${path}`);
		await reader.pull();
		await reader.pull();
		expect(seenAt(path).map(({ headers }) => headers.authorization)).toEqual(["Basic YWRhOnB3", "Basic YWRhOnB3"]);
		expect(seenAt(target).map(({ headers }) => headers.authorization)).toEqual([undefined, undefined, undefined]);
	});

	test("a redirect from https to http is not followed", async () => {
		server.serve(`${path}.plain`, feedOf([event("a")]));
		moveTo(301, path, `http://feeds.example${path}.plain`);
		const failure = await failureOf(connectFeed(icsProvider(), `https://feeds.example${path}`, anyHost()));
		expect(failure).toMatchObject({ kind: "invalid", reason: "address_blocked" });
		expect(failure).toMatchObject({ message: expect.stringContaining("redirects to an address without encryption") });
		expect(seenAt(`${path}.plain`)).toEqual([]);
	});
});
