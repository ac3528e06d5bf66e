import { describe, expect, test } from "vitest";
import { parseCalendar } from "./parse.ts";
import { CalendarSyntaxError } from "./syntax-error.ts";
import { calendarText, eventLines, NOW, onlyEvent, parseLines, readOne } from "./testing/read-one.ts";
import { writeCalendar } from "./write.ts";

function reasonOf(text: string | Uint8Array): string {
	try {
		parseCalendar(text);
	} catch (error) {
		if (error instanceof CalendarSyntaxError) return error.reason;
		throw error;
	}
	return "none";
}

const rewrite = (base: string, title = "new") =>
	writeCalendar({
		events: parseCalendar(base).groups.flatMap(({ events }) => events.map((event) => ({ ...event, title }))),
		base,
		now: NOW,
	});

describe("a text that is no calendar", () => {
	test.each([
		["", "not_a_calendar"],
		["<!doctype html><title>Sign in</title>", "not_a_calendar"],
		["BEGIN:VCARD\r\nVERSION:4.0\r\nEND:VCARD\r\n", "not_a_calendar"],
		["BEGIN:VEVENT\r\nDTSTART:20260301T090000Z\r\nEND:VEVENT\r\n", "not_a_calendar"],
		["BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", "truncated"],
		[calendarText(...eventLines()).slice(0, -20), "truncated"],
		[calendarText(...eventLines()).slice(0, -4), "truncated"],
		[`${calendarText(...eventLines())}BEGIN:VCALENDAR\r\n`, "truncated"],
		[`BEGIN:VCALENDAR\r\n${"BEGIN:X\r\nBEGIN:Y\r\n".repeat(50_000)}`, "malformed"],
	])("case %# is $1", (text, reason) => {
		expect(reasonOf(text)).toBe(reason);
		expect(reasonOf(new TextEncoder().encode(text))).toBe(reason);
	});

	test("an empty calendar is a calendar", () => expect(parseLines([]).groups).toEqual([]));
});

describe("UID missing or empty", () => {
	const text = (uid: string, summary = "x") =>
		calendarText(...eventLines(uid, `SUMMARY:${summary}`)).replace("UID:1@example.org\r\n", "");

	test("a stable UID is made up, different for each feed and event", () => {
		const uidOf = (calendar: string, feedId: string) => onlyEvent(parseCalendar(calendar, { feedId })).uid;
		expect(uidOf(text("UID:"), "a")).toBe(uidOf(text("UID: "), "a"));
		expect(uidOf(text("UID:"), "a")).toMatch(/^kalends-[0-9a-f]{40}$/);
		expect(uidOf(text("UID:"), "b")).not.toBe(uidOf(text("UID:"), "a"));
		expect(uidOf(text("UID:", "y"), "a")).not.toBe(uidOf(text("UID:"), "a"));
	});

	test("it is written", () => {
		const base = text("UID:");
		expect(rewrite(base)).toMatch(/\r\nUID:kalends-[0-9a-f]{40}\r\n/);
		expect(rewrite(base)).not.toContain("UID:\r\n");
	});
});

test("a UID too long for an index is known by its hash and written as it was", () => {
	const base = calendarText(...eventLines(`UID:${"u".repeat(5000)}`));
	expect(onlyEvent(parseCalendar(base)).uid).toMatch(/^kalends-[0-9a-f]{40}$/);
	expect(rewrite(base).replaceAll("\r\n ", "")).toContain(`\r\nUID:${"u".repeat(5000)}\r\n`);
});

