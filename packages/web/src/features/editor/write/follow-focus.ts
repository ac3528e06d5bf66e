import type { CalendarEvent, EventScope } from "@kalends/client";
import { focusEvent } from "../../calendar/focus/focus-event.ts";
import { instantOf, isFloating } from "../../calendar/time/instants.ts";
import { type EventPoint, isDay } from "../../calendar/wire.ts";
import { seriesIdOf } from "./requests.ts";

const LOOK_EVERY_MS = 50;
const MOST_LOOKS = 200;
/** So long after a write the lists are read anew, and what they show is drawn again. */
const STEADY_LOOKS = 40;
const ACTS = ["keydown", "pointerdown"] as const;

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

let end = () => {};

/**
 * Focuses the first of these events that is drawn as soon as focus is on nothing, and again where drawing it anew takes the
 * focus from it; gives up when it goes elsewhere, or the person does something else.
 */
function onceLost(wanted: () => readonly string[]): void {
	end();
	const from = document.activeElement;
	let looks = 0;
	let found = false;
	let steady = 0;
	const look = () => {
		const { activeElement: now } = document;
		// A dialog that is open has it first.
		if (now?.closest("[role=dialog], [role=alertdialog]")) return;
		const id = now?.closest<HTMLElement>("[data-event-id]")?.dataset.eventId;
		const isThere = id !== undefined && now !== from && wanted().includes(id);
		found ||= isThere;
		steady = isThere ? steady + 1 : 0;
		const lost = now === null || now === document.body || now.id === "content";
		if (++looks > MOST_LOOKS || steady > STEADY_LOOKS || !(lost || isThere || now === from)) return end();
		// The grid is drawn before it can be seen, and only what is seen takes the focus.
		if (lost) wanted().some((one) => focusEvent(document, one) && document.activeElement !== now);
	};
	const timer = setInterval(look, LOOK_EVERY_MS);
	const acted = () => found && end();
	end = () => {
		clearInterval(timer);
		for (const name of ACTS) removeEventListener(name, acted, true);
		end = () => {};
	};
	for (const name of ACTS) addEventListener(name, acted, true);
}

function drawnIds(): readonly string[] {
	const drawn = [...document.querySelectorAll<HTMLElement>("[data-event-id]")];
	return drawn.flatMap(({ dataset }) => dataset.eventId ?? []);
}
