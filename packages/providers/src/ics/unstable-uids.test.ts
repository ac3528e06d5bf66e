import { afterAll, beforeAll, expect, test } from "vitest";
import { connectFeed } from "../testing/feed-reader.ts";
import { type FeedServer, feedOf, startFeedServer } from "../testing/feed-server.ts";
import { icsProvider } from "./ics-provider.ts";

let server: FeedServer;
beforeAll(async () => {
	server = await startFeedServer();
});
afterAll(() => server.close());

let fetches = 0;
const event = (uid: string, title: string, day: number) =>
	`BEGIN:VEVENT\r\nUID:${uid}\r\nDTSTART:202603${String(day).padStart(2, "0")}T090000Z\r\nSUMMARY:${title}\r\nEND:VEVENT`;
/** Every event under a UID that it never had before. */
const anew = (titles: readonly string[]) =>
	feedOf(titles.map((title, index) => event(`${++fetches}-${index}`, title, 1 + (index % 28))));

async function reader(path: string, titles: readonly string[]) {
	server.serve(path, anew(titles));
	const feed = await connectFeed(icsProvider(), new URL(path, server.url).href);
	await feed.pull();
	const ids = [...feed.known.keys()].sort();
	return {
		ids,
		pull: async (next: readonly string[]) => {
			server.serve(path, anew(next));
			const pages = await feed.pull();
			return {
				changed: pages.flatMap((page) => page.changed),
				unchanged: pages.flatMap((page) => [...page.unchanged]).sort(),
			};
		},
	};
}

test("events that only get other UIDs are the same events", async () => {
	const titles = Array.from({ length: 600 }, (_, index) => `Event ${index}`);
	const { ids, pull } = await reader("/uids.ics", titles);
	for (let round = 0; round < 2; round++) expect(await pull(titles)).toEqual({ changed: [], unchanged: ids });
});

test("what else changed is seen, and what is gone is not called there", async () => {
	const { pull } = await reader("/some.ics", ["One", "Two", "Three", "Four"]);
	const { changed, unchanged } = await pull(["One", "New", "Three"]);
	expect(changed.map(({ events }) => events[0]?.title)).toEqual(["New"]);
	expect(unchanged).toHaveLength(2);
});

test("as many equal events as before are known, one more is new", async () => {
	const equal = (count: number) => feedOf(Array.from({ length: count }, () => event(`e${++fetches}`, "Same", 1)));
	server.serve("/equal.ics", equal(3));
	const feed = await connectFeed(icsProvider(), new URL("/equal.ics", server.url).href);
	await feed.pull();
	server.serve("/equal.ics", equal(4));
	const pages = await feed.pull();
	expect(pages.flatMap(({ changed }) => changed)).toHaveLength(1);
	expect(new Set(pages.flatMap(({ unchanged }) => [...unchanged])).size).toBe(3);
});
