import { type Radicale, startRadicale } from "@kalends/providers/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { comparable, connect, type EventBody, listAll, READER_ZONE, type RunBody, sync } from "./support/api.ts";
import { type FixtureResource, inOneCalendar, makeFixture } from "./support/fixture.ts";
import { readIndependently } from "./support/independent-reader.ts";
import { type Kalends, startKalends } from "./support/kalends.ts";

const FROM = "2026-09-01";
const TO = "2027-09-01";

const range = `/v1/events?from=${FROM}&to=${TO}&time_zone=${READER_ZONE}`;

describe("a calendar of a real CalDAV server", () => {
	let radicale: Radicale;
	let kalends: Kalends;
	let calendar: string;
	let connectionId: string;
	let firstRun: RunBody;
	const resources: FixtureResource[] = makeFixture({ seed: 7, singles: 2_000, recurring: 50, from: FROM });

	const ours = async (query = "") => comparable(await listAll<EventBody>(kalends, range + query));

	beforeAll(async () => {
		radicale = await startRadicale({ username: "someone", password: "pass word:1" });
		calendar = await radicale.createCalendar("work", { displayName: "Work", color: "#3366cc" });
		await radicale.putWhole(calendar, inOneCalendar(resources));
		kalends = await startKalends();
		const connected = await connect(kalends, {
			provider: "caldav",
			url: radicale.url.href,
			username: radicale.username,
			password: radicale.password,
		});
		connectionId = connected.id;
		firstRun = connected.run;
	}, 900_000);

	afterAll(async () => {
		await kalends?.dispose();
		await radicale?.stop();
	});

	it("is first synced exactly: every occurrence of a year as an independent reader computes it", async () => {
		expect(firstRun).toMatchObject({ state: "done", created: 2_050, updated: 0, deleted: 0, error: null });
		const expected = await readIndependently(resources, FROM, TO);
		expect(expected.length).toBeGreaterThan(4_000);
		expect(await ours("&show_cancelled=true")).toEqual(expected);
	});

	it("writes one entry into the change feed for a first sync", async () => {
		const changes = await listAll<{ type: string }>(kalends, "/v1/changes");
		expect(changes.filter((change) => change.type === "calendar.synced")).toHaveLength(1);
		expect(changes.filter((change) => change.type.startsWith("event."))).toHaveLength(0);
	});

	it("finds nothing the second time, in at most two requests", async () => {
		const before = await listAll<{ seq: number }>(kalends, "/v1/changes");
		const run = await sync(kalends, connectionId);
		expect(run).toMatchObject({ state: "done", created: 0, updated: 0, deleted: 0 });
		expect(run.requests).toBeLessThanOrEqual(2);
		const after = await listAll<{ seq: number; type: string }>(kalends, "/v1/changes");
		expect(after.slice(before.length).filter((change) => change.type.startsWith("event."))).toEqual([]);
	});

	it("brings ten changes of the server exactly once", async () => {
		const before = await listAll<{ seq: number }>(kalends, "/v1/changes");
		const fresh = makeFixture({ seed: 8, singles: 3, recurring: 1, from: FROM });
		for (const resource of fresh) await radicale.put(calendar, resource.name.replace("-", "-new-"), resource.ics);
		const stored = await storedNames(radicale, calendar);
		const uidOf = (index: number) => (resources[index] as FixtureResource).uid;
		for (const index of [3, 2_007]) {
			const resource = resources[index] as FixtureResource;
			const changed = { ...resource, ics: resource.ics.replaceAll("SUMMARY:", "SUMMARY:Changed ") };
			await radicale.put(calendar, stored.get(resource.uid) ?? "", changed.ics);
			resources[index] = changed;
		}
		const removed = [11, 12, 13, 2_008].map(uidOf);
		for (const uid of removed) await radicale.remove(calendar, stored.get(uid) ?? "");
		const now = [...resources.filter((resource) => !removed.includes(resource.uid)), ...fresh];

		const run = await sync(kalends, connectionId);
		expect(run).toMatchObject({ state: "done", created: 4, updated: 2, deleted: 4 });
		expect(await ours("&show_cancelled=true")).toEqual(await readIndependently(now, FROM, TO));
		const after = await listAll<{ seq: number; type: string }>(kalends, "/v1/changes");
		const types = after.slice(before.length).map((change) => change.type);
		expect(types.filter((type) => type.startsWith("event.")).sort()).toEqual([
			...Array(4).fill("event.created"),
			...Array(4).fill("event.deleted"),
			...Array(2).fill("event.updated"),
		]);
		expect(after.map((change) => change.seq)).toEqual(after.map((_, index) => index + 1));
		expect(await sync(kalends, connectionId)).toMatchObject({ created: 0, updated: 0, deleted: 0 });
	});

	it("gives pages that neither repeat nor leave out, whatever their size", async () => {
		const whole = await listAll<EventBody>(kalends, range);
		const ids: string[] = [];
		let cursor: string | null = null;
		do {
			const page: { data: EventBody[]; next_cursor: string | null } = await kalends.request(
				"GET",
				`${range}&limit=137${cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`}`,
			);
			ids.push(...page.data.map((event) => event.id));
			cursor = page.next_cursor;
		} while (cursor !== null);
		expect(ids).toEqual(whole.map((event) => event.id));
		expect(new Set(ids).size).toBe(ids.length);
	});

	it("answers each occurrence by its id", async () => {
		const whole = await listAll<EventBody>(kalends, range);
		for (const event of whole.filter((one) => one.id.includes(".")).slice(0, 25)) {
			expect(await kalends.request("GET", `/v1/events/${event.id}`)).toEqual(event);
		}
	});
});

/** Radicale names the resources of a whole collection by itself. */
async function storedNames(radicale: Radicale, calendar: string): Promise<Map<string, string>> {
	const answer = await fetch(new URL(calendar, radicale.url), {
		method: "REPORT",
		headers: {
			authorization: `Basic ${Buffer.from(`${radicale.username}:${radicale.password}`).toString("base64")}`,
			"content-type": "application/xml",
			depth: "1",
		},
		body: `<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop><C:calendar-data/></D:prop>
			<C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT"/></C:comp-filter></C:filter></C:calendar-query>`,
	});
	const names = new Map<string, string>();
	for (const response of (await answer.text()).split("<response>").slice(1)) {
		const href = /<href>([^<]+)<\/href>/.exec(response)?.[1];
		const uid = /^UID:(\S+)/m.exec(response)?.[1];
		if (href !== undefined && uid !== undefined)
			names.set(uid, decodeURIComponent(href.slice(href.lastIndexOf("/") + 1)));
	}
	return names;
}
