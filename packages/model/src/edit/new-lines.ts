import type { CalendarEvent, EventDateTime } from "../event/event.ts";
import { assessSeries } from "../recurrence/assess.ts";
import { checkRecurrence } from "../recurrence/check-lines.ts";
import { walkRule } from "../recurrence/walk.ts";
import { workOf } from "../recurrence/work.ts";
import { instantOf, localOf, withLocal } from "../time/event-time.ts";
import { DAY, MIN_LOCAL } from "../time/wall-clock.ts";
import { NOTHING_LEFT, TOO_EXPENSIVE } from "./faults.ts";
import { rulesIn } from "./lines.ts";
import type { EditFault } from "./plan.ts";
import { hasAny, seriesOf } from "./series.ts";

/** Rules so dense that this stretch of them is expensive are nobody's: every minute, for ever. */
const STRETCH = 90 * DAY;
const STEPS = 100_000;

/**
 * The recurrence lines that a person gives a series, in canonical form, with every fault. `master` has the start that
 * they are for already, `before` the lines that were there; `shown` is the new start of the occurrence that the edit names.
 */
export function newLines(
	given: readonly string[],
	master: CalendarEvent,
	before: CalendarEvent,
	shown: EventDateTime,
): { readonly lines: readonly string[]; readonly faults: readonly EditFault[] } {
	const { start, custom_zones } = master;
	const known = before.start.type === start.type ? (before.recurrence ?? []) : [];
	const zones = custom_zones === undefined ? {} : { customZones: custom_zones };
	const { lines, faults } = checkRecurrence(given, { start, known, ...zones });
	if (faults.length > 0) {
		return {
			lines,
			faults: faults.map(({ index, detail }) => ({ code: "recurrence_invalid", field: `recurrence.${index}`, detail })),
		};
	}
	return { lines, faults: setFaults({ ...master, recurrence: lines }, given, shown) };
}

function setFaults(master: CalendarEvent, given: readonly string[], shown: EventDateTime): EditFault[] {
	const from = instantOf(master.start, "UTC");
	const range = { from, to: from + STRETCH };
	const cost = assessSeries({ master, overrides: [] }, range, { floatingZone: "UTC" });
	if (cost === "expensive") return [TOO_EXPENSIVE];
	const off = startFault(master, given, shown);
	if (off !== null) return [off];
	return hasAny(master, []) ? [] : [NOTHING_LEFT];
}

/** The start counts as an occurrence whatever the rule says, so one that the rule does not have is a mistake. */
function startFault(master: CalendarEvent, given: readonly string[], shown: EventDateTime): EditFault | null {
	const { frame } = seriesOf(master, []);
	const start = frame.start.local;
	for (const { value, rule } of rulesIn(master, "RRULE")) {
		let first: number | null = null;
		const window = { from: MIN_LOCAL, to: Number.POSITIVE_INFINITY, until: Number.POSITIVE_INFINITY };
		const endless = { ...rule, count: null, until: null };
		const { ended } = walkRule(endless, { start, startCounts: false, ...window, work: workOf(STEPS) }, (local) => {
			first = local;
			return false;
		});
		if (first === start) continue;
		if (first === null && !ended) return TOO_EXPENSIVE;
		const index = Math.max(
			0,
			given.findIndex((line) => line.toUpperCase().includes(value)),
		);
		const detail = "The rule does not have the start of the event among its times.";
		if (first === null) return { ...NOTHING_LEFT, field: `recurrence.${index}` };
		// A start that is sent for an occurrence moves the series by the difference.
		const next = withLocal(shown, localOf(shown) + first - start, master.custom_zones);
		const at = next.type === "date" ? next.date : next.local;
		const fix = `Send \`start\` too, so that the series begins with a time of the rule: ${at}.`;
		return { code: "recurrence_invalid", field: `recurrence.${index}`, detail, fix };
	}
	return null;
}
