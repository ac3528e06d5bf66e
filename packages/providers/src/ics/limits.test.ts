import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { HttpTransport } from "../port/http.ts";
import { connectFeed, eventsOf } from "../testing/feed-reader.ts";
import { type FeedServer, feedOf, startFeedServer } from "../testing/feed-server.ts";
import { nodeTransport } from "../testing/node-transport.ts";
import { icsProvider } from "./ics-provider.ts";

let server: FeedServer;
beforeAll(async () => {
	server = await startFeedServer();
});
afterAll(() => server.close());

const FEED = "/feed.ics";
const address = () => new URL(FEED, server.url).href;
const event = (index: number, more: readonly string[] = []) =>
	["BEGIN:VEVENT", `UID:event-${index}`, "DTSTART:20260301T090000Z", ...more, "END:VEVENT"].join("\r\n");
const many = (count: number, more: readonly string[] = []) =>
	Array.from({ length: count }, (_, index) => event(index, more));

/** A feed that was read once and then turned bad. */
async function turnBad(bad: () => void, options = {}) {
	server.serve(FEED, feedOf([event(1)]));
	const reader = await connectFeed(icsProvider(options), address());
	await reader.pull();
	const before = reader.cursor;
	bad();
	return { failing: reader.pull(), cursorKept: () => expect(reader.cursor).toEqual(before) };
}

test("more than 20 MiB is refused, and nothing of it arrives", async () => {
	const { failing, cursorKept } = await turnBad(() =>
		server.serve(FEED, feedOf(many(9000, [`X-A:${"x".repeat(2500)}`]))),
	);
	await expect(failing).rejects.toMatchObject({ kind: "unavailable", reason: "too_large" });
	cursorKept();
});

test("a small body that unpacks to more than 20 MiB is refused", async () => {
	const bomb = gzipSync(feedOf([event(1, [`DESCRIPTION:${"a".repeat(64 * 1024 * 1024)}`])]));
	expect(bomb.length).toBeLessThan(100_000);
	const { failing, cursorKept } = await turnBad(() => server.serve(FEED, bomb, { "content-encoding": "gzip" }));
	await expect(failing).rejects.toMatchObject({ kind: "unavailable", reason: "too_large" });
	cursorKept();
});

test("a drip that never ends is given up", async () => {
	const drip = () =>
		server.answer(FEED, (_, response) => {
			response.write("BEGIN:VCALENDAR\r\n");
			const timer = setInterval(() => response.write("X-DROP:1\r\n"), 5);
			response.on("close", () => clearInterval(timer));
		});
	const { failing, cursorKept } = await turnBad(drip, { timeoutMs: 200 });
	await expect(failing).rejects.toMatchObject({ kind: "unavailable", reason: "timeout" });
	cursorKept();
});

test("who connects waits half a minute at most; a sync may take longer", async () => {
	server.serve(FEED, feedOf([event(1)]));
	const waits: (number | undefined)[] = [];
	const transport = nodeTransport();
	const http: HttpTransport = (request) => {
		waits.push(request.timeoutMs);
		return transport(request);
	};
	const reader = await connectFeed(icsProvider(), address(), http);
	await reader.pull();
	expect(waits).toEqual([30_000, 60_000]);
});

test("more than 100,000 components are refused", async () => {
	const { failing, cursorKept } = await turnBad(() =>
		server.serve(FEED, feedOf(Array(100_001).fill("BEGIN:VEVENT\r\nEND:VEVENT"))),
	);
	await expect(failing).rejects.toMatchObject({ kind: "unavailable", reason: "too_large" });
	cursorKept();
});

test("a large feed comes in pages of at most 250, each event once, and others have their turns meanwhile", async () => {
	const count = 5001;
	server.serve(FEED, feedOf(many(count, ["DESCRIPTION:Something to read"])));
	const { pull } = await connectFeed(icsProvider(), address());
	let turns = 0;
	let isDone = false;
	const others = (async () => {
		while (!isDone) {
			await new Promise((resolve) => setImmediate(resolve));
			turns++;
		}
	})();
	const pages = await pull();
	isDone = true;
	await others;
	expect(Math.max(...pages.map(({ changed }) => changed.length))).toBeLessThanOrEqual(250);
	expect(pages.map(({ cursor }) => cursor !== null).indexOf(true)).toBe(pages.length - 1);
	expect(new Set(eventsOf(pages).map(({ uid }) => uid)).size).toBe(count);
	expect(eventsOf(pages)).toHaveLength(count);
	// One turn for every 50 events at the least.
	expect(turns).toBeGreaterThan(count / 50);
});

test("one UID used without end is cut, said, and harms no other", async () => {
	const same = Array.from({ length: 1500 }, (_, index) => {
		const day = new Date(Date.UTC(2026, 0, 1 + index)).toISOString().slice(0, 10).replaceAll("-", "");
		return `BEGIN:VEVENT\r\nUID:same\r\nDTSTART;VALUE=DATE:${day}\r\nEND:VEVENT`;
	});
	server.serve(FEED, feedOf([event(1), ...same, event(2)]));
	const { pull } = await connectFeed(icsProvider(), address());
	const pages = await pull();
	expect(eventsOf(pages).filter(({ uid }) => uid.startsWith("same"))).toHaveLength(1000);
	expect(eventsOf(pages).filter(({ uid }) => uid.startsWith("event-"))).toHaveLength(2);
	const warnings = pages.flatMap((page) => page.changed.flatMap((resource) => resource.warnings));
	expect(warnings).toContainEqual(expect.stringContaining("1500 times"));
});

test("zones and headers of megabytes do not come along with every event", async () => {
	const zones = Array.from({ length: 300 }, (_, index) =>
		[
			"BEGIN:VTIMEZONE",
			`TZID:Custom ${index}`,
			"BEGIN:STANDARD",
			"DTSTART:19700101T000000",
			"TZOFFSETFROM:+0100",
			`TZOFFSETTO:+${String(index % 12).padStart(2, "0")}00`,
			`X-PADDING:${"p".repeat(20_000)}`,
			"END:STANDARD",
			"END:VTIMEZONE",
		].join("\r\n"),
	);
	const zoned = `BEGIN:VEVENT\r\nUID:zoned\r\nDTSTART;TZID=Custom 7:20260301T090000\r\nEND:VEVENT`;
	const padding = Array.from({ length: 100 }, (_, index) => `X-PADDING-${index}:${"h".repeat(20_000)}`);
	server.serve(FEED, feedOf([...zones, zoned, ...many(1000)], ["X-WR-CALNAME:Padded", ...padding]));
	const { discovered, pull } = await connectFeed(icsProvider(), address());
	expect(discovered.suggestedName).toBe("Padded");
	const events = eventsOf(await pull());
	expect(events).toHaveLength(1001);
	expect(events.find(({ uid }) => uid === "zoned")?.start).toMatchObject({ instant: "2026-03-01T02:00:00Z" });
});
