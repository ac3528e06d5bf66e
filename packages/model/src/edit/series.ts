import type { CalendarEvent, EventDateTime, InstantRange, Occurrence } from "../event/event.ts";
import { timeValue } from "../icalendar/date-value.ts";
import { canonicalParams } from "../icalendar/fields/recurrence.ts";
import { contentLine } from "../icalendar/syntax/content-line.ts";
import { expandSeries } from "../recurrence/expand.ts";
import { dateValueOf, type Frame, frameOf, type Slot } from "../recurrence/frame.ts";
import { originalStartKey, parseOriginalStartKey } from "../recurrence/keys.ts";
import { slotOfOverride } from "../recurrence/shape.ts";
import { walkRule } from "../recurrence/walk.ts";
import { workOf } from "../recurrence/work.ts";
import { utcAt, withLocal } from "../time/event-time.ts";
import { UTC } from "../time/iana.ts";
import { DAY, HOUR, MAX_LOCAL, MIN_LOCAL } from "../time/wall-clock.ts";
import { datesIn, rulesIn } from "./lines.ts";

/**
 * A master with its overrides, its slots ready to be asked for. Slots of all-day and floating series are compared by
 * wall clock, so they are placed in UTC whatever zone the reader is in.
 */
export interface EditedSeries {
	readonly master: CalendarEvent;
	readonly overrides: readonly CalendarEvent[];
	readonly frame: Frame;
}

/** One occurrence that an edit is for. */
export interface Target {
	readonly slot: Slot;
	/** As it is shown: of `event` itself where that is the override of the slot. */
	readonly occurrence: Occurrence;
	/** The override of exactly this slot. */
	readonly override: CalendarEvent | null;
}

const IN_UTC = { floatingZone: "UTC" } as const;

/** Every instant that can be written. */
export const EVER: InstantRange = { from: MIN_LOCAL - 2 * DAY, to: MAX_LOCAL + 2 * DAY };

export function seriesOf(master: CalendarEvent, overrides: readonly CalendarEvent[]): EditedSeries {
	return { master, overrides, frame: frameOf(master.start, UTC, master.custom_zones) };
}

/** The slot that an override replaces; its own start where it names none. */
export function slotOf(series: EditedSeries, override: CalendarEvent): Slot {
	return slotOfOverride(override, series.frame) ?? series.frame.slotOf(dateValueOf(override.start));
}

/** The key of a time as a slot of the series. */
export function keyOf(frame: Frame, time: EventDateTime): number {
	return frame.slotOf(dateValueOf(time)).key;
}

/** The original start of a slot, in the type and zone of DTSTART; in UTC where that could not tell it from another. */
export function timeOfSlot({ master, frame }: EditedSeries, slot: Slot): EventDateTime {
	if (frame.face.kind !== "zoned") return withLocal(master.start, slot.local);
	const time = withLocal(master.start, slot.instant + frame.face.zone.offsetAt(slot.instant), master.custom_zones);
	return keyOf(frame, time) === slot.key ? time : utcAt(slot.instant);
}

/** An RDATE or EXDATE line of one time. */
export function dateLine(name: "RDATE" | "EXDATE", time: EventDateTime): string {
	const plain = time.type === "zoned" && time.zone === "UTC" ? utcAt(Date.parse(time.instant)) : time;
	return contentLine(name, timeValue(plain), canonicalParams(plain));
}

/** The master without length: its instances touch nothing but their start. */
function pointlike(master: CalendarEvent): CalendarEvent {
	return { ...master, end: master.start, duration_kind: "exact" };
}

/** Expansions in a row for one question. */
const MAX_ROUNDS = 8;

/** Which of the slots the master has, exclusions applied, overrides not looked at; `unknown` where that is too much work. */
export function slotsIn(
	{ master, frame }: EditedSeries,
	slots: readonly Slot[],
): { readonly has: (slot: Slot) => boolean; readonly unknown: (slot: Slot) => boolean } {
	const wanted = slots.map((slot) => slot.instant).sort((a, b) => a - b);
	const found = new Set<number>();
	let reached = wanted[0] ?? EVER.to;
	const to = (wanted.at(-1) ?? EVER.to) + 1;
	for (let round = 0; reached < to && round < MAX_ROUNDS; round++) {
		const series = { master: pointlike(master), overrides: [] };
		const { occurrences, completeTo } = expandSeries(series, { from: reached, to }, IN_UTC);
		for (const { original_start } of occurrences) found.add(keyOf(frame, original_start));
		if (completeTo <= reached) break;
		reached = completeTo;
	}
	const has = (slot: Slot): boolean => found.has(slot.key);
	return { has, unknown: (slot) => !has(slot) && slot.instant >= reached };
}

