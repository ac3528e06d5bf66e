import type { CalendarEvent } from "../event/event.ts";
import { expandSeries } from "../recurrence/expand.ts";
import { parseOriginalStartKey } from "../recurrence/keys.ts";
import { canonicalRecurrence } from "../sync/content.ts";
import { instantOf } from "../time/event-time.ts";
import { DAY } from "../time/wall-clock.ts";
import { timeOf } from "./merge-event.ts";
import { sameEvent, slotKey } from "./same-content.ts";
import { same } from "./three-way.ts";

/** All events of one UID in one resource, by slot; the single or master has the empty key. */
export type Parts = ReadonlyMap<string, CalendarEvent>;

export const BASE = "";

/** The events of one UID by slot. Where a broken resource has a slot twice, the later one is kept under a key of its own. */
export function partsOf(events: readonly CalendarEvent[]): Map<string, CalendarEvent> {
	const parts = new Map<string, CalendarEvent>();
	for (const event of events) {
		let key = slotKey(event);
		while (parts.has(key)) key += "+";
		parts.set(key, event);
	}
	return parts;
}

export function sameParts(a: Parts, b: Parts): boolean {
	if (a.size !== b.size) return false;
	for (const [key, event] of a) {
		const other = b.get(key);
		if (other === undefined || !sameEvent(event, other)) return false;
	}
	return true;
}

/** Keys, the base's aside, of overrides that one side added, edited or removed. */
export function touchedOverrides(before: Parts, after: Parts): string[] {
	const keys = new Set([...before.keys(), ...after.keys()]);
	keys.delete(BASE);
	return [...keys].filter((key) => {
		const [a, b] = [before.get(key), after.get(key)];
		return a === undefined || b === undefined || !sameEvent(a, b);
	});
}

const recurs = (event: CalendarEvent | undefined): boolean => (event?.recurrence?.length ?? 0) > 0;

/** Does the slot pattern of the series lie elsewhere: another first start, or a series where there was none? */
export function movesSlots(before: Parts, after: Parts, recurring: boolean): boolean {
	const [a, b] = [before.get(BASE), after.get(BASE)];
	if (a === undefined || b === undefined) return false;
	return recurs(a) !== recurs(b) || (recurring && !same(a.start, b.start));
}

/** Was anything said of single slots: an override, an exception, an extra date, an end? */
export function namesSlots(before: Parts, after: Parts): boolean {
	if (touchedOverrides(before, after).length > 0) return true;
	return !same(slotLines(before.get(BASE)), slotLines(after.get(BASE)));
}

/** What of RRULE, RDATE, EXDATE names slots by their time, and so is void when the slots move. */
function slotLines(event: CalendarEvent | undefined): string[] {
	return (event?.recurrence ?? []).flatMap((line) => {
		const name = /^[A-Za-z-]+/.exec(line)?.[0].toUpperCase();
		if (name !== "RRULE") return [line];
		const until = /UNTIL=[^;]*/i.exec(line)?.[0];
		return until === undefined ? [] : [until];
	});
}

export function recurrenceChanged(before: Parts, after: Parts): boolean {
	return !sameRecurrence(before.get(BASE), after.get(BASE));
}

export function sameSlots(a: Parts, b: Parts): boolean {
	const [one, other] = [a.get(BASE), b.get(BASE)];
	if (one === undefined || other === undefined) return one === other;
	return same(timeOf(one), timeOf(other)) && sameRecurrence(one, other);
}

/** Do both recur alike? Servers write the lines in another order. */
export function sameRecurrence(a: CalendarEvent | undefined, b: CalendarEvent | undefined): boolean {
	return same(canonicalRecurrence(a?.recurrence ?? null), canonicalRecurrence(b?.recurrence ?? null));
}

/** Is the slot one of the series? True where that cannot be worked out. */
export function hasSlot(master: CalendarEvent | undefined, key: string): boolean {
	const slot = parseOriginalStartKey(key.replace(/\++$/, ""));
	if (master === undefined || slot === null) return true;
	const at = instantOf(slot, "UTC");
	const length = Math.max(0, instantOf(master.end, "UTC") - instantOf(master.start, "UTC"));
	const range = { from: at - DAY, to: at + DAY + length };
	const { occurrences, problem } = expandSeries({ master, overrides: [] }, range, { floatingZone: "UTC" });
	return problem !== null || occurrences.some(({ original_start }) => slotKeyOf(original_start) === slotKeyOf(slot));
}

const slotKeyOf = (time: CalendarEvent["start"]): number => instantOf(time, "UTC");
