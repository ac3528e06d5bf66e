import type { CalendarEvent, EventDateTime } from "../event/event.ts";
import type { CustomZones } from "../time/event-time.ts";
import { pick } from "./three-way.ts";

/**
 * The definitions of custom zones, one by one: changed or removed where one side did, the remote's where both did.
 * One that a time of the merged event needs stays in any case.
 */
export function mergeZones(
	base: CalendarEvent | null,
	local: CalendarEvent,
	remote: CalendarEvent,
	merged: Omit<CalendarEvent, "custom_zones">,
): CustomZones | undefined {
	const [before, ours, theirs] = [zonesOf(base), zonesOf(local), zonesOf(remote)];
	const zones = new Map<string, string>();
	for (const id of new Set([...theirs.keys(), ...ours.keys()])) {
		const { value } = pick({ base: before.get(id), local: ours.get(id), remote: theirs.get(id) });
		if (value !== undefined) zones.set(id, value);
	}
	for (const id of zonesNamedBy(merged)) {
		const text = zones.get(id) ?? theirs.get(id) ?? ours.get(id) ?? before.get(id);
		if (text !== undefined) zones.set(id, text);
	}
	return zones.size === 0 ? undefined : Object.fromEntries(zones);
}

function zonesOf(event: CalendarEvent | null): Map<string, string> {
	return new Map(Object.entries(event?.custom_zones ?? {}));
}

function zonesNamedBy(event: Omit<CalendarEvent, "custom_zones">): string[] {
	const times: readonly (EventDateTime | null)[] = [event.start, event.end, event.recurrence_id];
	const names = times.flatMap((time) => (time?.type === "zoned" && time.tzid !== undefined ? [time.tzid] : []));
	for (const line of event.recurrence ?? []) {
		const match = /;TZID=(?:"([^"]*)"|([^;:]*))/i.exec(line);
		const name = match?.[1] ?? match?.[2];
		if (name !== undefined) names.push(name);
	}
	return names;
}
