import { DAY } from "../time/wall-clock.ts";
import type { Frame } from "./frame.ts";
import type { Rule } from "./rule.ts";
import { latestLocal } from "./window.ts";

/**
 * UNTIL as the last wall clock and the last instant that it allows. A DATE lasts to the end of its day, a floating time
 * is wall clock of the series, and in a floating or all-day series a UTC time counts as written.
 */
export function untilOf(rule: Rule, frame: Frame): { readonly local: number; readonly instant: number } {
	const forever = Number.POSITIVE_INFINITY;
	const { until } = rule;
	if (until === null) return { local: forever, instant: forever };
	if (until.kind === "date") return { local: until.local + DAY - 1, instant: forever };
	if (frame.face.kind === "zoned" && until.kind === "utc") {
		return { local: latestLocal(until.local, frame.face.zone), instant: until.local };
	}
	return { local: until.local, instant: forever };
}
