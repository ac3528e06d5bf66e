import { describe, expect, test } from "vitest";
import { answer } from "../../testing/caldav/answers.ts";
import { judgeHomeListing, toRemoteCalendars } from "./list.ts";
import { versionOf } from "./version.ts";

const now = Date.parse("2026-01-01T00:00:00Z");
const home = "https://p42.example.com/12/calendars/";
const exchange = { method: "PROPFIND", url: new URL(home) };
const ALL = "<d:privilege><d:all/></d:privilege>";
const READ = "<d:privilege><d:read/></d:privilege>";

interface Entry {
	readonly href: string;
	readonly types?: string;
	readonly props?: string;
	readonly status?: number;
}

async function list(entries: readonly Entry[], principal = "https://caldav.example.com/12/principal/") {
	const body = entries.map(({ href, types = "<d:collection/><c:calendar/>", props = "", status }) => {
		const content =
			status === undefined
				? `<d:propstat><d:prop><d:resourcetype>${types}</d:resourcetype>${props}</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat>`
				: `<d:status>HTTP/1.1 ${status} X</d:status>`;
		return `<d:response><d:href>${href}</d:href>${content}</d:response>`;
	});
	const document = `<d:multistatus xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav" xmlns:cs="http://calendarserver.org/ns/" xmlns:ical="http://apple.com/ns/ical/">${body.join("")}</d:multistatus>`;
	const listing = await judgeHomeListing(answer(207, document, {}, home), exchange, now);
	return {
		listing,
		calendars: toRemoteCalendars([listing], {
			principal: new URL(principal),
			addresses: [],
			sendsInvitations: false,
			now,
		}),
	};
}

const only = async (entry: Entry) => {
	const { calendars } = await list([entry]);
	const [calendar] = calendars;
	if (calendar === undefined) throw new Error("not listed");
	return calendar;
};

describe("what is listed", () => {
	test("calendars of events, and nothing else", async () => {
		const components = (...names: readonly string[]) =>
			`<c:supported-calendar-component-set>${names.map((name) => `<c:comp name="${name}"/>`).join("")}</c:supported-calendar-component-set>`;
		const { calendars, listing } = await list([
			{ href: "/12/calendars/", types: "<d:collection/>", props: "<d:getetag>x</d:getetag>" },
			{ href: "/12/calendars/all/" },
			{ href: "/12/calendars/both/", props: components("VTODO", "vevent") },
			{ href: "/12/calendars/empty-set/", props: components() },
			{ href: "/12/calendars/tasks/", props: components("VTODO") },
			{ href: "/12/calendars/feed/", types: "<d:collection/><c:calendar/><cs:subscribed/>" },
			{ href: "/12/calendars/inbox/", types: "<d:collection/><c:schedule-inbox/>" },
			{ href: "/12/calendars/outbox/", types: "<d:collection/><c:schedule-outbox/>" },
			{ href: "/12/calendars/notification/", types: "<d:collection/><cs:notification/>" },
			{ href: "/12/calendars/folder/", types: "<d:collection/>" },
			{ href: "/12/calendars/locked/", status: 403 },
			{ href: `/12/calendars/${"long".repeat(1_000)}/` },
		]);
		expect(calendars.map(({ name }) => name)).toEqual(["all", "both", "empty-set"]);
		expect(listing.folders.map(({ pathname }) => pathname)).toEqual(["/12/calendars/folder/"]);
	});

	test("a calendar that answers with an error of its own is there, unless that says that it is gone", async () => {
		const entry = (name: string, status: number) => ({ href: `/12/calendars/${name}/`, status });
		const { listing, calendars } = await list([
			{ href: "/12/calendars/", types: "<d:collection/>" },
			...[401, 403, 404, 410, 423, 500, 507].map((status) => entry(`c${status}`, status)),
		]);
		expect(calendars).toEqual([]);
		expect(listing.failed.map(({ url, failure }) => [url.pathname, failure.kind])).toEqual([
			["/12/calendars/c401/", "forbidden"],
			["/12/calendars/c403/", "forbidden"],
			["/12/calendars/c423/", "invalid"],
			["/12/calendars/c500/", "unavailable"],
			["/12/calendars/c507/", "unavailable"],
		]);
	});

	test("a failure of the home itself, wrapped in the answer, is thrown", async () => {
		await expect(list([{ href: "/12/calendars/", status: 404 }])).rejects.toMatchObject({ kind: "not_found" });
	});

	test("ids are paths; the same path on a second host is told apart; the same calendar twice is one", async () => {
		const listing = async (host: string, href: string) => ({
			...(await list([{ href }])).listing,
			calendars: (await list([{ href }])).listing.calendars.map((each) => ({
				...each,
				url: new URL(each.url.pathname, host),
			})),
		});
		const listings = [
			await listing("https://a.test", "/c%40/x"),
			await listing("https://a.test", "/c@/x/"),
			await listing("https://b.test", "/c@/x/"),
		];
		const calendars = toRemoteCalendars(listings, { principal: null, addresses: [], sendsInvitations: false, now });
		expect(calendars.map(({ id }) => id)).toEqual(["/c%40/x/", "https://b.test/c%40/x/"]);
	});
});

