import type { CalendarEvent } from "../event/event.ts";
import type { Slot } from "../recurrence/frame.ts";
import { originalStartKey } from "../recurrence/keys.ts";
import { localOf } from "../time/event-time.ts";
import { OUT_OF_CALENDAR, RULE_NEEDED, refused } from "./faults.ts";
import { newLines } from "./new-lines.ts";
import { fieldsOf, inheritedFields } from "./patch.ts";
import type { DroppedOverride, EditFault, EditPlan, EventPatch } from "./plan.ts";
import { type EditedSeries, keyOf, seriesOf, slotOf, slotsIn, type Target } from "./series.ts";
import { type ShiftedLines, shiftLines } from "./shift-lines.ts";
import { type Extent, extentOf, movedExtent, movedLocal, patchedExtent, type TimeChange } from "./time-change.ts";
import { sameValue, touched, withZones, zonesOfAll } from "./touch.ts";

/** How a series changes as a whole. */
interface SeriesChange {
	readonly series: EditedSeries;
	readonly target: Target | null;
	readonly patch: EventPatch;
	readonly time: TimeChange;
	readonly now: number;
}

/**
 * Changes a whole series, or a single. A change of time of one occurrence moves all by the same difference of wall clocks;
 * of the master itself it is taken as given. Rules, RDATE, EXDATE and overrides move along; an override keeps what it has
 * of its own, but for the one that gives the target: that takes all of the patch. `recurrence: null` leaves only the
 * target, or the first occurrence, as a single.
 */
export function patchAll(series: EditedSeries, target: Target | null, given: EventPatch, now: number): EditPlan {
	const { master } = series;
	const patch = effective(given, master);
	const shown = target?.occurrence ?? { event: master, start: master.start, end: master.end };
	const from = extentOf(shown.event, shown);
	const { extent: to, faults } = patchedExtent(from, patch);
	const change = { series, target, patch, time: { from, to }, now };
	if (patch.recurrence === null) return faults.length > 0 ? refused(...faults) : toSingle(change, shown.event);
	const extent = changesTime(change.time) ? masterExtent(change) : extentOf(master);
	if (extent === null) return refused(...faults, ...(faults.length > 0 ? [] : [emptied(change)]));
	const lines = nextLines(change, extent);
	faults.push(...lines.faults);
	if (faults.length > 0) return refused(...faults);
	const zones = { ...zonesOfAll([master, ...series.overrides, shown.event]), ...to.custom_zones };
	const times = { start: extent.start, end: extent.end };
	const changed = withZones({ ...master, ...fieldsOf(patch), ...times, recurrence: lines.lines }, zones);
	const next = seriesOf(touched(master, changed, now), []);
	const overrides = nextOverrides(change, next, lines, zones);
	if (overrides === null) return refused(OUT_OF_CALENDAR);
	const slotShift = lines.constant ? localOf(extent.start) - localOf(master.start) : 0;
	return {
		type: "edited",
		events: [next.master, ...overrides.kept],
		created: null,
		dropped: overrides.dropped,
		slotShift,
	};
}

/** The patch without a recurrence that the series has already: it says nothing, so lines may follow a change of time. */
export function effective(patch: EventPatch, master: CalendarEvent): EventPatch {
	const { recurrence, ...rest } = patch;
	if (recurrence === undefined) return patch;
	const wanted = recurrence === null || recurrence.length === 0 ? null : recurrence;
	return sameValue(wanted, master.recurrence) ? rest : { ...rest, recurrence: wanted };
}

const changesTime = ({ from, to }: TimeChange): boolean => !sameValue([from.start, from.end], [to.start, to.end]);

function zonesFor({ series, time }: SeriesChange): Record<string, string> {
	return { ...zonesOfAll([series.master, ...series.overrides]), ...time.from.custom_zones };
}

function masterExtent(change: SeriesChange): Extent | null {
	const { series, time } = change;
	return movedExtent(extentOf(series.master), time, { leads: true, zones: zonesFor(change) });
}

function emptied({ patch }: SeriesChange): EditFault {
	if (patch.end === undefined) return OUT_OF_CALENDAR;
	return {
		code: "end_not_after_start",
		field: "end",
		detail: "Shortened by as much, the other occurrences of the series would not end after they start.",
		fix: "Send a later `end`, or use `scope=this`.",
	};
}

interface NextLines {
	readonly lines: readonly string[] | null;
	readonly slot: ShiftedLines["slot"];
	readonly constant: boolean;
	/** True where slots may be gone: a new rule, or one that follows the calendar. */
	readonly losesSlots: boolean;
	readonly faults: readonly EditFault[];
}

