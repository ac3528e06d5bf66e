import fc from "fast-check";
import ICAL from "ical.js";
import { RRule } from "rrule";
import { RRuleTemporal } from "rrule-temporal";
import { describe, expect, test } from "vitest";
import { DAY, formatLocal, toBasic } from "../time/wall-clock.ts";
import { parseRule } from "./rule.ts";
import { type GeneratedRule, rules, startTimes, stretchFor } from "./testing/rules.ts";
import { walkRule } from "./walk.ts";
import { workOf } from "./work.ts";

/** Times of the rule from DTSTART on, those before `to`, DTSTART itself left out: implementations differ about it. */
type Implementation = (rule: GeneratedRule, start: number, to: number) => number[];

const ours: Implementation = ({ value }, start, to) => {
	const { rule } = parseRule(value);
	if (rule === null) throw new Error(`cannot parse ${value}`);
	const found: number[] = [];
	const until = Number.POSITIVE_INFINITY;
	walkRule(rule, { start, startCounts: true, until, from: start, to, work: workOf(10_000_000) }, (local) => {
		found.push(local);
		return true;
	});
	return found;
};

const dateUtc = (local: number): string => `${toBasic(formatLocal(local))}Z`;

const byRrule: Implementation = ({ value }, start, to) =>
	RRule.fromString(`DTSTART:${dateUtc(start)}\nRRULE:${value}`)
		.between(new Date(start), new Date(to - 1), true)
		.map((date) => date.getTime())
		.filter((local) => local !== start);

const byRruleTemporal: Implementation = ({ value }, start, to) =>
	new RRuleTemporal({
		rruleString: `DTSTART:${dateUtc(start)}\nRRULE:${value}`,
		maxIterations: 10_000_000,
		maxCandidateEvaluations: 100_000_000,
		cache: false,
	})
		.between(new Date(start), new Date(to - 1), true)
		.map((date) => date.epochMilliseconds)
		.filter((local) => local !== start);

const byIcalJs: Implementation = ({ value }, start, to) => {
	const dtstart = ICAL.Time.fromDateTimeString(formatLocal(start));
	const iterator = ICAL.Recur.fromString(value).iterator(dtstart);
	const found: number[] = [];
	for (let next = iterator.next(); next !== null && next !== undefined; next = iterator.next()) {
		const local = Date.UTC(next.year, next.month - 1, next.day, next.hour, next.minute, next.second);
		if (local >= to) break;
		if (local > start) found.push(local);
	}
	return found;
};

interface Comparison {
	readonly rules: fc.Arbitrary<GeneratedRule>;
	/** Compares only rules that have times, from the first of them on, so that DTSTART is on the pattern. */
	readonly fromFirst: boolean;
	readonly starts?: fc.Arbitrary<number>;
}

function agrees(
	implementation: Implementation,
	{ rules: generated, fromFirst, starts = startTimes }: Comparison,
): void {
	fc.assert(
		fc.property(generated, starts, (rule, time) => {
			const first = ours(rule, time, time + stretchFor(rule) * DAY)[0];
			fc.pre(!fromFirst || first !== undefined);
			const start = fromFirst && first !== undefined ? first : time;
			const to = start + stretchFor(rule) * DAY;
			expect(ours(rule, start, to).map(formatLocal)).toEqual(implementation(rule, start, to).map(formatLocal));
		}),
		{ numRuns: 300 },
	);
}

describe("times of a rule, against other implementations", () => {
	// Left out: BYDAY that mixes plain and numbered weekdays, of which it drops the plain ones.
	test("rrule-temporal", () => {
		agrees(byRruleTemporal, {
			rules: rules({
				frequencies: ["YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY"],
				positions: true,
				clock: true,
			}),
			fromFirst: false,
		});
	});

	// Left out: BYSETPOS (positions beyond the set pick a neighbour, duplicates are kept), frequencies below a day and
	// rules without any time (it steps to the year 9999); BYWEEKNO, of which it misses the days of the last week that
	// lie in the next year.
	test("rrule", () => {
		agrees(byRrule, {
			rules: rules({
				frequencies: ["YEARLY", "MONTHLY", "WEEKLY", "DAILY"],
				positions: false,
				clock: true,
				accept: ({ parts }) => !parts.has("BYWEEKNO"),
			}),
			fromFirst: true,
		});
	});

	// Left out: BYSETPOS, times of day, two BYxxx parts at once, and what it rejects or expands to other days than the
	// RFC says: BYWEEKNO, BYYEARDAY, BYDAY or BYMONTHDAY alone in a year, BYMONTHDAY in DAILY (negative days are missing), and
	// a DTSTART that not every month has (31 September becomes 1 October).
	test("ical.js", () => {
		const accept = ({ parts }: GeneratedRule): boolean => {
			const by = [...parts.keys()].filter((name) => name.startsWith("BY"));
			if (by.length > 1 || (parts.get("FREQ") === "DAILY" && parts.has("BYMONTHDAY"))) return false;
			return by.length === 0 || parts.get("FREQ") !== "YEARLY" || parts.has("BYMONTH");
		};
		agrees(byIcalJs, {
			rules: rules({ frequencies: ["YEARLY", "MONTHLY", "WEEKLY", "DAILY"], positions: false, clock: false, accept }),
			fromFirst: true,
			starts: startTimes.filter((local) => new Date(local).getUTCDate() <= 28),
		});
	});
});
