import type { CalendarEvent } from "@kalends/model";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connectFeed, eventsOf } from "../testing/feed-reader.ts";
import { type FeedServer, feedOf, startFeedServer } from "../testing/feed-server.ts";
import { icsProvider } from "./ics-provider.ts";

let server: FeedServer;
let feeds = 0;
beforeAll(async () => {
	server = await startFeedServer();
});
afterAll(() => server.close());

/** Serves a body, connects, pulls, and pulls again: what is broken must be read alike each time. */
async function read(body: string | Uint8Array) {
	const path = `/broken-${++feeds}.ics`;
	server.serve(path, body);
	const reader = await connectFeed(icsProvider(), new URL(path, server.url).href);
	const pages = await reader.pull();
	// A trailing blank line is another body with the same content.
	server.serve(path, Buffer.concat([Buffer.from(body), Buffer.from("\r\n")]));
	const again = await reader.pull();
	expect(again.flatMap(({ changed }) => changed)).toEqual([]);
	expect(again.flatMap(({ unchanged }) => [...unchanged]).sort()).toEqual([...reader.known.keys()].sort());
	const resources = pages.flatMap(({ changed }) => changed);
	return { events: eventsOf(pages), resources, warnings: resources.flatMap(({ warnings }) => warnings) };
}

const event = (...lines: readonly string[]) => ["BEGIN:VEVENT", ...lines, "END:VEVENT"].join("\r\n");
const at = (start: string, ...more: readonly string[]) =>
	event("UID:one", "DTSTAMP:20260101T000000Z", `DTSTART${start}`, "SUMMARY:One", ...more);
const other = event("UID:other", "DTSTAMP:20260101T000000Z", "DTSTART:20260302T090000Z", "SUMMARY:Other");

/** The one event besides `other`, which must always be there. */
function one(events: readonly CalendarEvent[]): CalendarEvent {
	expect(events.filter(({ uid }) => uid === "other")).toHaveLength(1);
	const rest = events.filter(({ uid }) => uid !== "other");
	expect(rest).toHaveLength(1);
	const [first] = rest;
	if (first === undefined) throw new Error("no event");
	return first;
}

test("UID missing or empty: a UID that stays", async () => {
	const nameless = [
		event("DTSTART:20260301T090000Z", "SUMMARY:Nameless"),
		event("UID:", "DTSTART:20260301T090000Z", "SUMMARY:Other nameless"),
		event("UID:  ", "DTSTART:20260308T090000Z", "SUMMARY:Nameless"),
	];
	const first = await read(feedOf([...nameless, other]));
	const uids = first.events.map(({ uid }) => uid);
	expect(new Set(uids).size).toBe(4);
	const reordered = await read(feedOf([other, ...nameless.toReversed()]));
	expect(reordered.events.map(({ uid }) => uid).sort()).toEqual(uids.sort());
});

test("the same event twice without a UID is one resource", async () => {
	const twin = event("DTSTART:20260301T090000Z", "SUMMARY:Twin");
	const { resources } = await read(feedOf([twin, other, twin]));
	expect(resources).toHaveLength(2);
});

test("the same UID twice: the higher SEQUENCE, then the later DTSTAMP, wins", async () => {
	const version = (sequence: number, stamp: string, title: string) =>
		event("UID:one", `DTSTAMP:${stamp}`, `SEQUENCE:${sequence}`, "DTSTART:20260301T090000Z", `SUMMARY:${title}`);
	const bySequence = [version(2, "20260101T000000Z", "New"), other, version(1, "20260105T000000Z", "Old")];
	expect(one((await read(feedOf(bySequence))).events).title).toBe("New");
	const byStamp = [version(1, "20260101T000000Z", "Old"), other, version(1, "20260105T000000Z", "New")];
	expect(one((await read(feedOf(byStamp))).events).title).toBe("New");
});

test("the same UID for different events keeps both, as resources of their own", async () => {
	const { events, resources } = await read(
		feedOf([at(":20260301T090000Z"), other, at(":20260308T090000Z"), at(":20260315T090000Z")]),
	);
	expect(events.map(({ start }) => start.type === "zoned" && start.instant).sort()).toEqual([
		"2026-03-01T09:00:00Z",
		"2026-03-02T09:00:00Z",
		"2026-03-08T09:00:00Z",
		"2026-03-15T09:00:00Z",
	]);
	expect(new Set(resources.map(({ id }) => id)).size).toBe(4);
});

