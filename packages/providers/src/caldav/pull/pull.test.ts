import { afterEach, describe, expect, test } from "vitest";
import { changedIds, countOf, idOf, PullClient, put, stopServers } from "../../testing/caldav/pull-client.ts";
import { fixture } from "../../testing/fixture-events.ts";

afterEach(stopServers);

const DAY = 24 * 3600 * 1000;

describe("the requests of a pull", () => {
	test("first: members, one query with data, changes since; then one report while nothing changes", async () => {
		const client = await PullClient.start(60);
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
		const client = await PullClient.start(100);
		for (let at = 0; at < 70; at++) client.known.set(idOf(`e${at}`), `"e${at + 1}"`);
		const pages = await client.pull();
		expect(changedIds(pages)).toHaveLength(30);
		expect(pages.flatMap(({ unchanged }) => unchanged)).toHaveLength(70);
		const requests = client.server.takeRequests();
		expect(countOf(requests, "calendar-query")).toBe(0);
		expect(countOf(requests, "calendar-multiget")).toBe(1);
	});

	test("members come in batches of 50", async () => {
		const client = await PullClient.start(60);
		await client.pull();
		for (let at = 0; at < 120; at++) put(client.calendar, `n${at}`);
		client.server.takeRequests();
		expect(changedIds(await client.pull())).toHaveLength(120);
		expect(countOf(client.server.takeRequests(), "calendar-multiget")).toBe(3);
	});

	test("without sync-collection an unmoved ctag ends it after one", async () => {
		const client = await PullClient.start(3, { sync: false });
		await client.pull();
		client.server.takeRequests();
		await client.pull();
		expect(client.server.takeRequests()).toEqual(["PROPFIND propfind"]);
	});
});

describe("what a report names is asked for, also at the etag at which it is known", () => {
	test.each([3, 60])("as SOGo gives a resource that was deleted and made again its old etag (of %i)", async (count) => {
		const client = await PullClient.start(count);
		await client.pull();
		const etag = client.calendar.resources.get("e1.ics")?.etag ?? "";
		put(client.calendar, "e1", "Second life");
		const { ics, scheduleTag } = client.calendar.resources.get("e1.ics") ?? { ics: "", scheduleTag: "" };
		client.calendar.resources.set("e1.ics", { ics, etag, scheduleTag });
		const pages = await client.pull();
		expect(pages.flatMap(({ changed }) => changed.map(({ id, raw }) => [id, raw]))).toEqual([[idOf("e1"), ics]]);
		expect(client.known.size).toBe(count);
	});

	test("and where it names most of a small calendar, all of it is compared besides", async () => {
		const client = await PullClient.start(3);
		await client.pull();
		for (const [name, stored] of [...client.calendar.resources]) {
			client.calendar.put(name, stored.ics);
			client.calendar.resources.set(name, stored);
		}
		client.server.takeRequests();
		const pages = await client.pull();
		expect(pages.at(-1)).toMatchObject({ mode: "full", complete: true });
		expect(changedIds(pages).sort()).toEqual([idOf("e0"), idOf("e1"), idOf("e2")]);
	});
});

describe("a token forgotten in silence", () => {
	test("of a large calendar: only what differs is asked for, and what is gone is noticed", async () => {
		const client = await PullClient.start(60, { badTokenStatus: "forgotten" });
		await client.pull();
		client.calendar.remove("e7.ics");
		put(client.calendar, "e8", "Changed");
		client.calendar.epoch++;
		const pages = await client.pull();
		expect(changedIds(pages)).toEqual([idOf("e8")]);
		expect(client.known.size).toBe(59);
		client.server.takeRequests();
		expect(changedIds(await client.pull())).toEqual([]);
		expect(client.server.takeRequests()).toEqual(["REPORT sync-collection"]);
	});

	test("of a calendar whose every known event is gone while others came", async () => {
		const client = await PullClient.start(1, { badTokenStatus: "forgotten" });
		await client.pull();
		client.calendar.remove("e0.ics");
		put(client.calendar, "new");
		client.calendar.epoch++;
		await client.pull();
		expect([...client.known.keys()]).toEqual([idOf("new")]);
	});

	test("of a calendar that has become empty", async () => {
		const client = await PullClient.start(2, { badTokenStatus: "forgotten" });
		await client.pull();
		client.calendar.remove("e0.ics");
		client.calendar.remove("e1.ics");
		client.calendar.epoch++;
		await client.pull();
		expect(client.known.size).toBe(0);
	});
});

describe("pages are handed on while the answer arrives", () => {
	test("the first page is there before the body has ended, and reading on gives the rest", async () => {
		const client = await PullClient.start(600);
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
		const client = await PullClient.start(600);
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
		const client = await PullClient.start(400);
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
		const client = await PullClient.start(120);
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
		expect(countOf(client.server.takeRequests(), "calendar-multiget")).toBe(2);
	});
});

