import type { Calendar, CalendarEvent } from "@kalends/client";
import { instantOf, withOffset } from "../time/instants.ts";
import { isDay } from "../wire.ts";

/** What the grid is given of an event, and what its content needs. */
export interface GridEvent {
	readonly id: string;
	readonly title: string;
	/** Instants with offsets; days as they are, the end exclusive. */
	readonly start: string;
	readonly end: string;
	readonly allDay: boolean;
	/** May be moved and resized. */
	readonly editable: boolean;
	readonly extendedProps: { readonly event: CalendarEvent; readonly calendar: Calendar | null };
}

/**
 * @param shownZone in which floating times are read
 * @param calendars by id; an event of one that is not there is shown all the same
 */
export function toGrid(event: CalendarEvent, calendars: ReadonlyMap<string, Calendar>, shownZone: string): GridEvent {
	const calendar = calendars.get(event.calendar_id) ?? null;
	const { id, title } = event;
	const extendedProps = { event, calendar };
	const editable = canEdit(event, calendar);
	if (isDay(event.start) && isDay(event.end)) {
		return { id, title, start: event.start.date, end: event.end.date, allDay: true, editable, extendedProps };
	}
	const start = instantOf(event.start, shownZone);
	const end = instantOf(event.end, shownZone);
	const text = (instant: number) => withOffset(instant, shownZone);
	return { id, title, start: text(start), end: text(end), allDay: false, editable, extendedProps };
}

export function canEdit(event: CalendarEvent, calendar: Calendar | null): boolean {
	return !event.read_only && calendar !== null && canWrite(calendar);
}

/** Whether events can be made and changed in it. */
export function canWrite({ access, selected, status }: Calendar): boolean {
	return selected && (access === "write" || access === "owner") && status !== "gone";
}

/** How an event looks beside its colour. Colour never stands alone, so each look is in its words too. */
export interface Look {
	readonly tentative: boolean;
	readonly declined: boolean;
	readonly past: boolean;
	readonly pending: boolean;
	readonly failed: boolean;
	readonly free: boolean;
}

export function lookOf(event: CalendarEvent, end: number, now: number): Look {
	const own = event.participants.find(({ self }) => self);
	return {
		tentative: event.status === "tentative" || own?.response === "tentative" || own?.response === "needs_action",
		declined: own?.response === "declined" || event.status === "cancelled",
		past: end <= now,
		pending: event.sync.state === "pending",
		failed: event.sync.state === "failed",
		free: !event.busy,
	};
}