describe("a calendar's properties", () => {
	test.each([
		["#FF8800CC", "#ff8800"],
		["#Ff8800", "#ff8800"],
		["f80", "#ff8800"],
		["red", null],
		["#12345", null],
	])("colour %s is %s", async (written, color) => {
		const props = `<ical:calendar-color symbolic-color="x">\n${written}</ical:calendar-color>`;
		expect((await only({ href: "/c/", props })).color).toBe(color);
	});

	test.each([
		[
			"<c:calendar-timezone>BEGIN:VCALENDAR\r\nBEGIN:VTIMEZONE\r\nTZID:Europe/Ber\r\n lin\r\nEND:VTIMEZONE\r\nEND:VCALENDAR</c:calendar-timezone>",
			"Europe/Berlin",
		],
		["<c:calendar-timezone>BEGIN:VTIMEZONE\nTZID:W. Europe Standard Time\n</c:calendar-timezone>", "Europe/Berlin"],
		["<c:calendar-timezone-id>Asia/Tokyo</c:calendar-timezone-id>", "Asia/Tokyo"],
		["<c:calendar-timezone>BEGIN:VTIMEZONE\nTZID:Nowhere/Land\n</c:calendar-timezone>", null],
		["<c:calendar-timezone></c:calendar-timezone>", null],
		["", null],
	])("the zone of %j is %s", async (props, zone) => {
		expect((await only({ href: "/c/", props })).timeZone).toBe(zone);
	});

	const owned = "<d:owner><d:href>/12/principal</d:href></d:owner>";
	const set = (privileges: string) => `<d:current-user-privilege-set>${privileges}</d:current-user-privilege-set>`;
	test.each([
		["", "write"],
		[owned, "owner"],
		[owned + set(ALL), "owner"],
		[set(ALL), "write"],
		[set(`${READ}<d:privilege><d:write-content/></d:privilege>`), "write"],
		[owned + set(READ), "read"],
		[set(`${READ}<d:privilege><c:read-free-busy/></d:privilege>`), "read"],
		[set("<d:privilege><c:read-free-busy/></d:privilege>"), "free_busy"],
	] as const)("access of %j is %s", async (props, access) => {
		expect((await only({ href: "/c/", props })).access).toBe(access);
	});

	test("reports, token, ctag and size are kept for the pull", async () => {
		const report =
			"<d:supported-report-set><d:supported-report><d:report><d:sync-collection/></d:report></d:supported-report></d:supported-report-set>";
		const state =
			"<d:sync-token>t</d:sync-token><cs:getctag>c</cs:getctag><c:max-resource-size>1000</c:max-resource-size>";
		expect((await only({ href: "/c/", props: report + state })).settings).toMatchObject({
			url: "https://p42.example.com/c/",
			sync: true,
			ctag: "c",
			token: "t",
			maxResourceSize: 1000,
		});
		expect(
			(await only({ href: "/c/", props: "<d:supported-report-set/><d:sync-token>t</d:sync-token>" })).settings.sync,
		).toBe(false);
		expect((await only({ href: "/c/", props: "<d:sync-token>t</d:sync-token>" })).settings.sync).toBe(true);
		expect((await only({ href: "/c/" })).settings.sync).toBe(false);
	});

	test("the inbox names the default calendar", async () => {
		const { calendars } = await list([
			{ href: "/12/calendars/a/" },
			{ href: "/12/calendars/b/" },
			{
				href: "/12/calendars/inbox/",
				types: "<d:collection/><c:schedule-inbox/>",
				props: "<c:schedule-default-calendar-URL><d:href>/12/calendars/b</d:href></c:schedule-default-calendar-URL>",
			},
		]);
		expect(calendars.map(({ primary }) => primary)).toEqual([false, true]);
	});
});

