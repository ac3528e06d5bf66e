import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CalendarEvent, InstantRange, Occurrence } from "../event/event.ts";
import { withLocal } from "../time/event-time.ts";
import { DAY, formatLocal } from "../time/wall-clock.ts";
import { seriesBounds } from "./bounds.ts";
import { expandSeries } from "./expand.ts";
import { originalStartKey } from "./keys.ts";
import { parseRule, type Rule } from "./rule.ts";
import { type GeneratedRule, rules, startTimes, stretchFor } from "./testing/rules.ts";
import { event, floating, zoned } from "./testing/series.ts";
import { type Walked, walkRule } from "./walk.ts";
import { workOf } from "./work.ts";

const anyRule = rules({
	frequencies: ["YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY"],
	positions: true,
	clock: true,
});
const dayRules = rules({ frequencies: ["YEARLY", "MONTHLY", "WEEKLY", "DAILY"], positions: true, clock: false });
const zones = fc.constantFrom("UTC", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu");

function ruleOf({ value }: GeneratedRule, extra = ""): Rule {
	const { rule } = parseRule(value + extra);
	if (rule === null) throw new Error(`cannot parse ${value}${extra}`);
	return rule;
}

function walk(
	rule: Rule,
	start: number,
	from: number,
	to: number,
	fromStart = false,
): { times: number[]; end: Walked } {
	const times: number[] = [];
	const options = { start, startCounts: true, until: Number.POSITIVE_INFINITY, from, to, fromStart };
	const end = walkRule(rule, { ...options, work: workOf(50_000_000) }, (local) => {
		times.push(local);
		return true;
	});
	return { times, end };
}

/** Where a window begins, in stretches of its rule after DTSTART, and how long it is. */
const windows = fc.tuple(fc.double({ min: -0.5, max: 2, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }));

describe("walking a rule", () => {
	test("gives the same in a window whether it jumps there or begins at DTSTART", () => {
		const count = fc.option(fc.integer({ min: 1, max: 3000 }), { nil: null });
		const skip = fc.constantFrom("", ";RSCALE=GREGORIAN;SKIP=FORWARD", ";RSCALE=GREGORIAN;SKIP=BACKWARD");
		fc.assert(
			fc.property(anyRule, startTimes, windows, count, skip, (generated, start, [offset, length], most, skipping) => {
				const rule = ruleOf(generated, skipping + (most === null ? "" : `;COUNT=${most}`));
				const stretch = stretchFor(generated) * DAY;
				const from = start + Math.round(offset * stretch);
				const to = from + Math.round(length * stretch);
				const jumped = walk(rule, start, from, to);
				expect(jumped).toEqual(walk(rule, start, from, to, true));
			}),
			{ numRuns: 300 },
		);
	});

	test("with COUNT gives the first so many, DTSTART included", () => {
		fc.assert(
			fc.property(anyRule, startTimes, fc.integer({ min: 1, max: 40 }), (generated, start, count) => {
				const to = start + stretchFor(generated) * DAY;
				const endless = walk(ruleOf(generated), start, start, to).times;
				const counted = walk(ruleOf(generated, `;COUNT=${count}`), start, start, to).times;
				expect(counted).toEqual(endless.slice(0, count - 1));
			}),
			{ numRuns: 300 },
		);
	});

	test("ascends, within the window and after DTSTART", () => {
		fc.assert(
			fc.property(anyRule, startTimes, windows, (generated, start, [offset, length]) => {
				const stretch = stretchFor(generated) * DAY;
				const from = start + Math.round(offset * stretch);
				const to = from + Math.round(length * stretch);
				const { times } = walk(ruleOf(generated), start, from, to);
				for (const [index, local] of times.entries()) {
					expect(local).toBeGreaterThan(index === 0 ? Math.max(start, from - 1) : (times[index - 1] ?? local));
					expect(local).toBeLessThan(to);
				}
			}),
		);
	});
});

const keys = (occurrences: readonly Occurrence[], range: InstantRange): string[] =>
	occurrences
		.filter(({ start }) => start.type === "zoned" && Date.parse(start.instant) >= range.from)
		.map(
			({ start, original_start }) =>
				`${start.type === "zoned" ? start.instant : ""} ${originalStartKey(original_start)}`,
		);

interface Generated {
	readonly rule: GeneratedRule;
	readonly zone: string;
	readonly start: number;
	readonly hours: number;
	readonly kind: CalendarEvent["duration_kind"];
	readonly moves: readonly { readonly nth: number; readonly days: number; readonly future: boolean }[];
}

/** A series with overrides, some of them for all that follows. */
const generatedSeries: fc.Arbitrary<Generated> = fc.record({
	rule: dayRules,
	zone: zones,
	start: startTimes,
	hours: fc.integer({ min: 0, max: 100 }),
	kind: fc.constantFrom("exact", "nominal"),
	moves: fc.array(fc.record({ nth: fc.nat(12), days: fc.integer({ min: -40, max: 40 }), future: fc.boolean() }), {
		maxLength: 3,
	}),
});

function seriesOf({ rule, zone, start, hours, kind, moves }: Generated): {
	readonly master: CalendarEvent;
	readonly overrides: readonly CalendarEvent[];
} {
	const at = zoned(formatLocal(start), zone);
	const end = withLocal(at, start + hours * 3_600_000);
	const master = event({ start: at, end, duration_kind: kind, recurrence: [`RRULE:${rule.value}`] });
	const range = { from: start - 2 * DAY, to: start + stretchFor(rule) * DAY };
	const slots = expandSeries({ master, overrides: [] }, range, { floatingZone: "UTC" }).occurrences;
	const overrides = moves.flatMap(({ nth, days, future }) => {
		const slot = slots[nth]?.start;
		if (slot?.type !== "zoned") return [];
		const moved = withLocal(slot, Date.parse(`${slot.local}Z`) + days * DAY);
		return [event({ start: moved, recurrence_id: slot, this_and_future: future })];
	});
	return { master, overrides };
}

describe("expanding a series", () => {
	test("a range is the union of its parts", () => {
		fc.assert(
			fc.property(generatedSeries, windows, fc.double({ min: 0, max: 1, noNaN: true }), (generated, window, cut) => {
				const series = seriesOf(generated);
				const stretch = stretchFor(generated.rule) * DAY;
				const from = generated.start + Math.round(window[0] * stretch);
				const to = from + Math.round(window[1] * stretch);
				const middle = from + Math.round(cut * (to - from));
				const expand = (range: InstantRange): string[] =>
					keys(expandSeries(series, range, { floatingZone: "UTC" }).occurrences, range);
				expect([...expand({ from, to: middle }), ...expand({ from: middle, to })].sort()).toEqual(
					expand({ from, to }).sort(),
				);
			}),
			{ numRuns: 200 },
		);
	});

	test("every occurrence lies within the bounds of the series", () => {
		fc.assert(
			fc.property(generatedSeries, fc.integer({ min: 1, max: 20 }), (generated, count) => {
				const rule = { ...generated.rule, value: `${generated.rule.value};COUNT=${count}` };
				const series = seriesOf({ ...generated, rule });
				const { startsAt, endsAt } = seriesBounds(series);
				const range = { from: generated.start - 500 * DAY, to: generated.start + 9000 * DAY };
				for (const { start, end } of expandSeries(series, range, { floatingZone: "UTC" }).occurrences) {
					expect(start.type === "zoned" && Date.parse(start.instant)).toBeGreaterThanOrEqual(startsAt);
					expect(end.type === "zoned" && Date.parse(end.instant)).toBeLessThanOrEqual(
						endsAt ?? Number.POSITIVE_INFINITY,
					);
				}
			}),
			{ numRuns: 200 },
		);
	});

	test("a zone changes instants, not wall clocks outside of gaps", () => {
		fc.assert(
			fc.property(dayRules, startTimes, (rule, start) => {
				// 13:00 lies in no gap of these zones.
				const noon = Math.floor(start / DAY) * DAY + 13 * 3_600_000;
				const range = { from: noon - DAY, to: noon + stretchFor(rule) * DAY };
				const clocks = (master: CalendarEvent): string[] =>
					expandSeries({ master, overrides: [] }, range, { floatingZone: "UTC" })
						.occurrences.map(({ start: time }) => (time.type === "date" ? "" : time.local))
						.filter((local) => Date.parse(`${local}Z`) < range.to - DAY);
				const lines = [`RRULE:${rule.value}`];
				const plain = clocks(event({ start: floating(formatLocal(noon)), recurrence: lines }));
				for (const zone of ["America/New_York", "Asia/Tokyo"]) {
					expect(clocks(event({ start: zoned(formatLocal(noon), zone), recurrence: lines }))).toEqual(plain);
				}
			}),
		);
	});
});
