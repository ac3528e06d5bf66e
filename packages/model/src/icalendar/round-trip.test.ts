import fc from "fast-check";
import ICAL from "ical.js";
import { describe, expect, test } from "vitest";
import type { CalendarEvent } from "../event/event.ts";
import { FIELDS } from "./fields/index.ts";
import { parseCalendar } from "./parse.ts";
import { buildTree, type Component } from "./syntax/component.ts";
import { unfoldLines } from "./syntax/lines.ts";
import { anyEvent } from "./testing/arbitrary-event.ts";
import { calendarText, NOW, onlyEvent } from "./testing/read-one.ts";
import { writeCalendar } from "./write.ts";

const write = (event: CalendarEvent, base: string | null = null) => writeCalendar({ events: [event], base, now: NOW });

/** What cannot be compared as written: the order in which reminders are listed means nothing. */
function comparable(event: CalendarEvent): CalendarEvent {
	const overrides = event.reminders.overrides.toSorted(
		(a, b) => a.minutes - b.minutes || (a.method < b.method ? -1 : 1),
	);
	return { ...event, reminders: { ...event.reminders, overrides } };
}

/** An event in the place of another one: with its UID and RECURRENCE-ID. */
function identifiedAs({ uid, recurrence_id }: CalendarEvent, event: CalendarEvent): CalendarEvent {
	if (recurrence_id === null) return { ...event, uid, recurrence_id, this_and_future: false };
	return { ...event, uid, recurrence_id, recurrence: null };
}

