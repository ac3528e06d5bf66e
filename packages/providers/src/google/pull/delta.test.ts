import { expect, test } from "vitest";
import { GoogleClient, SINGLE, WEEKLY } from "../testing/client.ts";

const SECOND = "weekly_20260309T090000Z";
const THIRD = "weekly_20260316T090000Z";

async function synced(): Promise<GoogleClient> {
	const client = new GoogleClient();
	client.store.insert(WEEKLY, { id: "weekly" });
	client.store.insert(SINGLE, { id: "single" });
	await client.pull();
	return client;
}

const titles = (client: GoogleClient, id: string) => client.mirror.get(id)?.events.map(({ title }) => title);
const lines = (client: GoogleClient, id: string) => client.mirror.get(id)?.events[0]?.recurrence;

test("nothing changed costs one request", async () => {
	const client = await synced();
	expect(await client.pull()).toMatchObject([{ mode: "delta", changed: [], removed: [], complete: false }]);
	expect(client.asked).toMatchObject([{ method: "GET", path: "events", query: { syncToken: expect.any(String) } }]);
});

test("an exception alone is put into the series that is known, for one request", async () => {
	const client = await synced();
	client.store.patch(SECOND, { summary: "Moved", start: { dateTime: "2026-03-09T12:00:00Z" } });
	await client.pull();
	expect(client.asked).toHaveLength(1);
	expect(titles(client, "weekly")).toEqual(["Weekly", "Moved"]);
	expect(client.mirror.size).toBe(2);
});

test("a cancelled exception is an EXDATE of its series, and none when it is back", async () => {
	const client = await synced();
	client.store.remove(SECOND);
	await client.pull();
	expect(lines(client, "weekly")).toEqual(["RRULE:FREQ=WEEKLY;COUNT=5", "EXDATE:20260309T090000Z"]);
	client.store.patch(SECOND, { status: "confirmed" });
	await client.pull();
	expect(lines(client, "weekly")).toEqual(["RRULE:FREQ=WEEKLY;COUNT=5"]);
	expect(titles(client, "weekly")).toEqual(["Weekly"]);
});

test("where the master changed its exceptions are asked for, in one request more", async () => {
	const client = await synced();
	client.store.patch(THIRD, { summary: "Own" });
	await client.pull();
	client.store.patch("weekly", { summary: "Renamed" });
	await client.pull();
	expect(client.asked).toMatchObject([
		{ query: { syncToken: expect.any(String) } },
		{ query: { iCalUID: "weekly@google.com" } },
	]);
	expect(titles(client, "weekly")).toEqual(["Renamed", "Own"]);
	client.store.patch("single", { summary: "Other" });
	await client.pull();
	expect(client.asked).toHaveLength(1);
});

test("a deleted series goes with its exceptions", async () => {
	const client = await synced();
	client.store.patch(SECOND, { summary: "Moved" });
	await client.pull();
	client.store.remove("weekly");
	const [page] = await client.pull();
	expect(page?.removed).toEqual(["weekly"]);
	expect([...client.mirror.keys()]).toEqual(["single"]);
});

test("an instance that the person was invited to alone stands for itself, until its series comes", async () => {
	const client = await synced();
	const orphan = {
		...SINGLE,
		summary: "Invited",
		recurringEventId: "theirs",
		iCalUID: "theirs@google.com",
		originalStartTime: { dateTime: "2026-03-09T09:00:00Z", timeZone: "UTC" },
	};
	client.store.insert(orphan, { id: "theirs_20260309T090000Z" });
	await client.pull();
	expect(client.mirror.get("theirs_20260309T090000Z")?.events).toMatchObject([
		{ title: "Invited", uid: "theirs@google.com", recurrence_id: { instant: "2026-03-09T09:00:00Z" } },
	]);
	client.store.insert({ ...WEEKLY, summary: "Theirs" }, { id: "theirs" });
	const [page] = await client.pull();
	expect(page?.removed).toEqual(["theirs_20260309T090000Z"]);
	expect(titles(client, "theirs")).toEqual(["Theirs", "Invited"]);
	client.store.patch("theirs_20260309T090000Z", { status: "cancelled" });
	await client.pull();
	expect(lines(client, "theirs")).toContain("EXDATE:20260309T090000Z");
});

test("a tombstone that says nothing but its id is the exception that it is called by", async () => {
	const client = await synced();
	client.store.patch(SECOND, { summary: "Moved" });
	await client.pull();
	client.store.forget(SECOND);
	const [page] = await client.pull();
	expect(page?.removed).toEqual([]);
	expect(titles(client, "weekly")).toEqual(["Weekly"]);
});

test.each(["fullSyncRequired", "updatedMinTooLongAgo", "somethingNew"])(
	"410 %s compares everything and wipes nothing",
	async (reason) => {
		const client = await synced();
		client.store.insert(SINGLE, { id: "new" });
		client.store.remove("single");
		client.instead = (request) =>
			request.url.searchParams.has("syncToken") ? client.refuse(request, 410, reason) : null;
		const pages = await client.pull();
		expect(pages).toMatchObject([{ mode: "full", unchanged: ["weekly"], changed: [{ id: "new" }], complete: true }]);
		expect([...client.mirror.keys()].sort()).toEqual(["new", "weekly"]);
		client.instead = null;
		expect(await client.pull()).toMatchObject([{ mode: "delta", changed: [] }]);
	},
);

test("a token that is refused on a later page costs nothing either", async () => {
	const client = new GoogleClient({ pageSize: 1 });
	client.store.insert(SINGLE, { id: "single" });
	await client.pull();
	client.store.insert(SINGLE, { id: "one" });
	client.store.insert(SINGLE, { id: "two" });
	client.instead = (request) => {
		const { searchParams: query } = request.url;
		return query.has("syncToken") && query.has("pageToken") ? client.refuse(request, 410, "fullSyncRequired") : null;
	};
	const pages = await client.pull();
	expect(pages.map(({ mode }) => mode)).not.toContain("delta");
	expect([...client.mirror.keys()].sort()).toEqual(["one", "single", "two"]);
});

test("a last page without a token is a complete listing, and everything is listed the next time", async () => {
	const client = new GoogleClient({ noSyncToken: true });
	client.store.insert(SINGLE, { id: "single" });
	expect(await client.pull()).toMatchObject([{ mode: "full", complete: true }]);
	expect(await client.pull()).toMatchObject([{ mode: "full", unchanged: ["single"], changed: [], complete: true }]);
	expect(client.asked[0]?.query).toEqual({});
});

test("a failure that is no refused token is thrown, and the token is used again", async () => {
	const client = await synced();
	client.instead = (request) => client.refuse(request, 403, "rateLimitExceeded", { "retry-after": "7" });
	await expect(client.pull()).rejects.toMatchObject({ kind: "rate_limited", retryAfter: 7 });
	client.instead = null;
	expect(await client.pull()).toMatchObject([{ mode: "delta" }]);
});

test("where no UID is given, the exceptions of a master that changed are found all the same", async () => {
	const client = new GoogleClient();
	client.store.insert({ ...WEEKLY, iCalUID: "" }, { id: "weekly" });
	await client.pull();
	client.store.patch(THIRD, { summary: "Own" });
	client.store.remove(SECOND);
	await client.pull();
	client.store.patch("weekly", { summary: "Renamed" });
	await client.pull();
	expect(titles(client, "weekly")).toEqual(["Renamed", "Own"]);
	expect(lines(client, "weekly")).toEqual(["RRULE:FREQ=WEEKLY;COUNT=5", "EXDATE:20260309T090000Z"]);
});
