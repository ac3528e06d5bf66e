import { expandSeries, formatLocal, type InstantRange, type Series } from "@kalends/model";
import { event, zoned } from "@kalends/model/testing";
import ICAL from "ical.js";
import rrule from "rrule";
import { type Benchmark, type BenchmarkRow, median, milliseconds } from "./report.ts";

const ZONE = "Europe/Berlin";
const START = Date.UTC(2020, 0, 6, 9);
const YEAR: InstantRange = { from: Date.UTC(2025, 0, 1), to: Date.UTC(2026, 0, 1) };
const SERIES = 500;
/** The yardsticks take minutes for all; they are given fewer series and their time is scaled. */
const YARDSTICK_SERIES = 50;
const ROUNDS = 5;

const RULES: Readonly<Record<string, string>> = {
	"weekly, five years old": "FREQ=WEEKLY;BYDAY=MO",
	"weekly with COUNT, five years old": "FREQ=WEEKLY;BYDAY=MO;COUNT=2000",
	"workdays, five years old": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
	"monthly by weekday, five years old": "FREQ=MONTHLY;BYDAY=2TU",
};

/** A year of 500 recurring series, wall clocks converted by zone; the yardsticks compute wall clocks only. */
export const recurrence: Benchmark = {
	name: "recurrence",
	async run() {
		return Object.entries(RULES).flatMap(([name, rule]) => rowsFor(name, rule));
	},
};

function rowsFor(name: string, rule: string): BenchmarkRow[] {
	const start = zoned(formatLocal(START), ZONE);
	const series: Series = { master: event({ start, recurrence: [`RRULE:${rule}`] }), overrides: [] };
	const ours = timeOf(SERIES, () => expandSeries(series, YEAR, { floatingZone: ZONE }).occurrences.length);
	const yardsticks = [
		{ yardstick: "ical.js", budget: 10, expand: () => byIcalJs(rule) },
		{ yardstick: "rrule", budget: 3, expand: () => byRrule(rule) },
	];
	return yardsticks.map(({ yardstick, budget, expand }) => {
		const theirs = (timeOf(YARDSTICK_SERIES, expand) * SERIES) / YARDSTICK_SERIES;
		const ratio = theirs / ours;
		return {
			work: `a year of ${SERIES} series, ${name}`,
			measured: milliseconds(ours),
			yardstick: `${yardstick} ${milliseconds(theirs)}`,
			ratio,
			budget: `>= ${budget}`,
			met: ratio >= budget,
		};
	});
}

function timeOf(times: number, expand: () => number): number {
	const samples: number[] = [];
	for (let round = 0; round < ROUNDS; round++) {
		const began = performance.now();
		for (let index = 0; index < times; index++) if (expand() === 0) throw new Error("nothing was expanded");
		samples.push(performance.now() - began);
	}
	return median(samples);
}

function byIcalJs(rule: string): number {
	const iterator = ICAL.Recur.fromString(rule).iterator(ICAL.Time.fromDateTimeString(formatLocal(START)));
	let found = 0;
	for (let next = iterator.next(); next !== null && next !== undefined; next = iterator.next()) {
		const local = Date.UTC(next.year, next.month - 1, next.day, next.hour, next.minute, next.second);
		if (local >= YEAR.to) break;
		if (local >= YEAR.from) found++;
	}
	return found;
}

function byRrule(rule: string): number {
	const options = { ...rrule.RRule.parseString(rule), dtstart: new Date(START) };
	return new rrule.RRule(options).between(new Date(YEAR.from), new Date(YEAR.to), true).length;
}
