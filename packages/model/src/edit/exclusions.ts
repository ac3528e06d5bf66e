import type { CalendarEvent, EventDateTime } from "../event/event.ts";
import { parseContentLine } from "../icalendar/syntax/content-line.ts";
import type { DateValue } from "../recurrence/frame.ts";
import { originalStartKey } from "../recurrence/keys.ts";
import { utcAt } from "../time/event-time.ts";
import { formatDate, formatLocal } from "../time/wall-clock.ts";
import { linesOf } from "./lines.ts";
import { dateLine } from "./series.ts";

/** `originalStartKey`s of the slots that the EXDATE lines of a master take out. */
export function excludedKeys(master: CalendarEvent): ReadonlySet<string> {
	const keys = linesOf(master).flatMap((line) =>
		line.kind === "dates" ? line.dates.flatMap(({ name, at }) => (name === "EXDATE" ? [keyOf(at)] : [])) : [],
	);
	return new Set(keys);
}

/** The master with an EXDATE line for each of these times that it does not exclude yet. */
export function withExclusions(master: CalendarEvent, times: readonly EventDateTime[]): CalendarEvent {
	if (times.length === 0) return master;
	const known = excludedKeys(master);
	const added = new Map<string, string>();
	for (const time of times) {
		const key = originalStartKey(time);
		if (!known.has(key)) added.set(key, dateLine("EXDATE", time));
	}
	const lines = [...added].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line);
	return lines.length === 0 ? master : { ...master, recurrence: [...(master.recurrence ?? []), ...lines] };
}

/** The master without what its EXDATE lines say of these slots; other lines stay as they are written. */
export function withoutExclusions(master: CalendarEvent, keys: ReadonlySet<string>): CalendarEvent {
	if (keys.size === 0 || master.recurrence === null) return master;
	const recurrence = linesOf(master).flatMap((line) => {
		if (line.kind !== "dates" || parseContentLine(line.text)?.name !== "EXDATE") return [line.text];
		const kept = line.dates.filter(({ at }) => !keys.has(keyOf(at)));
		return kept.length === line.dates.length ? [line.text] : kept.map((date) => date.line);
	});
	return { ...master, recurrence: recurrence.length === 0 ? null : recurrence };
}

function keyOf({ kind, local, zone }: DateValue): string {
	if (kind === "date") return originalStartKey({ type: "date", date: formatDate(local) });
	if (kind === "floating") return originalStartKey({ type: "floating", local: formatLocal(local) });
	return originalStartKey(utcAt(zone === null ? local : zone.toInstant(local)));
}