test("master and override in separate VCALENDARs are one resource", async () => {
	const master = at(":20260301T090000Z", "RRULE:FREQ=DAILY;COUNT=3");
	const override = at(":20260302T150000Z", "RECURRENCE-ID:20260302T090000Z");
	const { resources } = await read(feedOf([master]) + feedOf([other]) + feedOf([override]));
	expect(resources.map(({ id, events }) => [id, events.length]).sort()).toEqual([
		["one", 2],
		["other", 1],
	]);
});

test("master and override far apart in a long feed are one resource", async () => {
	const filler = Array.from({ length: 600 }, (_, index) =>
		event(`UID:filler-${index}`, "DTSTART:20260301T090000Z", "SUMMARY:Filler"),
	);
	const master = at(":20260301T090000Z", "RRULE:FREQ=DAILY;COUNT=3");
	const override = at(":20260302T150000Z", "RECURRENCE-ID:20260302T090000Z");
	const { resources } = await read(feedOf([override, ...filler, master, other]));
	expect(resources.find(({ id }) => id === "one")?.events.map(({ recurrence_id }) => recurrence_id === null)).toEqual([
		true,
		false,
	]);
});

test("DTSTAMP missing or twice", async () => {
	const missing = event("UID:one", "DTSTART:20260301T090000Z", "SUMMARY:One");
	expect(one((await read(feedOf([missing, other]))).events).title).toBe("One");
	const twice = at(":20260301T090000Z", "DTSTAMP:20270101T000000Z");
	expect(one((await read(feedOf([twice, other]))).events).title).toBe("One");
});

test("DTEND and DURATION both: the later one is dropped", async () => {
	const both = at(":20260301T090000Z", "DTEND:20260301T100000Z", "DURATION:PT5H");
	expect(one((await read(feedOf([both, other]))).events).end).toMatchObject({ instant: "2026-03-01T10:00:00Z" });
});

test("DTEND before DTSTART: no length, and a day for dates", async () => {
	const timed = at(":20260301T090000Z", "DTEND:20260301T080000Z");
	expect(one((await read(feedOf([timed, other]))).events).end).toMatchObject({ instant: "2026-03-01T09:00:00Z" });
	const dated = at(";VALUE=DATE:20260301", "DTEND;VALUE=DATE:20260228");
	expect(one((await read(feedOf([dated, other]))).events).end).toEqual({ type: "date", date: "2026-03-02" });
	const equal = at(";VALUE=DATE:20260301", "DTEND;VALUE=DATE:20260301");
	expect(one((await read(feedOf([equal, other]))).events).end).toEqual({ type: "date", date: "2026-03-02" });
});

test("CREATED in the year 0 is dropped", async () => {
	expect(one((await read(feedOf([at(":20260301T090000Z", "CREATED:00001231T000000Z"), other]))).events)).toMatchObject({
		created_at: null,
	});
});

test("COMPLETED as a date, in a todo beside events, harms none", async () => {
	const todo = "BEGIN:VTODO\r\nUID:todo\r\nCOMPLETED;VALUE=DATE:20260301\r\nEND:VTODO";
	expect(one((await read(feedOf([todo, at(":20260301T090000Z"), other]))).events).title).toBe("One");
});

test("whitespace after values", async () => {
	const spaced = "BEGIN:VEVENT \r\nUID:one \r\nDTSTART:20260301T090000Z \r\nSUMMARY:One\r\nEND:VEVENT\t";
	const body = `BEGIN:VCALENDAR \r\n${spaced}\r\n${other}\r\nEND:VCALENDAR  \r\n`;
	expect(one((await read(body)).events)).toMatchObject({ uid: "one", start: { instant: "2026-03-01T09:00:00Z" } });
});

test("no VERSION and no PRODID, lower case, bare LF, a byte order mark, no last line break", async () => {
	const body = `\ufeffbegin:vcalendar\n${at(":20260301T090000Z")}\n${other}\nend:vcalendar`.replaceAll("\r", "");
	expect(one((await read(body)).events).title).toBe("One");
});