describe("the same UID twice, no RECURRENCE-ID", () => {
	const titles = (...events: string[][]) =>
		parseLines(events.flatMap((lines) => eventLines(...lines))).groups.map(({ events: found }) =>
			found.map(({ title }) => title),
		);

	test("the higher SEQUENCE wins, wherever it stands", () => {
		expect(titles(["SUMMARY:new", "SEQUENCE:2"], ["SUMMARY:old", "SEQUENCE:1"])).toEqual([["new"]]);
		expect(titles(["SUMMARY:old", "SEQUENCE:1"], ["SUMMARY:new", "SEQUENCE:2"])).toEqual([["new"]]);
	});

	test("then the later DTSTAMP", () => {
		const later = eventLines("SUMMARY:new").map((line) => line.replace("20260101", "20260102"));
		const calendar = parseLines([...later, ...eventLines("SUMMARY:old")]);
		expect(onlyEvent(calendar).title).toBe("new");
	});

	test("equal versions at different times are separate events, and the earliest keeps the UID", () => {
		const later = ["SUMMARY:b", "DTSTART:20260302T090000Z"];
		const expected = [
			{ uid: "1@example.org", events: [{ uid: "1@example.org", title: "a" }] },
			{ uid: "1@example.org#20260302T090000", events: [{ uid: "1@example.org#20260302T090000", title: "b" }] },
		];
		expect(parseLines([...eventLines("SUMMARY:a"), ...eventLines(...later)]).groups).toMatchObject(expected);
		expect(parseLines([...eventLines(...later), ...eventLines("SUMMARY:a")]).groups).toMatchObject(expected);
	});

	test("equal in all is one event", () => expect(titles(["SUMMARY:a"], ["SUMMARY:b"])).toEqual([["a"]]));

	test("of two overrides of one slot the higher SEQUENCE wins", () => {
		const slot = "RECURRENCE-ID:20260308T090000Z";
		expect(titles(["RRULE:FREQ=WEEKLY"], [slot, "SUMMARY:old"], [slot, "SUMMARY:new", "SEQUENCE:1"])).toEqual([
			["", "new"],
		]);
	});
});

describe("master and overrides", () => {
	const master = eventLines("DTSTART;TZID=Europe/Paris:20260301T090000", "RRULE:FREQ=WEEKLY");
	const override = (id: string) => eventLines(id, "DTSTART;TZID=Europe/Paris:20260308T110000");

	test("in separate VCALENDARs are one group, each with the zones of its file", () => {
		const text = calendarText(...override("RECURRENCE-ID;TZID=Europe/Paris:20260308T090000")) + calendarText(...master);
		const [group, ...others] = parseCalendar(text).groups;
		expect(others).toEqual([]);
		expect(group?.events.map(({ recurrence_id }) => recurrence_id === null)).toEqual([true, false]);
		expect(parseCalendar(group?.raw() ?? "").groups.map(({ events }) => events.length)).toEqual([2]);
	});

	test("an override without a master stays one", () => {
		const event = onlyEvent(parseLines(override("RECURRENCE-ID;TZID=Europe/Paris:20260308T090000")));
		expect(event.recurrence_id).toMatchObject({ instant: "2026-03-08T08:00:00Z" });
	});

	test("a date as RECURRENCE-ID of a timed series means the slot of that day", () => {
		const [group] = parseLines([...master, ...override("RECURRENCE-ID;VALUE=DATE:20260308")]).groups;
		expect(group?.events[1]?.recurrence_id).toMatchObject({ type: "zoned", instant: "2026-03-08T08:00:00Z" });
	});

	test("a time as RECURRENCE-ID of an all-day series means its day", () => {
		const days = eventLines("DTSTART;VALUE=DATE:20260301", "RRULE:FREQ=WEEKLY");
		const [group] = parseLines([...days, ...override("RECURRENCE-ID:20260308T000000")]).groups;
		expect(group?.events[1]?.recurrence_id).toEqual({ type: "date", date: "2026-03-08" });
	});

	test("one unusable component does not take the others with it", () => {
		const calendar = parseLines([...eventLines("DTSTART:rubbish", "UID:bad"), ...eventLines("UID:good")]);
		expect(calendar.groups.map(({ uid, events }) => [uid, events.length])).toEqual([
			["bad", 0],
			["good", 1],
		]);
		expect(calendar.groups[0]?.warnings).toHaveLength(1);
		expect(calendar.groups[1]?.warnings).toEqual([]);
	});
});

