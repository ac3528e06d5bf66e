import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CalendarEvent, EventDateTime } from "../event/event.ts";
import { instantOf, localOf } from "../time/event-time.ts";
import { parseCalendar } from "./parse.ts";
import { CalendarSyntaxError } from "./syntax-error.ts";
import { NOW } from "./testing/read-one.ts";
import { writeCalendar } from "./write.ts";

const folder = new URL("./fixtures/", import.meta.url);
const FIXTURES = readdirSync(folder)
	.filter((name) => name.endsWith(".ics"))
	.map((name): Uint8Array => new Uint8Array(readFileSync(new URL(name, folder))));

type Mutation = (bytes: Uint8Array) => Uint8Array;

const splice =
	(at: number, remove: number, insert: Uint8Array): Mutation =>
	(bytes) => {
		const from = at % (bytes.length + 1);
		return Uint8Array.from([...bytes.subarray(0, from), ...insert, ...bytes.subarray(from + remove)]);
	};

/** Moves the lines of a file: swaps, repeats or drops some. */
const onLines =
	(at: number, to: number, change: "swap" | "repeat" | "drop"): Mutation =>
	(bytes) => {
		const lines = new TextDecoder("latin1").decode(bytes).split("\r\n");
		const a = at % lines.length;
		const b = to % lines.length;
		const line = lines[a] ?? "";
		if (change === "drop") lines.splice(a, 1);
		else if (change === "repeat") lines.splice(b, 0, line);
		else [lines[a], lines[b]] = [lines[b] ?? "", line];
		return Uint8Array.from(Buffer.from(lines.join("\r\n"), "latin1"));
	};

const NASTY = [
	"BEGIN:",
	"END:",
	"\r\n",
	":",
	";",
	'"',
	"=",
	",",
	"\\",
	"\r\n ",
	"VALUE=DATE:",
	"TZID=",
	"Z",
	"-",
	"99999999",
	"P",
	"T",
	"RRULE:FREQ=SECONDLY",
	"\0",
	"ÿ",
	"__proto__",
];
const anyBytes = fc.oneof(
	fc.constantFrom(...NASTY).map((text) => new Uint8Array(Buffer.from(text, "latin1"))),
	fc.uint8Array({ maxLength: 8 }),
);
const anyMutation: fc.Arbitrary<Mutation> = fc.oneof(
	fc.tuple(fc.nat(20_000), fc.nat(12), anyBytes).map(([at, remove, insert]) => splice(at, remove, insert)),
	fc
		.tuple(fc.nat(2000), fc.nat(2000), fc.constantFrom("swap" as const, "repeat" as const, "drop" as const))
		.map(([at, to, change]) => onLines(at, to, change)),
);

function parsedOrRefused(bytes: Uint8Array) {
	try {
		return parseCalendar(bytes, { defaultZone: "Europe/Paris", selfAddresses: ["me@example.org"] });
	} catch (error) {
		if (error instanceof CalendarSyntaxError) return null;
		throw error;
	}
}

/** What an event says, however it is spelt: its slot, its place in time and its title. */
function gist({ recurrence_id, start, end, title }: CalendarEvent): string {
	// The fallback of an uncertain time may come from another VCALENDAR of the file; its wall clock stays.
	const placeOf = (time: EventDateTime) =>
		time.type === "zoned" && time.uncertain === true ? localOf(time) : instantOf(time, "UTC");
	return JSON.stringify([recurrence_id === null ? null : placeOf(recurrence_id), placeOf(start), placeOf(end), title]);
}

describe("mutated calendars", () => {
	const anyMutated = fc
		.tuple(fc.constantFrom(...FIXTURES), fc.array(anyMutation, { minLength: 1, maxLength: 12 }))
		.map(([fixture, mutations]) => mutations.reduce<Uint8Array>((bytes, mutate) => mutate(bytes), fixture));

	test("are read or refused with a CalendarSyntaxError, and each group stands alone", () => {
		fc.assert(
			fc.property(anyMutated, (bytes) => {
				for (const group of parsedOrRefused(bytes)?.groups ?? []) {
					expect(group.contentHash()).toHaveLength(64);
					for (const event of group.events) expect(JSON.parse(JSON.stringify(event))).toEqual(event);
					parseCalendar(group.raw());
				}
			}),
			{ numRuns: 400 },
		);
	});

	test("can be written over themselves, and what is written is read as the same events", () => {
		fc.assert(
			fc.property(anyMutated, (bytes) => {
				for (const group of parsedOrRefused(bytes)?.groups ?? []) {
					const written = writeCalendar({ events: group.events, base: group.raw(), now: NOW });
					const again = parseCalendar(written, { defaultZone: "Europe/Paris" }).groups;
					expect(again.flatMap(({ events }) => events.map(gist)).sort()).toEqual(group.events.map(gist).sort());
				}
			}),
			{ numRuns: 150 },
		);
	});
});
