import type { CalendarEvent, EventDateTime } from "../../event/event.ts";
import { memoize } from "../../time/bounded-cache.ts";
import { resolveTzid } from "../../time/resolve-tzid.ts";
import { buildTree, type Component, propertyOf } from "../syntax/component.ts";
import { unfoldLines } from "../syntax/lines.ts";
import { timezoneText } from "./timezone-rules.ts";

const NO_CONTEXT = { definitions: new Map(), fallback: null };

/**
 * The VTIMEZONEs that are missing for some TZIDs: an event's own definition of a custom zone, else rules made from the
 * tz database. A TZID that nothing defines gets none: rules for it would be a guess.
 */
export function timezonesFor(
	tzids: readonly string[],
	events: readonly CalendarEvent[],
	present: readonly Component[],
): Component[] {
	const defined = new Set(present.map((component) => propertyOf(component, "TZID")?.value.trim()));
	const missing = [...new Set(tzids)].filter((tzid) => tzid !== "" && !defined.has(tzid));
	const year = Math.min(...events.flatMap(timesOf).map((time) => Number(textOf(time).slice(0, 4)) - 1));
	return missing.flatMap((tzid) => definitionOf(tzid, events, year) ?? []);
}

function definitionOf(tzid: string, events: readonly CalendarEvent[], year: number): Component | null {
	for (const { custom_zones: zones } of events) {
		const text = zones !== undefined && Object.hasOwn(zones, tzid) ? zones[tzid] : undefined;
		const custom = text === undefined ? undefined : componentOf(text);
		// Without observances it only names the fallback of an unknown zone.
		if (custom !== undefined) return custom.components.length > 0 ? custom : null;
	}
	const name = nameOf(tzid, events);
	return name === null ? null : generated(JSON.stringify([tzid, name, year]));
}

function nameOf(tzid: string, events: readonly CalendarEvent[]): string | null {
	for (const time of events.flatMap(timesOf)) {
		if (time.type === "zoned" && time.zone !== null && (time.tzid ?? time.zone) === tzid) return time.zone;
	}
	return resolveTzid(tzid, NO_CONTEXT).name;
}

const generated = memoize(256, (key): Component | null => {
	const [tzid, name, year] = JSON.parse(key) as [string, string, number];
	const text = timezoneText(tzid, name, year);
	return text === null ? null : (componentOf(text) ?? null);
});

function componentOf(text: string): Component | undefined {
	return buildTree(unfoldLines(text)).roots.find(({ name }) => name === "VTIMEZONE");
}

function timesOf(event: CalendarEvent): EventDateTime[] {
	return [event.start, event.end, ...(event.recurrence_id === null ? [] : [event.recurrence_id])];
}

const textOf = (time: EventDateTime): string => (time.type === "date" ? time.date : time.local);
