import type { CalendarEvent } from "../event/event.ts";
import type { DateValue, Slot } from "../recurrence/frame.ts";
import { sameZone } from "../recurrence/shape.ts";
import { withLocal } from "../time/event-time.ts";
import { DAY } from "../time/wall-clock.ts";
import { continueRule, cutRule, untilWriter } from "./continue-rule.ts";
import { RULE_NEEDED, TOO_EXPENSIVE } from "./faults.ts";
import { withFuture } from "./future.ts";
import { joinLines, type ListedDate, linesOf } from "./lines.ts";
import type { EditFault } from "./plan.ts";
import { dateLine, type EditedSeries, keyOf, seriesOf, slotOf, type Target, timeOfSlot } from "./series.ts";
import { after, extentOf, lengthOf } from "./time-change.ts";

/** The part of a series before a slot: master (null where only stray overrides are left) and overrides. */
export interface Head {
	readonly master: CalendarEvent | null;
	readonly overrides: readonly CalendarEvent[];
}

/** Cuts a series off before a slot. */
export function headOf(series: EditedSeries, slot: Slot): Head {
	const { master, frame } = series;
	const overrides = series.overrides.filter((override) => slotOf(series, override).key < slot.key);
	const until = untilWriter(master.start, frame);
	const lines = linesOf(master).flatMap((line): string[] => {
		if (line.kind === "other") return [line.text];
		if (line.kind === "rule") return [`${line.rule.name}:${cutRule(line.rule, frame, slot, until)}`];
		const kept = line.dates.filter(({ at }) => beginsBefore(series, at, slot));
		return kept.length === line.dates.length ? [line.text] : joinLines(kept.map((date) => date.line));
	});
	if (frame.start.key < slot.key) return { master: { ...master, recurrence: lines }, overrides };
	return { master: headBeforeStart(series, lines), overrides };
}

/** Of a series whose RDATEs lie before DTSTART: what begins with the first of them; null where there is none. */
function headBeforeStart(series: EditedSeries, lines: readonly string[]): CalendarEvent | null {
	const recurrence = lines.filter((text) => !/^(RRULE|EXRULE)/i.test(text));
	const bare = { ...series.master, recurrence };
	const dates = linesOf(bare).flatMap((line) => (line.kind === "dates" ? line.dates : []));
	const slots = dates.flatMap(({ name, at }) => (name === "RDATE" ? [series.frame.slotOf(at)] : []));
	const first = slots.sort((a, b) => a.key - b.key)[0];
	return first === undefined ? null : { ...bare, ...placedAt(series, first) };
}

/** Start and end of the master at a slot. */
function placedAt(series: EditedSeries, slot: Slot): Pick<CalendarEvent, "start" | "end"> {
	const { master } = series;
	const start = withLocal(master.start, slot.local, master.custom_zones);
	const zone = sameZone(master.start, master.end) ? start : master.end;
	return { start, end: after(start, lengthOf(extentOf(master)), zone, master.custom_zones) };
}

function beginsBefore({ frame }: EditedSeries, at: DateValue, slot: Slot): boolean {
	if (frame.isDay(at)) return at.local <= slot.local;
	return frame.slotOf(at).key < slot.key;
}

function reaches({ frame }: EditedSeries, at: DateValue, slot: Slot): boolean {
	if (frame.isDay(at)) return at.local + DAY > slot.local;
	return frame.slotOf(at).key >= slot.key;
}

/** An RDATE that the new DTSTART says already. */
function isPlainDateOf({ frame }: EditedSeries, { name, at, period }: ListedDate, slot: Slot): boolean {
	return name === "RDATE" && !period && frame.slotOf(at).key === slot.key;
}

export type Tail = { readonly series: EditedSeries } | { readonly fault: EditFault };

/**
 * The part of a series from a slot on, as a series of its own that begins there; nothing is changed yet, the UID neither.
 * Rules are counted from the slot; later RDATE, EXDATE and overrides are carried along; a THISANDFUTURE that is in force
 * becomes the master, or stays one where the rule cannot follow it.
 * @param ruled true where other lines are given: rules that cannot be counted from the slot do not matter then
 */
export function tailOf(series: EditedSeries, target: Target, ruled: boolean): Tail {
	const { master, frame } = series;
	const { slot } = target;
	const placed = placedAt(series, slot);
	// Of two instants with one wall clock a start can only be the first; before DTSTART rules cannot be counted.
	if (slot.key < frame.start.key || keyOf(frame, placed.start) !== slot.key) return { fault: RULE_NEEDED };
	const lines: string[] = [];
	for (const line of linesOf(master)) {
		if (line.kind === "other") lines.push(line.text);
		else if (line.kind === "dates") {
			const kept = line.dates.filter((date) => reaches(series, date.at, slot) && !isPlainDateOf(series, date, slot));
			lines.push(...(kept.length === line.dates.length ? [line.text] : joinLines(kept.map((date) => date.line))));
		} else {
			const continued = continueRule(line.rule, frame, slot);
			if (continued.type === "too_expensive" && !ruled) return { fault: TOO_EXPENSIVE };
			if (continued.type === "refused" && !ruled) return { fault: RULE_NEEDED };
			if (continued.type === "goes_on") lines.push(`${line.rule.name}:${continued.value}`);
		}
	}
	// What began as one of a series stays one, also where nothing follows it.
	if (!lines.some((text) => /^R(RULE|DATE)/i.test(text))) lines.push(dateLine("RDATE", timeOfSlot(series, slot)));
	const overrides = series.overrides.filter((override) => slotOf(series, override).key >= slot.key);
	const tail = seriesOf({ ...master, ...placed, recurrence: lines }, overrides);
	return { series: withFuture(tail, series, target) };
}