test("UTF-16 with a byte order mark", async () => {
	const text = `\ufeff${feedOf([at(":20260301T090000Z", "LOCATION:Zürich, 世界"), other])}`;
	expect(one((await read(Buffer.from(text, "utf16le"))).events).location).toBe("Zürich, 世界");
});

test("a date without VALUE=DATE", async () => {
	expect(one((await read(feedOf([at(":20260301"), other]))).events).start).toEqual({
		type: "date",
		date: "2026-03-01",
	});
});

test("TZID on a UTC time is ignored", async () => {
	const start = one((await read(feedOf([at(";TZID=Europe/Oslo:20260301T090000Z"), other]))).events).start;
	expect(start).toMatchObject({ instant: "2026-03-01T09:00:00Z" });
});

test("long unfolded lines, blank lines, lines folded inside a character", async () => {
	const text = feedOf([at(":20260301T090000Z", `DESCRIPTION:${"long ".repeat(2000)}`, "", "LOCATION:Ö"), "", other]);
	const bytes = Buffer.from(text);
	const inside = bytes.indexOf("Ö") + 1;
	const folded = Buffer.concat([bytes.subarray(0, inside), Buffer.from("\r\n "), bytes.subarray(inside)]);
	const { description, location } = one((await read(folded)).events);
	expect([description.length, location]).toEqual([10_000, "Ö"]);
});

test("a Windows zone without a VTIMEZONE, a path-style one, and one that only the file defines", async () => {
	const start = async (tzid: string, header: readonly string[] = []) =>
		one((await read(feedOf([at(`;TZID=${tzid}:20260301T090000`), other], header))).events).start;
	expect(await start("W. Europe Standard Time")).toMatchObject({ zone: "Europe/Berlin" });
	expect(await start("/freeassociation.sourceforge.net/Europe/Paris")).toMatchObject({ zone: "Europe/Paris" });
	const custom = [
		"BEGIN:VTIMEZONE",
		"TZID:Customized Time Zone",
		"BEGIN:STANDARD",
		"DTSTART:16010101T000000",
		"TZOFFSETFROM:+0130",
		"TZOFFSETTO:+0130",
		"END:STANDARD",
		"END:VTIMEZONE",
	];
	expect(await start("Customized Time Zone", custom)).toMatchObject({ zone: null, instant: "2026-03-01T07:30:00Z" });
	expect(await start('"Customized Time Zone"', ["X-WR-TIMEZONE:Europe/Oslo"])).toMatchObject({
		instant: "2026-03-01T08:00:00Z",
		uncertain: true,
	});
});

test("a component that never ends, and text around the calendar", async () => {
	const unended = "BEGIN:VEVENT\r\nUID:one\r\nDTSTART:20260301T090000Z\r\nBEGIN:VALARM\r\nTRIGGER:-PT5M";
	const body = `<br />\nWarning: something\n${feedOf([unended, other])}<!-- served in 3 ms -->`;
	expect(one((await read(body)).events).start).toMatchObject({ instant: "2026-03-01T09:00:00Z" });
});

test("one unusable component harms no other", async () => {
	const { events, resources } = await read(
		feedOf([event("UID:bad", "DTSTART:someday"), at(":20260301T090000Z"), other]),
	);
	expect(one(events).uid).toBe("one");
	expect(resources.find(({ id }) => id === "bad")).toMatchObject({ events: [], warnings: [expect.any(String)] });
});

test("an event with tens of thousands of guests costs neither itself nor the feed", async () => {
	const guests = Array.from({ length: 25_000 }, (_, index) => `ATTENDEE:mailto:guest${index}@example.com`);
	const { events } = await read(feedOf([at(":20260301T090000Z", ...guests), other]));
	expect(one(events).participants.length).toBeGreaterThan(1_000);
});

test("UIDs that are too long or hold control characters get short ids", async () => {
	const long = `${"u".repeat(5000)}@example.com`;
	const { resources } = await read(
		feedOf([
			event(`UID:${long}`, "DTSTART:20260301T090000Z"),
			event("UID:a\u0007b", "DTSTART:20260301T090000Z"),
			other,
		]),
	);
	expect(resources).toHaveLength(3);
	for (const { id } of resources) expect(id).toMatch(/^\P{Cc}{1,255}$/u);
});
