import type { InstantRange } from "../event/event.ts";
import { floatingZoneOf } from "../time/event-time.ts";
import { DAY } from "../time/wall-clock.ts";
import { cadenceOf } from "./cadence.ts";
import { DEFAULT_LIMITS, type ExpansionOptions, type Series } from "./expand.ts";
import { frameOf } from "./frame.ts";
import { recurrenceSetOf } from "./recurrence-set.ts";
import { parseRule, type Rule } from "./rule.ts";
import { masterShape, shiftedShape, slotOfOverride } from "./shape.ts";
import { untilOf } from "./until.ts";
import { windowOf } from "./window.ts";
import { workOf } from "./work.ts";

/** Cheap: safe to expand on the event loop. Expensive: better done elsewhere. Invalid: cannot be read. */
export type RuleCost = "cheap" | "expensive" | "invalid";

/** Steps that take a few milliseconds at most. */
const CHEAP_STEPS = 50_000;
/** To place and write out an occurrence takes so many steps of walking. */
const STEPS_PER_TIME = 5;
/** Offsets of zones are worked out one by one behind this instant. */
const FAR = Date.UTC(2100, 0, 1);
const FAR_FACTOR = 50;

/**
 * Judges the value of an RRULE by how many steps a five-year stretch of it takes at most, from an ordinary start ten
 * years before.
 */
export function assessRule(value: string): RuleCost {
	const { rule } = parseRule(value);
	if (rule === null) return "invalid";
	const start = Date.UTC(2020, 0, 1, 9);
	const from = start + 3653 * DAY;
	const steps = stepsOf(rule, start, from, from + 1826 * DAY, Number.POSITIVE_INFINITY, DEFAULT_LIMITS.maxOccurrences);
	return steps <= CHEAP_STEPS ? "cheap" : "expensive";
}

/** Judges the expansion of a series over a range; "invalid" where a part of its recurrence cannot be read. */
export function assessSeries(series: Series, range: InstantRange, options: ExpansionOptions): RuleCost {
	const { master, overrides } = series;
	if (master === null) return "cheap";
	const size = (master.recurrence ?? []).reduce((sum, line) => sum + line.length, 0);
	if (size / 4 + overrides.length > CHEAP_STEPS) return "expensive";
	const set = recurrenceSetOf(master, workOf(CHEAP_STEPS));
	const rules = [...set.rules, ...set.excludedRules];
	if (rules.length === 0) return set.problem === null ? "cheap" : "invalid";
	const floatingZone = floatingZoneOf(options.floatingZone);
	const frame = frameOf(master.start, floatingZone, master.custom_zones);
	const shapes = [masterShape(master, frame, floatingZone)];
	for (const override of overrides) {
		const slot = override.this_and_future ? slotOfOverride(override, frame) : null;
		if (slot !== null) shapes.push(shiftedShape(override, slot, frame, floatingZone));
	}
	const window = windowOf(range, frame.face.zone, shapes);
	const { maxOccurrences } = { ...DEFAULT_LIMITS, ...options.limits };
	let steps = size / 4 + overrides.length;
	for (const rule of rules) {
		const until = untilOf(rule, frame).local;
		steps += stepsOf(rule, frame.start.local, window.from, window.to, until, maxOccurrences);
	}
	const far = frame.face.zone.id !== "UTC" && window.to > FAR ? FAR_FACTOR : 1;
	if (steps * far > CHEAP_STEPS) return "expensive";
	return set.problem === null ? "cheap" : "invalid";
}

/** At most so many steps does it take to visit a rule's times in a window of local milliseconds. */
function stepsOf(rule: Rule, start: number, from: number, to: number, until: number, maxOccurrences: number): number {
	const cadence = cadenceOf(rule, start);
	const perPeriod = cadence.offsets.length * (cadence.constantBases ?? cadence.cost);
	const jumps = rule.count === null || cadence.constantBases !== null;
	const first = jumps ? Math.max(0, cadence.indexAt(from) - 2) : 0;
	const last = cadence.indexAt(Math.min(to, until)) + 1;
	let periods = Math.max(0, last - first);
	// Where every period holds a time, the cap on occurrences, or COUNT, ends the walk.
	if (cadence.constantBases !== null && rule.bySetPos.length === 0) {
		periods = Math.min(periods, Math.ceil(Math.min(maxOccurrences, rule.count ?? maxOccurrences) / perPeriod) + 3);
	}
	const times = Math.min(periods * perPeriod, maxOccurrences * 2) * STEPS_PER_TIME;
	return cadence.offsets.length + periods * (cadence.cost + rule.bySetPos.length) + times;
}
