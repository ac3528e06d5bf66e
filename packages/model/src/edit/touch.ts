import type { CalendarEvent } from "../event/event.ts";
import { canonicalJson, contentHash } from "../sync/content.ts";
import type { CustomZones } from "../time/event-time.ts";
import { formatInstant } from "../time/wall-clock.ts";

/** Structural equality of two field values. */
export function sameValue(a: unknown, b: unknown): boolean {
	return canonicalJson(a) === canonicalJson(b);
}

/** A change of these obliges to raise SEQUENCE (RFC 5546 §2.1.4). */
const SIGNIFICANT = ["start", "end", "duration_kind", "recurrence_id", "recurrence", "status"] as const;

/**
 * The event as it is to be stored after an edit: `before` itself where nothing that anyone can see differs, else with
 * `updated_at` set, and SEQUENCE raised where time, recurrence or status changed.
 */
export function touched(before: CalendarEvent, after: CalendarEvent, now: number): CalendarEvent {
	if (contentHash(before) === contentHash(after)) return before;
	const significant = SIGNIFICANT.some((field) => !sameValue(before[field], after[field]));
	return { ...after, sequence: before.sequence + (significant ? 1 : 0), updated_at: formatInstant(now) };
}

/** The event with those of the custom zones that its times and lines name, as reading it would give it. */
export function withZones(event: CalendarEvent, zones: CustomZones): CalendarEvent {
	const { custom_zones, ...rest } = event;
	const used = Object.entries(zones).filter(([id]) => namesZone(rest, id));
	return used.length === 0 ? rest : { ...rest, custom_zones: Object.fromEntries(used) };
}

function namesZone(event: Omit<CalendarEvent, "custom_zones">, id: string): boolean {
	const times = [event.start, event.end, event.recurrence_id];
	if (times.some((time) => time?.type === "zoned" && time.zone === null && time.tzid === id)) return true;
	return event.recurrence?.some((line) => line.includes(`;TZID=${id}`) || line.includes(`;TZID="${id}`)) ?? false;
}

/** All custom zones that events of a resource know. */
export function zonesOfAll(events: readonly CalendarEvent[]): CustomZones {
	return Object.assign({}, ...events.map((event) => event.custom_zones ?? {}));
}