function nextLines(change: SeriesChange, extent: Extent): NextLines {
	const { series, patch, time } = change;
	const { master } = series;
	const zones = zonesFor(change);
	const moved = { start: extent.start, custom_zones: zones };
	const map = (local: number): number => movedLocal(local, master.start, time, true);
	const stays = sameValue(extent.start, master.start);
	const { recurrence } = patch;
	if (recurrence !== undefined && recurrence !== null) {
		const { lines, faults } = newLines(recurrence, { ...master, ...moved, end: extent.end }, master, time.to.start);
		// Only slots are asked for, so rules that cannot follow do not matter.
		const bare = seriesOf({ ...master, recurrence: null }, []);
		const { slot } = shiftLines(bare, moved, map) ?? { slot: () => null };
		return { lines, slot, constant: true, losesSlots: true, faults };
	}
	if (stays) {
		const slot = (one: Slot) => series.frame.face.write(one.local, one.instant);
		return { lines: master.recurrence, slot, constant: true, losesSlots: false, faults: [] };
	}
	const shifted = shiftLines(series, moved, map);
	if (shifted !== null) return { ...shifted, losesSlots: !shifted.constant, faults: [] };
	return { lines: null, slot: () => null, constant: false, losesSlots: false, faults: [RULE_NEEDED] };
}

/** The overrides after the change, and those whose slot is gone; null where one would leave the calendar. */
function nextOverrides(
	change: SeriesChange,
	next: EditedSeries,
	lines: NextLines,
	zones: Record<string, string>,
): { readonly kept: readonly CalendarEvent[]; readonly dropped: readonly DroppedOverride[] } | null {
	const { series, target, patch, time, now } = change;
	const moving = changesTime(time);
	const stays = sameValue(series.master.start, next.master.start);
	const kept: CalendarEvent[] = [];
	const dropped: DroppedOverride[] = [];
	const gone = lines.losesSlots ? goneSlots(series, next, lines) : () => false;
	for (const override of series.overrides) {
		const slot = slotOf(series, override);
		const time_of_slot = stays ? override.recurrence_id : lines.slot(slot);
		if (time_of_slot === null || gone(slot)) {
			dropped.push(droppedOf(override));
			continue;
		}
		const extent = moving ? movedExtent(extentOf(override), time, { leads: false, zones }) : extentOf(override);
		if (extent === null) return null;
		const fields =
			override === target?.occurrence.event ? fieldsOf(patch) : inheritedFields(patch, override, series.master);
		const times = { start: extent.start, end: extent.end, recurrence_id: time_of_slot };
		kept.push(touched(override, withZones({ ...override, ...fields, ...times }, zones), now));
	}
	return { kept, dropped };
}

/** Which slots the series had and has no more; what was never one of its slots, or was taken out, is not gone. */
function goneSlots(series: EditedSeries, next: EditedSeries, lines: NextLines): (slot: Slot) => boolean {
	const slots = series.overrides.map((override) => slotOf(series, override));
	const moved = new Map<number, Slot>();
	for (const slot of slots) {
		const time = lines.slot(slot);
		if (time !== null) moved.set(slot.key, slotAt(next, keyOf(next.frame, time)));
	}
	const all = [...moved.values()];
	const after = slotsIn(next, all);
	const excludable = slotsIn(series, slots);
	const bare = seriesOf({ ...next.master, recurrence: withoutExceptions(next.master) }, []);
	const possible = slotsIn(bare, all);
	return (slot) => {
		const now = moved.get(slot.key);
		if (now === undefined) return true;
		if (after.has(now) || after.unknown(now)) return false;
		return excludable.has(slot) || !possible.has(now);
	};
}

function slotAt({ frame }: EditedSeries, key: number): Slot {
	return frame.face.kind === "zoned"
		? { local: key + frame.face.zone.offsetAt(key), instant: key, key }
		: frame.slotAt(key);
}

function withoutExceptions({ recurrence }: CalendarEvent): readonly string[] | null {
	return recurrence?.filter((line) => !/^EXDATE/i.test(line)) ?? null;
}

function droppedOf(
	override: CalendarEvent,
	reason = "The repetition has no occurrence at its place any more.",
): DroppedOverride {
	return { originalStart: originalStartKey(override.recurrence_id ?? override.start), title: override.title, reason };
}

/** One occurrence as a single; all other overrides go. */
function toSingle({ series, target, patch, time, now }: SeriesChange, shown: CalendarEvent): EditPlan {
	const { master, overrides } = series;
	const zones = { ...zonesOfAll([master, shown]), ...time.to.custom_zones };
	const { start, end } = time.to;
	const bare = { recurrence: null, recurrence_id: null, this_and_future: false };
	const changed = withZones({ ...shown, ...bare, ...fieldsOf(patch), start, end }, zones);
	const before = { ...master, sequence: Math.max(master.sequence, shown.sequence) };
	const dropped = overrides
		.filter((override) => override !== shown)
		.map((override) => droppedOf(override, "The event does not repeat any more."));
	const slotShift = localOf(start) - (target?.slot.local ?? series.frame.start.local);
	return { type: "edited", events: [touched(before, changed, now)], created: null, dropped, slotShift };
}
