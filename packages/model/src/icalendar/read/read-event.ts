import type { CalendarEvent, EventDateTime } from "../../event/event.ts";
import { FIELDS } from "../fields/index.ts";
import { MissingStartError } from "../fields/times.ts";
import type { Component } from "../syntax/component.ts";
import { paramOf, parseContentLine } from "../syntax/content-line.ts";
import type { ReadContext } from "./context.ts";

/** Maps a VEVENT to the canonical event; null, with a warning, where it stands at no time. */
export function readEvent(component: Component, uid: string, context: ReadContext): CalendarEvent | null {
	try {
		const [recurrenceId, times, recurrence, ...rest] = FIELDS;
		const event: CalendarEvent = Object.assign(
			{ uid },
			recurrenceId.read(component, context),
			times.read(component, context),
			recurrence.read(component, context),
			...rest.map((field) => field.read(component, context)),
		);
		const customZones = definitionsFor(event, context);
		return customZones === null ? event : { ...event, custom_zones: customZones };
	} catch (error) {
		if (!(error instanceof MissingStartError)) throw error;
		context.warn(`An event was left out: ${error.message}`);
		return null;
	}
}

/** The VTIMEZONEs of the TZIDs that no IANA name stands for; null where there are none. Warns of those of no zone. */
function definitionsFor(event: CalendarEvent, context: ReadContext): Record<string, string> | null {
	const tzids = new Set<string>();
	const collect = (time: EventDateTime | null) => {
		if (time?.type === "zoned" && time.zone === null && time.tzid !== undefined) tzids.add(time.tzid);
	};
	collect(event.start);
	collect(event.end);
	collect(event.recurrence_id);
	for (const text of event.recurrence ?? []) {
		const line = text.includes(";TZID=") ? parseContentLine(text) : null;
		const tzid = line === null ? null : paramOf(line, "TZID");
		if (tzid !== null) tzids.add(tzid);
	}
	if (tzids.size === 0) return null;
	const found = [...tzids].flatMap((tzid) => {
		const { definition, uncertain, zone } = context.zone(tzid);
		if (uncertain) context.warn(`The zone "${tzid}" is unknown; its times are read in ${zone.id}.`);
		return definition === null ? [] : [[tzid, definition] as const];
	});
	return found.length === 0 ? null : Object.fromEntries(found);
}
