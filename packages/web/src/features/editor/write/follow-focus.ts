import type { CalendarEvent, EventScope } from "@kalends/client";
import { focusEvent } from "../../calendar/focus/focus-event.ts";
import { instantOf, isFloating } from "../../calendar/time/instants.ts";
import { type EventPoint, isDay } from "../../calendar/wire.ts";
import { seriesIdOf } from "./requests.ts";

const LOOK_EVERY_MS = 50;
const MOST_LOOKS = 200;

/**
 * Focus goes to an event's place in the calendar as soon as it is drawn, where it would be on nothing otherwise: after a
 * page or a card was left, or where a change of its series gave the event another id.
 */
export function followFocus(id: string): void {
	onceLost(() => [id]);
}

/**
 * The id of the occurrence that the rule puts at `start`.
 * @param zone in which floating times are read
 */
export function occurrenceId(seriesId: string, start: EventPoint, zone: string): string {
	const slot = isDay(start)
		? start.date.replaceAll("-", "")
		: isFloating(start)
			? start.date_time.replaceAll(/[-:]|\.\d+/g, "")
			: new Date(instantOf(start, zone)).toISOString().replaceAll(/[-:]|\.\d+/g, "");
	return `${seriesId}.${slot}`;
}

/**
 * Focus goes on from an event that is about to go to the next one that stays, else to the one before it, else to where the
 * tab key leads.
 */
export function passFocusOn({ id }: Pick<CalendarEvent, "id">, scope: EventScope | null): void {
	const series = seriesIdOf(id);
	const order = drawnIds();
	const at = order.indexOf(id);
	const stays = (other: string) => (scope === "all" ? seriesIdOf(other) !== series : other !== id);
	const after = order
		.slice(at + 1)
		.filter((other) => stays(other) && (scope !== "following" || seriesIdOf(other) !== series));
	const before = at === -1 ? [] : order.slice(0, at).filter(stays).reverse();
	onceLost(() => {
		const stop = document.querySelector<HTMLElement>("[data-event-id][tabindex='0']")?.dataset.eventId;
		return [...after, ...before, ...(stop === undefined ? [] : [stop])];
	});
}

let watched: ReturnType<typeof setInterval> | undefined;

/** Focuses the first of these events that is drawn as soon as focus is on nothing; gives up when it goes elsewhere. */
function onceLost(wanted: () => readonly string[]): void {
	const from = document.activeElement;
	let looks = 0;
	clearInterval(watched);
	watched = setInterval(() => {
		const { activeElement: now } = document;
		// A dialog that is open has it first.
		if (now?.closest("[role=dialog], [role=alertdialog]")) return;
		const lost = now === null || now === document.body || now.id === "content";
		if (++looks > MOST_LOOKS || !(lost || now === from)) return clearInterval(watched);
		// The grid is drawn before it can be seen, and only what is seen takes the focus.
		if (lost && wanted().some((id) => focusEvent(document, id) && document.activeElement !== now)) {
			clearInterval(watched);
		}
	}, LOOK_EVERY_MS);
}

function drawnIds(): readonly string[] {
	const drawn = [...document.querySelectorAll<HTMLElement>("[data-event-id]")];
	return drawn.flatMap(({ dataset }) => dataset.eventId ?? []);
}
