import type { CalendarEvent, EventPatch, EventScope } from "@kalends/client";
import { instantOf } from "../time/instants.ts";
import { type EventPoint, isDay, type Span } from "../wire.ts";

/** A write as the screens know it while the server is being asked. */
export type PlannedWrite =
	| { readonly kind: "create"; readonly event: CalendarEvent }
	| {
			readonly kind: "update";
			readonly target: CalendarEvent;
			readonly patch: EventPatch;
			readonly scope: EventScope | null;
	  }
	| { readonly kind: "delete"; readonly target: CalendarEvent; readonly scope: EventScope | null };

/**
 * The list as it will be, so that it can be shown at once; the server's answer replaces it. Of a series those occurrences
 * are changed that are in the list and that the scope means.
 * @param zone in which days and floating times are read
 */
export function applied(events: readonly CalendarEvent[], write: PlannedWrite, zone: string): readonly CalendarEvent[] {
	switch (write.kind) {
		case "create":
			return [...events.filter(({ id }) => id !== write.event.id), write.event];
		case "delete":
			return events.filter((event) => !isMeant(event, write.target, write.scope, zone));
		case "update":
			return events.map((event) =>
				isMeant(event, write.target, write.scope, zone) ? changed(event, write.target, write.patch, zone) : event,
			);
	}
}

function isMeant(event: CalendarEvent, target: CalendarEvent, scope: EventScope | null, zone: string): boolean {
	if (scope === null || scope === "this") return event.id === target.id;
	const series = target.recurring_event_id ?? target.id;
	if (event.recurring_event_id !== series && event.id !== series) return false;
	return scope === "all" || slotOf(event, zone) >= slotOf(target, zone);
}

/** Times move by as much as the target's do. */
function changed(event: CalendarEvent, target: CalendarEvent, patch: EventPatch, zone: string): CalendarEvent {
	const {
		start,
		end,
		recurrence: _,
		participants,
		reminders,
		conference,
		attachments,
		calendar_id: __,
		...plain
	} = patch;
	const shown = Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== null && value !== undefined));
	const next = { ...event, ...shown, sync: { state: "pending" } } as CalendarEvent;
	if (!isPoint(start) && !isPoint(end)) return next;
	const to = { start: isPoint(start) ? start : target.start, end: isPoint(end) ? end : target.end };
	const moved = event.id === target.id ? to : shifted(event, target, to, zone);
	return { ...next, ...moved, all_day: isDay(moved.start) };
}

function shifted(event: Span, target: Span, to: Span, zone: string): Span {
	if (isDay(to.start) !== isDay(event.start)) return event;
	const move = (point: EventPoint, from: EventPoint, goal: EventPoint): EventPoint => {
		const by = instantOf(goal, zone) - instantOf(from, zone);
		if (isDay(point)) {
			const days = Math.round(by / 86_400_000);
			return { date: Temporal.PlainDate.from(point.date).add({ days }).toString() };
		}
		const instant = Temporal.Instant.fromEpochMilliseconds(instantOf(point, zone) + by);
		const there = instant.toZonedDateTimeISO(point.time_zone ?? zone);
		return { ...point, date_time: there.toString({ smallestUnit: "second", timeZoneName: "never" }) };
	};
	return { start: move(event.start, target.start, to.start), end: move(event.end, target.end, to.end) };
}

function slotOf({ original_start, start }: CalendarEvent, zone: string): number {
	return instantOf(original_start ?? start, zone);
}

function isPoint(value: EventPatch["start"]): value is EventPoint {
	return (
		value !== null && value !== undefined && (typeof value.date === "string" || typeof value.date_time === "string")
	);
}