describe("any event", () => {
	test("reads back as it was written", () => {
		fc.assert(
			fc.property(anyEvent, (event) => {
				expect(onlyEvent(parseCalendar(write(event)))).toEqual(event);
			}),
			{ numRuns: 300 },
		);
	});

	test("written over another one's body, it reads back just as well", () => {
		fc.assert(
			fc.property(anyEvent, anyEvent, (before, event) => {
				const after = identifiedAs(before, event);
				expect(comparable(onlyEvent(parseCalendar(write(after, write(before)))))).toEqual(comparable(after));
			}),
			{ numRuns: 300 },
		);
	});

	test("written over its own body, it changes no octet", () => {
		fc.assert(
			fc.property(anyEvent, (event) => {
				const body = write(event);
				expect(write(event, body)).toBe(body);
			}),
			{ numRuns: 100 },
		);
	});

	test("has lines of at most 75 octets, each ended by CRLF", () => {
		fc.assert(
			fc.property(anyEvent, (event) => {
				const body = write(event);
				expect(body.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
				for (const line of body.split("\r\n")) expect(new TextEncoder().encode(line).length).toBeLessThanOrEqual(75);
			}),
			{ numRuns: 100 },
		);
	});

	test("is read alike by ical.js: texts, addresses, names, rules and times", () => {
		fc.assert(
			fc.property(anyEvent, (event) => {
				const calendar = new ICAL.Component(ICAL.parse(write(event)));
				const component = calendar.getFirstSubcomponent("vevent");
				const textOf = (name: string) => component?.getFirstPropertyValue(name) ?? "";
				expect(textOf("uid")).toBe(event.uid);
				expect(textOf("summary")).toBe(event.title);
				expect(textOf("description")).toBe(event.description);
				expect(textOf("location")).toBe(event.location);
				expect(String(textOf("dtstart")).replace("Z", "")).toBe(
					event.start.type === "date" ? event.start.date : event.start.local,
				);
				const categories = component?.getAllProperties("categories").flatMap((property) => property.getValues());
				// ical.js takes a comma after an escaped backslash for an escaped comma.
				if (!event.categories.some((category) => category.endsWith("\\"))) expect(categories).toEqual(event.categories);
				const attendees = component?.getAllProperties("attendee") ?? [];
				const listed = event.participants.slice(event.participants.length - attendees.length);
				// ical.js unescapes parameters as if they were TEXT, which they are not.
				if (listed.some(({ name }) => name?.includes("\\") === true)) return;
				expect(attendees.map((property) => property.getFirstParameter("cn") ?? null)).toEqual(
					listed.map(({ name }) => name),
				);
			}),
			{ numRuns: 200 },
		);
	});
});

/** Every line and component below a component, as comparable text. */
function contents(component: Component): string[] {
	const own = component.properties.map(({ text }) => `${component.name} ${text}`);
	return [...own, ...component.components.flatMap(contents)].sort();
}

const rootOf = (text: string): Component => {
	const [root] = buildTree(unfoldLines(text)).roots;
	if (root === undefined) throw new Error("The text has no component.");
	return root;
};

const KNOWN = new Set([...FIELDS.flatMap((field) => [...field.names]), "UID", "DTSTAMP"]);

describe("what no field knows", () => {
	const anyName = fc.constantFrom(
		"X-A",
		"X-B-C",
		"COMMENT",
		"GEO",
		"PRIORITY",
		"RESOURCES",
		"CONTACT",
		"RELATED-TO",
		"REQUEST-STATUS",
	);
	const anyValue = fc.string({ unit: fc.constantFrom(..."ab:;,\\\"'^=é😀 "), maxLength: 120 });
	const anyParam = fc.constantFrom("", ";X-P=1", ';LANGUAGE=en;X-Q="a;b:c,d"', ";VALUE=TEXT", ";X-R=a,b");
	const anyLine = fc.tuple(anyName, anyParam, anyValue).map(([name, param, value]) => `${name}${param}:x${value}`);
	const anyLines = fc.array(anyLine, { maxLength: 6 });
	const alarm = (lines: readonly string[]) => ["BEGIN:VALARM", "ACTION:X-OURS", ...lines, "END:VALARM"];
	const thing = (lines: readonly string[]) => [
		"BEGIN:X-THING",
		...lines,
		"BEGIN:X-INNER",
		...lines,
		"END:X-INNER",
		"END:X-THING",
	];

	test("survives any change of what they do", () => {
		fc.assert(
			fc.property(anyEvent, anyEvent, anyLines, (before, event, lines) => {
				const known = write(before);
				const base = known
					.replace("END:VEVENT", [...lines, ...alarm(lines), ...thing(lines), "END:VEVENT"].join("\r\n"))
					.replace(
						"END:VCALENDAR",
						[...thing(lines), "BEGIN:VTODO", ...lines, "END:VTODO", "END:VCALENDAR"].join("\r\n"),
					)
					.replace(
						"BEGIN:VEVENT",
						["BEGIN:VTIMEZONE", "TZID:Unused", ...lines, "END:VTIMEZONE", "BEGIN:VEVENT"].join("\r\n"),
					);
				const after = identifiedAs(before, event);
				const left = contents(rootOf(write(after, base)));
				for (const line of contents(rootOf(base))) {
					const [component = "", name = ""] = line.split(/[ :;]/);
					const owned = component === "VEVENT" && KNOWN.has(name);
					if (!owned && component !== "VALARM") expect(left).toContain(line);
				}
				for (const line of lines) expect(left).toContain(`VALARM ${line}`);
			}),
			{ numRuns: 150 },
		);
	});

	test("a body written over itself loses nothing but the repeats of what may be there once", () => {
		const isRepeat = (line: string, at: number, lines: readonly string[]) =>
			/^(?:GEO|PRIORITY)/.test(line) && lines.indexOf(line) < at;
		fc.assert(
			fc.property(anyLines, (lines) => {
				const kept = lines.filter((line, at) => !isRepeat(line, at, lines));
				const bodyWith = (own: readonly string[]) =>
					calendarText(
						...lines,
						"BEGIN:VEVENT",
						"UID:1",
						"DTSTAMP:20260101T000000Z",
						"DTSTART:20260301T090000Z",
						...own,
						...alarm(lines),
						"END:VEVENT",
					);
				const base = bodyWith(lines);
				const events = parseCalendar(base).groups.flatMap((group) => group.events);
				const written = writeCalendar({ events, base, now: NOW });
				expect(contents(rootOf(written))).toEqual(contents(rootOf(bodyWith(kept))));
			}),
			{ examples: [[["GEO;X-R=a,b:x", "GEO;X-R=a,b:x"]]] },
		);
	});
});
