import type { CalendarEvent } from "../event/event.ts";
import { expandSeries } from "../recurrence/expand.ts";
import type { Slot } from "../recurrence/frame.ts";
import { durationOf, sameZone } from "../recurrence/shape.ts";
import { instantOf, localOf, withLocal } from "../time/event-time.ts";
import { DAY, MAX_LOCAL, MIN_LOCAL } from "../time/wall-clock.ts";
import { linesOf } from "./lines.ts";
import { type EditedSeries, EVER, instanceAt, keyOf, seriesOf, slotOf, type Target, timeOfSlot } from "./series.ts";
import { shiftLines } from "./shift-lines.ts";
import { after } from "./time-change.ts";
import { withZones, zonesOfAll } from "./touch.ts";

/** A THISANDFUTURE at the first slot after `slot` that it gives; null where it gives none. */
export function handOver(series: EditedSeries, slot: Slot, future: CalendarEvent): CalendarEvent | null {
	const away = localOf(future.start) - slotOf(series, future).local;
	const from = slot.instant + Math.min(0, away) - 2 * DAY;
	// What it gives begins in the order of its slots, and mostly soon.
	for (const maxOccurrences of [100, 10_000]) {
		const options = { floatingZone: "UTC", limits: { maxOccurrences } };
		const next = expandSeries(series, { from, to: EVER.to }, options).occurrences.find(
			(one) => one.event === future && keyOf(series.frame, one.original_start) > slot.key,
		);
		if (next === undefined) continue;
		const { original_start, start, end } = next;
		return { ...future, recurrence_id: original_start, start, end };
	}
	return null;
}

/**
 * The tail of a series with the THISANDFUTURE that is in force at its first slot: as its master where type, zone and rule
 * allow, else as an override.
 */
export function withFuture(tail: EditedSeries, series: EditedSeries, { slot, override }: Target): EditedSeries {
	const plain = override?.this_and_future === true ? null : instanceAt(series, slot);
	const future = plain === null ? override : plain.event;
	if (future === null || future === series.master || future.recurrence_id === null) return tail;
	const flat = flattened(tail, series, future);
	if (flat !== null) return flat;
	if (override?.this_and_future === true || plain === null) return tail;
	const { start, end } = plain;
	const kept =
		override === null
			? { ...future, recurrence_id: timeOfSlot(series, slot), start, end }
			: handOver(series, slot, future);
	return kept === null ? tail : seriesOf(tail.master, [...tail.overrides, kept]);
}

function flattened(tail: EditedSeries, series: EditedSeries, future: CalendarEvent): EditedSeries | null {
	const { master } = tail;
	const { zone } = series.frame.face;
	if (future.start.type !== master.start.type || !sameZone(future.start, master.start)) return null;
	const periods = linesOf(master).some((line) => line.kind === "dates" && line.dates.some(({ period }) => period));
	if (periods) return null;
	const instant = instantOf(future.start, "UTC");
	const local = future.start.type === "zoned" ? instant + zone.offsetAt(instant) : localOf(future.start);
	const shift = local - slotOf(series, future).local;
	const at = tail.frame.start.local + shift;
	if (at < MIN_LOCAL || at > MAX_LOCAL) return null;
	const start = withLocal(master.start, at, master.custom_zones);
	const shifted = shiftLines(tail, { start, ...zonesPart(master) }, (slot) => slot + shift);
	if (shifted === null || !shifted.constant) return null;
	const overrides: CalendarEvent[] = [];
	for (const one of tail.overrides) {
		if (one === future) continue;
		const recurrence_id = shifted.slot(slotOf(tail, one));
		if (recurrence_id === null) return null;
		overrides.push({ ...one, recurrence_id });
	}
	const zones = zonesOfAll([master, future]);
	const ends = sameZone(future.start, future.end) ? start : future.end;
	const times = { start, end: after(start, durationOf(future), ends, zones), recurrence: shifted.lines };
	return seriesOf(withZones({ ...future, ...times, recurrence_id: null, this_and_future: false }, zones), overrides);
}

function zonesPart({ custom_zones }: CalendarEvent): Pick<CalendarEvent, "custom_zones"> {
	return custom_zones === undefined ? {} : { custom_zones };
}