describe("servers that do not keep their word", () => {
	test("a change that the report hides is found by the daily comparison; the report is then left alone", async () => {
		const client = await PullClient.start(3, { hiddenFromSync: (name) => name === "e1.ics" });
		await client.pull();
		put(client.calendar, "e1", "Hidden");
		put(client.calendar, "e2", "Shown");
		expect(changedIds(await client.pull())).toEqual([idOf("e2")]);
		client.now += 2 * DAY;
		expect(changedIds(await client.pull())).toEqual([idOf("e1")]);
		put(client.calendar, "e1", "Hidden again");
		client.server.takeRequests();
		expect(changedIds(await client.pull())).toEqual([idOf("e1")]);
		expect(countOf(client.server.takeRequests(), "sync-collection")).toBe(0);
	});

	test("after a week it is tried again, and trusted again once it is mended", async () => {
		const client = await PullClient.start(3, { sync: { refused: 403 } });
		await client.pull();
		client.server.quirks = {};
		put(client.calendar, "e1", "New");
		await client.pull();
		expect(countOf(client.server.takeRequests(), "sync-collection")).toBe(0);
		client.now += 8 * DAY;
		await client.pull();
		client.server.takeRequests();
		await client.pull();
		expect(client.server.takeRequests()).toEqual(["REPORT sync-collection"]);
	});

	test("the daily comparison of a healthy calendar fetches and changes nothing", async () => {
		const client = await PullClient.start(3);
		await client.pull();
		client.now += 2 * DAY;
		const pages = await client.pull();
		expect(pages).toMatchObject([{ mode: "full", complete: true, changed: [], removed: [] }]);
		expect(pages[0]?.unchanged).toHaveLength(3);
		expect(client.server.takeRequests()).toEqual(["PROPFIND propfind", "REPORT sync-collection"]);
	});

	test("a ctag that moves for nothing is looked into three times, not for ever", async () => {
		const client = await PullClient.start(2);
		await client.pull();
		const listings: number[] = [];
		for (let round = 0; round < 6; round++) {
			client.server.quirks.ctag = false;
			const calendar = await client.list();
			const moved = { ...calendar, settings: { ...calendar.settings, ctag: `moved-${round}` } };
			client.list = async () => moved;
			client.server.takeRequests();
			await client.pull();
			listings.push(countOf(client.server.takeRequests(), "PROPFIND"));
			Reflect.deleteProperty(client, "list");
		}
		expect(listings).toEqual([1, 1, 1, 0, 0, 0]);
	});

	test("truncation that does not advance ends in a comparison", async () => {
		const client = await PullClient.start(2);
		await client.pull();
		put(client.calendar, "e0", "New");
		const stuck = `<D:multistatus xmlns:D="DAV:"><D:response><D:href>/calendars/user/work/</D:href><D:status>HTTP/1.1 507 X</D:status></D:response><D:sync-token>${client.cursor?.token}</D:sync-token></D:multistatus>`;
		client.server.quirks.intercept = ({ report }) =>
			report === "sync-collection" ? { status: 207, body: stuck } : null;
		expect(changedIds(await client.pull())).toEqual([idOf("e0")]);
		expect(countOf(client.server.takeRequests(), "sync-collection")).toBe(1);
	});

	test("an unchanged calendar whose token was forgotten fetches nothing and deletes nothing", async () => {
		const client = await PullClient.start(5);
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
		const client = await PullClient.start(2, { noEtags: true, sync: false, ctag: false });
		expect(changedIds(await client.pull())).toHaveLength(2);
		client.calendar.remove("e0.ics");
		await client.pull();
		expect([...client.known.keys()]).toEqual([idOf("e1")]);
	});

	test("a member that vanishes between report and multiget is removed", async () => {
		const client = await PullClient.start(3);
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
	const withhold = (client: PullClient, uid: string, status = 403) => {
		client.server.quirks.hiddenFromMultiget = (name) => name === `${uid}.ics`;
		client.server.quirks.intercept = ({ method }) => (method === "GET" ? { status } : null);
	};

	test("stays as it is known, and is asked for again", async () => {
		const client = await PullClient.start(3);
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
		const client = await PullClient.start(3);
		withhold(client, "e1");
		const pages = await client.pull();
		const placeholder = pages.flatMap(({ changed }) => changed).find(({ id }) => id === idOf("e1"));
		expect(placeholder).toMatchObject({ etag: null, events: [], raw: "" });
		expect(placeholder?.warnings).toHaveLength(1);
		client.server.quirks = {};
		expect(changedIds(await client.pull())).toEqual([idOf("e1")]);
	});

	test("a server that stumbles over everything is a failure, not an empty calendar", async () => {
		const client = await PullClient.start(3);
		client.server.quirks.intercept = ({ method, report }) =>
			method === "GET" || report.startsWith("calendar-") ? { status: 500 } : null;
		await expect(client.pull()).rejects.toMatchObject({ kind: "unavailable", reason: "server_error" });
	});
});

test("the account's own addresses mark its person among the participants", async () => {
	const client = await PullClient.start(0);
	const attendees =
		"ORGANIZER:mailto:boss@example.org\r\nATTENDEE:mailto:user@example.org\r\nATTENDEE:mailto:boss@example.org\r\n";
	const { ics } = fixture({ uid: "meeting", title: "Meeting" });
	client.calendar.put("meeting.ics", ics.replace("SUMMARY:", `${attendees}SUMMARY:`));
	const [page] = await client.pull();
	const participants = page?.changed[0]?.events[0]?.participants ?? [];
	expect(participants.filter(({ self }) => self).map(({ email }) => email)).toEqual(["user@example.org"]);
});
