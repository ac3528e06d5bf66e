import type { CalendarEvent, EventDateTime } from "../event/event.ts";
import { type Duration, durationMilliseconds } from "../time/duration.ts";
import { exactBetween, localOf, nominalBetween } from "../time/event-time.ts";
import { DAY, MAX_LOCAL, MIN_LOCAL, parseLocal } from "../time/wall-clock.ts";
import type { Zone } from "../time/zone.ts";
import { type DateValue, dateValueOf, type Face, type Frame, faceOf, type Slot } from "./frame.ts";

/** Where an instance lies; the local values count for dates and floating times. */
export interface Placed {
	readonly startLocal: number;
	readonly startInstant: number;
	readonly endLocal: number;
	readonly endInstant: number;
}

/** How instances of a series follow from their slots: those of the master, or those that a THISANDFUTURE shifts. */
export interface Shape {
	readonly event: CalendarEvent;
	readonly startFace: Face;
	readonly endFace: Face;
	/** Local milliseconds that instances start after their slot. */
	readonly shift: number;
	/** At least as long as any instance, in milliseconds. */
	readonly reach: number;
	place(slot: Slot): Placed;
	/** Where an instance with an end of its own lies. */
	placeUntil(slot: Slot, end: DateValue | Duration): Placed;
}

/** Instances as long as the master, at their slots. */
export function masterShape(master: CalendarEvent, frame: Frame, floatingZone: Zone): Shape {
	return shapeOf(master, frame, floatingZone, 0, frame.face);
}

/** Instances moved from their slots as far as `override` is moved from its own, and as long as it (RANGE=THISANDFUTURE). */
export function shiftedShape(override: CalendarEvent, slot: Slot, frame: Frame, floatingZone: Zone): Shape {
	const { start } = override;
	const instant = start.type === "zoned" ? parseLocal(start.instant) : Number.NaN;
	const bothZoned = frame.face.kind === "zoned" && start.type === "zoned";
	const local = bothZoned ? instant + frame.face.zone.offsetAt(instant) : localOf(start);
	const face = faceOf(start, floatingZone, override.custom_zones);
	return shapeOf(override, frame, floatingZone, local - slot.local, face);
}

function shapeOf(event: CalendarEvent, frame: Frame, floatingZone: Zone, shift: number, startFace: Face): Shape {
	const sameKind = event.end.type === event.start.type;
	const endFace = sameKind ? faceOf(event.end, floatingZone, event.custom_zones) : startFace;
	const zoned = startFace.kind === "zoned";
	const duration = durationOf(event);
	const bothZoned = zoned && frame.face.kind === "zoned";
	const inPlace = shift === 0 && startFace.kind === frame.face.kind;
	// A shift is one of the series' wall clock, so that it stays the same over a change of offset.
	const shiftZone = bothZoned ? frame.face.zone : startFace.zone;

	const startOf = (slot: Slot): { readonly local: number; readonly instant: number } => {
		if (inPlace && startFace.zone === frame.face.zone) return slot;
		const local = within(slot.local + shift);
		const instant = inPlace ? slot.instant : shiftZone.toInstant(local);
		return { local: bothZoned ? instant + startFace.zone.offsetAt(instant) : local, instant };
	};
	const after = (start: { readonly local: number; readonly instant: number }, length: Duration): Placed => {
		const nominal = within(start.local + length.days * DAY);
		const nominalInstant = length.days === 0 ? start.instant : startFace.zone.toInstant(nominal);
		const endLocal = within(nominal + length.milliseconds);
		return {
			startLocal: start.local,
			startInstant: start.instant,
			endLocal,
			endInstant: zoned ? nominalInstant + length.milliseconds : startFace.zone.toInstant(endLocal),
		};
	};
	return {
		event,
		startFace,
		endFace,
		shift,
		reach: durationMilliseconds(duration) + (duration.days === 0 && shift === 0 && zoned ? 0 : DAY),
		place: (slot) => after(startOf(slot), duration),
		placeUntil: (slot, end) => {
			const start = startOf(slot);
			if ("days" in end) return after(start, end.days < 0 || end.milliseconds < 0 ? NO_TIME : end);
			const until = frame.slotOf(end);
			const length = zoned ? until.instant - start.instant : until.local - start.local;
			return after(start, { days: 0, milliseconds: Math.max(0, length) });
		},
	};
}

const NO_TIME: Duration = { days: 0, milliseconds: 0 };

const within = (local: number): number => Math.min(Math.max(local, MIN_LOCAL), MAX_LOCAL);

/** The length of every instance (RFC 5545 §3.8.5.3); never negative. */
export function durationOf(event: Pick<CalendarEvent, "start" | "end" | "duration_kind" | "custom_zones">): Duration {
	const { start, end } = event;
	const exact = exactBetween(start, end);
	if (!(exact > 0)) return NO_TIME;
	if (event.duration_kind === "exact" || !sameZone(start, end)) return { days: 0, milliseconds: exact };
	return nominalBetween(start, end, event.custom_zones);
}

/** True where both stand in one zone; times without a zone stand in any. */
export function sameZone(a: EventDateTime, b: EventDateTime): boolean {
	return a.type !== "zoned" || b.type !== "zoned" || (a.zone === b.zone && a.tzid === b.tzid);
}

/** The slot that an override replaces. */
export function slotOfOverride(override: CalendarEvent, frame: Frame): Slot | null {
	return override.recurrence_id === null ? null : frame.slotOf(dateValueOf(override.recurrence_id));
}
