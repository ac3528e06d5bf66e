import type { CalendarEvent } from "@kalends/client";
import { daysOf, instantOf } from "../time/instants.ts";

export interface DayOfEvents {
	/** `YYYY-MM-DD` */
	readonly day: string;
	readonly events: readonly CalendarEvent[];
}

/**
 * Events under each day that they touch, whole days first, then by start; days without any are left out.
 * @param days first and exclusive last (`YYYY-MM-DD`); null: each event only under its first day
 */
export function byDay(
	events: readonly CalendarEvent[],
	days: { readonly from: string; readonly to: string } | null,
	zone: string,
): readonly DayOfEvents[] {
	const groups = new Map<string, CalendarEvent[]>();
	for (const event of events) {
		const { first, last } = daysOf(event.start, event.end, zone);
		const from = days !== null && first < days.from ? days.from : first;
		const to = days === null ? first : last >= days.to ? before(days.to) : last;
		for (let day = from; day <= to; day = after(day)) {
			groups.set(day, [...(groups.get(day) ?? []), event]);
		}
	}
	const order = (a: CalendarEvent, b: CalendarEvent) =>
		Number(b.all_day) - Number(a.all_day) ||
		instantOf(a.start, zone) - instantOf(b.start, zone) ||
		(a.id < b.id ? -1 : 1);
	return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([day, own]) => ({ day, events: own.toSorted(order) }));
}

/** What of an event with times is on a day that it touches. */
export function partOn(day: string, event: CalendarEvent, zone: string): "whole" | "beginning" | "middle" | "end" {
	const { first, last } = daysOf(event.start, event.end, zone);
	if (first === last) return "whole";
	return day === first ? "beginning" : day === last ? "end" : "middle";
}

function after(day: string): string {
	return Temporal.PlainDate.from(day).add({ days: 1 }).toString();
}

function before(day: string): string {
	return Temporal.PlainDate.from(day).subtract({ days: 1 }).toString();
}
