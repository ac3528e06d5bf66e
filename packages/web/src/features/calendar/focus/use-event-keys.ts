import type { Calendar, CalendarEvent } from "@kalends/client";
import { type RefObject, useEffect, useRef } from "react";
import { canEdit } from "../grid/to-grid.ts";
import { type Nudge, nudged, type Placed, placedAt, STEP_MINUTES, spanAt } from "../move/plan-move.ts";
import { focusEvent } from "./focus-event.ts";
import { type Direction, neighbour, type Stop } from "./roving.ts";

export interface EventKeysOptions {
	readonly area: RefObject<HTMLElement | null>;
	readonly events: readonly CalendarEvent[];
	readonly stops: readonly Stop[];
	readonly calendars: ReadonlyMap<string, Calendar>;
	/** In which days are counted. */
	readonly zone: string;
	readonly place: (event: CalendarEvent, placed: Placed) => Promise<unknown>;
	readonly remove: (event: CalendarEvent) => Promise<boolean>;
}

const DIRECTIONS: Readonly<Record<string, Direction>> = {
	ArrowUp: "up",
	ArrowDown: "down",
	ArrowLeft: "left",
	ArrowRight: "right",
	Home: "first",
	End: "last",
};

/** Keys on a focused event: arrows go to others, with Alt they move it, with Alt and Shift they resize it; Delete deletes. */
export function useEventKeys(options: EventKeysOptions): void {
	const latest = useRef(options);
	latest.current = options;
	const underWay = useRef(new Map<string, UnderWay>()).current;
	const { area } = options;
	useEffect(() => {
		const element = area.current;
		const onKeyDown = (event: KeyboardEvent) => {
			const on = event.target instanceof HTMLElement ? event.target.closest<HTMLElement>("[data-event-id]") : null;
			const id = on?.dataset.eventId;
			if (element === null || id === undefined) return;
			if (onEventKey(event, id, element, latest.current, underWay)) event.preventDefault();
		};
		element?.addEventListener("keydown", onKeyDown);
		return () => element?.removeEventListener("keydown", onKeyDown);
	}, [area, underWay]);
}

/** Where keys have put an event, as long as that is not through: the list may show an earlier state meanwhile. */
interface UnderWay {
	readonly placed: Placed;
	readonly writes: number;
}

function onEventKey(
	pressed: KeyboardEvent,
	id: string,
	element: HTMLElement,
	options: EventKeysOptions,
	underWay: Map<string, UnderWay>,
): boolean {
	const { events, stops, calendars, zone, place, remove } = options;
	if (pressed.ctrlKey || pressed.metaKey) return false;
	const rtl = getComputedStyle(element).direction === "rtl";
	const direction = mirrored(DIRECTIONS[pressed.key], rtl);
	const event = events.find((one) => one.id === id);
	if (direction !== undefined && !pressed.altKey) {
		const next = reachable(element, stops, id, direction);
		if (next !== null) focusEvent(element, next);
		return true;
	}
	if (event === undefined || !canEdit(event, calendars.get(event.calendar_id) ?? null)) return false;
	if (pressed.altKey && direction !== undefined) {
		const nudge = nudgeOf(direction, pressed.shiftKey);
		const before = underWay.get(id);
		const now = before === undefined ? event : { ...event, ...spanAt(before.placed, event, zone) };
		const placed = nudge === null ? null : nudged(placedAt(now, zone), nudge, zone);
		if (placed === null) return nudge !== null;
		underWay.set(id, { placed, writes: (before?.writes ?? 0) + 1 });
		void place(now, placed).finally(() => {
			const last = underWay.get(id);
			if (last === undefined) return;
			if (last.writes === 1) underWay.delete(id);
			else underWay.set(id, { ...last, writes: last.writes - 1 });
		});
		return true;
	}
	if (pressed.key === "Delete" || pressed.key === "Backspace") {
		void remove(event);
		return true;
	}
	return false;
}

/** What a month folds away under "+3 more" is passed over. */
function reachable(element: HTMLElement, stops: readonly Stop[], id: string, direction: Direction): string | null {
	const drawn = new Set(
		[...element.querySelectorAll<HTMLElement>("[data-event-id]")].map(({ dataset }) => dataset.eventId),
	);
	return neighbour(
		stops.filter((stop) => drawn.has(stop.id)),
		id,
		direction,
	);
}

function nudgeOf(direction: Direction, resize: boolean): Nudge | null {
	const kind = resize ? "resize" : "move";
	switch (direction) {
		case "up":
			return { kind, days: 0, minutes: -STEP_MINUTES };
		case "down":
			return { kind, days: 0, minutes: STEP_MINUTES };
		case "left":
			return { kind, days: -1, minutes: 0 };
		case "right":
			return { kind, days: 1, minutes: 0 };
		default:
			return null;
	}
}

function mirrored(direction: Direction | undefined, rtl: boolean): Direction | undefined {
	if (!rtl) return direction;
	return direction === "left" ? "right" : direction === "right" ? "left" : direction;
}