test("DTSTAMP missing is added; twice, the first is kept", () => {
	const stamps = (base: string) => rewrite(base, "x").match(/DTSTAMP.*/g);
	const once = calendarText(...eventLines("SUMMARY:x"));
	expect(stamps(once.replace(/DTSTAMP.*\r\n/, ""))).toEqual(["DTSTAMP:20260101T000000Z"]);
	expect(stamps(once.replace(/(DTSTAMP.*\r\n)/, "$1DTSTAMP:20250101T000000Z\r\n"))).toEqual([
		"DTSTAMP:20260101T000000Z",
	]);
});

test("COMPLETED as DATE becomes a time in UTC", () =>
	expect(rewrite(calendarText(...eventLines("COMPLETED:20260301")))).toContain("COMPLETED:20260301T000000Z"));

test("trailing white space is no part of structured values", () =>
	expect(
		readOne(
			"DTSTART:20260301T090000Z \t",
			"DTEND;VALUE=DATE-TIME:20260301T100000Z ",
			"STATUS:CANCELLED ",
			"SEQUENCE:4 ",
		),
	).toMatchObject({
		start: { instant: "2026-03-01T09:00:00Z" },
		end: { instant: "2026-03-01T10:00:00Z" },
		status: "cancelled",
		sequence: 4,
	}));

test("VERSION and PRODID missing is accepted; both are written", () => {
	const base = calendarText(...eventLines()).replace(/(VERSION|PRODID).*\r\n/g, "");
	expect(rewrite(base)).toMatch(/^BEGIN:VCALENDAR\r\nVERSION:2\.0\r\nPRODID:.+\r\n/);
});

test("blank lines, bare LF, unfolded long lines, names in small letters", () => {
	const text = calendarText(...eventLines(`SUMMARY:${"long ".repeat(100)}`))
		.replaceAll("\r\n", "\n\n")
		.replace("SUMMARY", "summary");
	expect(onlyEvent(parseCalendar(text)).title).toBe("long ".repeat(100));
});

test("a METHOD is never written", () =>
	expect(rewrite(calendarText("METHOD:REQUEST", ...eventLines()))).not.toContain("METHOD"));

test("a zone that nothing defines rests on X-WR-TIMEZONE, else the calendar's own, and says so", () => {
	const lines = eventLines("DTSTART;TZID=Customized Time Zone:20260701T090000");
	const start = (text: readonly string[], defaultZone: string | null) =>
		onlyEvent(parseLines(text, { defaultZone })).start;
	const uncertain = { zone: null, tzid: "Customized Time Zone", uncertain: true };
	expect(start(["X-WR-TIMEZONE:Europe/Paris", ...lines], "Asia/Tokyo")).toMatchObject({
		...uncertain,
		instant: "2026-07-01T07:00:00Z",
	});
	expect(start(lines, "Asia/Tokyo")).toMatchObject({ ...uncertain, instant: "2026-07-01T00:00:00Z" });
	expect(start(lines, null)).toMatchObject({ ...uncertain, instant: "2026-07-01T09:00:00Z" });
	expect(parseLines(lines, { defaultZone: "Asia/Tokyo" }).groups[0]?.warnings).toEqual([
		'The zone "Customized Time Zone" is unknown; its times are read in Asia/Tokyo.',
	]);
});

test("an uncertain event keeps its TZID and all it had when it is written", () => {
	const base = calendarText(...eventLines("DTSTART;TZID=Customized Time Zone:20260701T090000", "X-A:1"));
	const event = onlyEvent(parseCalendar(base, { defaultZone: "Asia/Tokyo" }));
	const written = writeCalendar({ events: [{ ...event, title: "new" }], base, now: NOW });
	expect(written).toContain("DTSTART;TZID=Customized Time Zone:20260701T090000\r\nX-A:1\r\n");
	expect(written).not.toContain("VTIMEZONE");
});
