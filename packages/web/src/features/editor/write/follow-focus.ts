import type { CalendarEvent } from "@kalends/client";
import { focusEvent } from "../../calendar/focus/focus-event.ts";
import { instantOf } from "../../calendar/time/instants.ts";
import { isDay } from "../../calendar/wire.ts";

const LOOK_EVERY_MS = 100;
const MOST_LOOKS = 100;

/**
 * Focus goes to an event's place in the calendar as soon as it is drawn, where it would be on nothing otherwise: after a
 * page was left, or where a change of its series gave the event another id.
 * @param seriesId of the series, or the event's own id
 * @param start of the occurrence that is meant
 * @param zone in which floating times are read
 */
export function followFocus(seriesId: string, start: CalendarEvent["start"], zone: string): void {
	const id = `${seriesId}.${isDay(start) ? start.date.replaceAll("-", "") : compact(instantOf(start, zone))}`;
	const from = document.activeElement;
	let looks = 0;
	const timer = setInterval(() => {
		const { activeElement: now } = document;
		// A dialog that is open has it first.
		if (now?.closest("[role=dialog]")) return;
		const lost = now === null || now === document.body || now.id === "content";
		if (++looks > MOST_LOOKS || !(lost || now === from)) return clearInterval(timer);
		// The grid is drawn before it can be seen, and only what is seen takes the focus.
		if (lost && [id, seriesId].some((one) => focusEvent(document, one) && document.activeElement !== now)) {
			clearInterval(timer);
		}
	}, LOOK_EVERY_MS);
}

/** `20270202T080000Z` */
function compact(instant: number): string {
	return new Date(instant).toISOString().replaceAll(/[-:]|\.\d+/g, "");
}