/** True where the series has an occurrence, cancelled ones included; also where that is too much work to tell. */
export function hasAny(
	master: CalendarEvent,
	overrides: readonly CalendarEvent[],
	range: InstantRange = EVER,
): boolean {
	const limits = { maxOccurrences: 50 };
	const { occurrences, completeTo } = expandSeries({ master, overrides }, range, { ...IN_UTC, limits });
	return occurrences.length > 0 || completeTo < range.to;
}

/** True where an occurrence of the series, moved or not, has a slot before this one. */
export function hasEarlier(series: EditedSeries, slot: Slot): boolean {
	if (series.overrides.some((override) => slotOf(series, override).key < slot.key)) return true;
	return hasAny(pointlike(series.master), [], { from: EVER.from, to: slot.instant });
}

/** Finds the occurrence that an original start key names. */
export function locate(series: EditedSeries, target: string): Target | "absent" | "too_expensive" {
	const { frame, overrides } = series;
	const byKey = overrides.filter(
		({ recurrence_id }) => recurrence_id !== null && originalStartKey(recurrence_id) === target,
	);
	const time = parseOriginalStartKey(target);
	if (time === null || (time.type !== frame.face.kind && byKey.length === 0)) return "absent";
	const named = byKey[0];
	const slot = named === undefined ? frame.slotOf(dateValueOf(time)) : slotOf(series, named);
	const override = newestAt(series, slot);
	if (override !== null) {
		const occurrence = {
			original_start: override.recurrence_id ?? override.start,
			...timesOf(override),
			event: override,
		};
		return { slot, occurrence, override };
	}
	const slots = slotsIn(series, [slot]);
	if (!slots.has(slot)) return slots.unknown(slot) ? "too_expensive" : "absent";
	const exact = { ...slot, local: patternLocal(series, slot) };
	const occurrence = instanceAt(series, exact);
	return occurrence === null ? "absent" : { slot: exact, occurrence, override: null };
}

const timesOf = ({ start, end }: CalendarEvent): Pick<CalendarEvent, "start" | "end"> => ({ start, end });

/** Of several overrides of a slot the one that expansion shows. */
function newestAt(series: EditedSeries, slot: Slot): CalendarEvent | null {
	let newest: CalendarEvent | null = null;
	for (const override of series.overrides) {
		if (slotOf(series, override).key !== slot.key) continue;
		if (newest === null || override.sequence >= newest.sequence) newest = override;
	}
	return newest;
}

/** The instance of a slot as the master, or a THISANDFUTURE before it, gives it. */
export function instanceAt(series: EditedSeries, slot: Slot): Occurrence | null {
	const { master, frame } = series;
	const period = datesIn(master, "RDATE").find(({ at, period }) => period && frame.slotOf(at).key === slot.key);
	const lines = [period === undefined ? dateLine("RDATE", timeOfSlot(series, slot)) : period.line];
	const futures = series.overrides.filter(
		(override) => override.this_and_future && slotOf(series, override).key < slot.key,
	);
	const bare = { master: { ...master, recurrence: lines }, overrides: futures };
	const { occurrences } = expandSeries(bare, EVER, IN_UTC);
	return occurrences.find(({ original_start }) => keyOf(frame, original_start) === slot.key) ?? null;
}

/**
 * The wall clock of a slot as the rule counts it. It differs from the one that is shown where a rule's time falls in a
 * gap: shifts have to start from it.
 */
export function patternLocal({ master, frame }: EditedSeries, slot: Slot): number {
	if (slot.key === frame.start.key) return frame.start.local;
	const { zone } = frame.face;
	const reading = slot.instant + zone.offsetAt(slot.instant);
	if (frame.face.kind !== "zoned" || zone.offsetAt(slot.instant - 3 * HOUR) === zone.offsetAt(slot.instant)) {
		return frame.face.kind === "zoned" ? reading : slot.local;
	}
	let pattern: number | null = null;
	for (const { rule } of rulesIn(master, "RRULE")) {
		const window = { from: reading - 3 * HOUR, to: reading + 1, until: Number.POSITIVE_INFINITY };
		walkRule(rule, { start: frame.start.local, startCounts: true, ...window, work: workOf(100_000) }, (local) => {
			if (frame.slotAt(local).key === slot.key) pattern = local;
			return true;
		});
	}
	return pattern ?? reading;
}