describe("the version", () => {
	const base = { id: "/c/", ctag: "c", token: "t", now };
	test("moves with ctag and token, once a day, and is unknown without either", () => {
		expect(versionOf(base)).toBe(versionOf({ ...base, now: now + 1 }));
		expect(versionOf({ ...base, ctag: "d" })).not.toBe(versionOf(base));
		expect(versionOf({ ...base, token: "u" })).not.toBe(versionOf(base));
		const day = new Set(Array.from({ length: 48 }, (_, half) => versionOf({ ...base, now: now + half * 1_800_000 })));
		expect(day.size).toBe(2);
		expect(versionOf({ ...base, ctag: null, token: null })).toBeNull();
	});
});

describe("whether sync-collection may be used", () => {
	const reports = (content: string) => `<d:supported-report-set>${content}</d:supported-report-set>`;

	test.each([
		[
			"named in a report",
			reports("<d:supported-report><d:report><d:sync-collection/></d:report></d:supported-report>"),
		],
		[
			"named without the report around it, as xandikos does",
			reports("<d:supported-report><d:sync-collection/></d:supported-report>"),
		],
		["not told, but there is a token", "<d:sync-token>t</d:sync-token>"],
	])("yes: %s", async (_, props) => {
		expect((await only({ href: "/12/calendars/a/", props })).settings).toMatchObject({ sync: true });
	});

	test.each([
		[
			"other reports only",
			reports("<d:supported-report><d:report><d:expand-property/></d:report></d:supported-report>"),
		],
		["neither reports nor token", ""],
	])("no: %s", async (_, props) => {
		expect((await only({ href: "/12/calendars/a/", props })).settings).toMatchObject({ sync: false });
	});
});

describe("stamps in whole seconds", () => {
	const second = now / 1000;
	const at = (ctag: string | number, token = "t") =>
		only({
			href: "/12/calendars/a/",
			props: `<cs:getctag>${ctag}</cs:getctag><d:sync-token>${token}</d:sync-token>`,
		});

	test.each([`${second}`, `${second - 2}`, `"${second + 1}-7"`])(
		"%s, made just now, says nothing yet",
		async (ctag) => {
			expect(await at(ctag)).toMatchObject({ version: null, settings: { ctag: null, token: "t" } });
			expect(await at("c", ctag)).toMatchObject({ version: null, settings: { ctag: "c", token: null } });
		},
	);

	test.each([`${second - 3}`, `${second}0`, "0", "c-12"])("%s is settled", async (ctag) => {
		expect(await at(ctag)).toMatchObject({ version: expect.any(String), settings: { ctag } });
	});

	test("the server's clock counts", async () => {
		const entry = `<d:response><d:href>/12/calendars/a/</d:href><d:propstat><d:prop><d:resourcetype><d:collection/><c:calendar/></d:resourcetype><cs:getctag>${second - 500}</cs:getctag></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>`;
		const document = `<d:multistatus xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav" xmlns:cs="http://calendarserver.org/ns/">${entry}</d:multistatus>`;
		const date = new Date((second - 500) * 1000).toUTCString();
		const listing = await judgeHomeListing(answer(207, document, { date }, home), exchange, now);
		const [calendar] = toRemoteCalendars([listing], { principal: null, addresses: [], sendsInvitations: false, now });
		expect(calendar?.version).toBeNull();
	});
});
