import { readdirSync, readFileSync } from "node:fs";
import ICAL from "ical.js";
import { describe, expect, test } from "vitest";
import { parseCalendar } from "./parse.ts";
import { NOW } from "./testing/read-one.ts";
import { writeCalendar } from "./write.ts";

const folder = new URL("./fixtures/", import.meta.url);
const names = readdirSync(folder)
	.filter((name) => name.endsWith(".ics"))
	.map((name) => name.slice(0, -4));

const OPTIONS = { defaultZone: "Europe/Paris", selfAddresses: ["me@example.org"], feedId: "fixture" };

describe.each(names)("%s", (name) => {
	const bytes = new Uint8Array(readFileSync(new URL(`${name}.ics`, folder)));
	const { groups, ...calendar } = parseCalendar(bytes, OPTIONS);

	/** The UID of a group that a feed gave another event's UID stands in no body. */
	const ownUid = groups.filter(({ uid }) => !uid.includes("#"));

	test("reads as expected", () => {
		const expected: unknown = JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8"));
		expect({ ...calendar, groups: groups.map(({ uid, events, warnings }) => ({ uid, events, warnings })) }).toEqual(
			expected,
		);
	});

	test("each event reads alike from its group alone", () => {
		for (const group of ownUid) expect(parseCalendar(group.raw(), OPTIONS).groups[0]?.events).toEqual(group.events);
	});

	test("each event written over its own body, and written anew, reads alike", () => {
		for (const { events, raw } of ownUid.filter((group) => group.events.length > 0)) {
			const again = parseCalendar(writeCalendar({ events, base: raw(), now: NOW }), OPTIONS);
			expect(again.groups[0]?.events).toEqual(events);
			// A body of its own has no X-WR-TIMEZONE for the fallback to come from.
			if (JSON.stringify(events).includes('"uncertain":true')) continue;
			const anew = parseCalendar(writeCalendar({ events, base: null, now: NOW }), OPTIONS);
			const titles = (list: typeof events) => list.map(({ title, start, end }) => ({ title, start, end }));
			expect(titles(anew.groups[0]?.events ?? [])).toEqual(titles(events));
		}
	});

	test("ical.js reads what is written", () => {
		for (const { events } of groups) {
			const written = new ICAL.Component(ICAL.parse(writeCalendar({ events, base: null, now: NOW })));
			const summaries = written
				.getAllSubcomponents("vevent")
				.map((event) => event.getFirstPropertyValue("summary") ?? "");
			expect(summaries).toEqual(events.map(({ title }) => title));
		}
	});
});
