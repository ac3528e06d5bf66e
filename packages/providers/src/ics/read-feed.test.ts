import { parseCalendar } from "@kalends/model";
import fc from "fast-check";
import { expect, test } from "vitest";
import { feedOf } from "../testing/feed-server.ts";
import { scanFeed } from "./feed-scan.ts";
import { examineFeed, feedProperties, readSlices } from "./read-feed.ts";

const OPTIONS = { feedId: "feed", defaultZone: "Europe/Oslo" };

/** Zones with offsets of their own and enough text that not all go along with every event. */
const zone = (index: number) =>
	[
		"BEGIN:VTIMEZONE",
		`TZID:Zone ${index}`,
		`X-PADDING:${"p".repeat(3000)}`,
		"BEGIN:STANDARD",
		"DTSTART:19700101T000000",
		"TZOFFSETFROM:+0000",
		`TZOFFSETTO:+${String(index).padStart(2, "0")}15`,
		"END:STANDARD",
		"END:VTIMEZONE",
	].join("\r\n");

/** With a UID that is not the event's. */
const ALARM = ["BEGIN:VALARM", "UID:uid-1", "ACTION:DISPLAY", "TRIGGER:-PT5M", "END:VALARM"];
const tzid = fc.integer({ min: 0, max: 6 }).map((index) => `;TZID=Zone ${index}`);
const day = fc.integer({ min: 1, max: 28 }).map((value) => `202603${String(value).padStart(2, "0")}`);
const event = fc
	.record({
		uid: fc.option(fc.integer({ min: 0, max: 120 }), { freq: 8 }),
		name: fc.constantFrom("UID", "uid", "UID;X-A=b"),
		zone: fc.oneof(fc.constant(""), tzid, fc.constant(";TZID=\r\n Zone 3")),
		day,
		recurrenceId: fc.option(day),
		sequence: fc.integer({ min: 0, max: 1 }),
		title: fc.constantFrom("Alpha", "Grüße, 世界", "fol\r\n ded", "BEGIN:VEVENT", "END:VEVENT", "DTSTAMP:1"),
		alarm: fc.constantFrom("none", "first", "last"),
		type: fc.constantFrom("VEVENT", "VEVENT", "VEVENT", "VTODO", "VJOURNAL"),
	})
	.map((each) =>
		[
			`BEGIN:${each.type}`,
			...(each.alarm === "first" ? ALARM : []),
			"DTSTAMP:20260101T000000Z",
			...(each.uid === null ? [] : [`${each.name}:uid-${each.uid}`]),
			`DTSTART${each.zone}:${each.day}T090000`,
			...(each.recurrenceId === null ? [] : [`RECURRENCE-ID${each.zone}:${each.recurrenceId}T090000`]),
			`SUMMARY:${each.title}`,
			`SEQUENCE:${each.sequence}`,
			...(each.alarm === "last" ? ALARM : []),
			`END:${each.type}`,
		].join("\r\n"),
	);
const calendar = fc
	.record({ events: fc.array(event, { maxLength: 120, size: "max" }), zonesLast: fc.boolean(), named: fc.boolean() })
	.map(({ events, zonesLast, named }) => {
		const zones = Array.from({ length: 6 }, (_, index) => zone(index));
		const header = named ? ["X-WR-CALNAME:Named", "X-WR-TIMEZONE:Asia/Tokyo"] : [];
		return feedOf(zonesLast ? [...events, ...zones] : [...zones, ...events], header);
	});

test("a feed read in slices is the feed read whole", async () => {
	await fc.assert(
		fc.asyncProperty(fc.array(calendar, { minLength: 1, maxLength: 3 }), async (calendars) => {
			const text = calendars.join("");
			const feed = await examineFeed(Buffer.from(text), "host");
			const slices = await Array.fromAsync(readSlices(feed, new Map(), OPTIONS));
			const sliced = slices.flatMap(({ changed }) => changed.map(({ id, etag, events }) => ({ id, etag, events })));
			const whole = parseCalendar(text, OPTIONS);
			const expected = whole.groups.map((group) => ({
				id: group.uid,
				etag: group.contentHash(),
				events: group.events,
			}));
			const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
			expect(sliced.sort(byId)).toEqual(expected.sort(byId));
			expect(slices.map(({ isLast }) => isLast).indexOf(true)).toBe(slices.length - 1);
			const { name, timeZone, color, refreshInterval } = whole;
			expect(feedProperties(feed)).toEqual({ name, timeZone, color, refreshInterval });
		}),
		{ numRuns: 40 },
	);
});

test("the raw text of a slice's resource reads as the same resource", async () => {
	const events = ["BEGIN:VEVENT", "UID:a", "DTSTART;TZID=Zone 3:20260301T090000", "X-KEPT:yes", "END:VEVENT"];
	const feed = await examineFeed(Buffer.from(feedOf([zone(1), zone(2), zone(3), zone(4), ...events])), "host");
	const [slice] = await Array.fromAsync(readSlices(feed, new Map(), OPTIONS));
	const [resource] = slice?.changed ?? [];
	expect(resource?.raw).toContain("X-KEPT:yes");
	expect(parseCalendar(resource?.raw ?? "", OPTIONS).groups.map(({ events }) => events)).toEqual([resource?.events]);
});

test("any bytes are scanned without a fault, and a prefix of a feed is never whole", async () => {
	const whole = Buffer.from(feedOf([zone(1), "BEGIN:VEVENT\r\nUID:a\r\nDTSTART:20260301T090000Z\r\nEND:VEVENT"]));
	await fc.assert(
		fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.nat(whole.length - 3), async (noise, cut) => {
			await scanFeed(noise);
			expect((await scanFeed(whole.subarray(0, cut))).isWhole).toBe(false);
		}),
	);
});

test("the digest moves with every byte but those of DTSTAMP", async () => {
	const feed = (stamp: string, title: string) =>
		feedOf([`BEGIN:VEVENT\r\nUID:a\r\nDTSTAMP:${stamp}\r\nSUMMARY:${title}\r\nEND:VEVENT`]);
	const digest = async (text: string) => (await scanFeed(Buffer.from(text))).digest;
	expect(await digest(feed("20260101T000000Z", "A"))).toBe(await digest(feed("20270101T000000Z", "A")));
	expect(await digest(feed("20260101T000000Z", "A"))).not.toBe(await digest(feed("20260101T000000Z", "B")));
	expect(await digest(`${feed("20260101T000000Z", "A")}X`)).not.toBe(await digest(feed("20260101T000000Z", "A")));
});
