import { notFound } from "../../http/google-error.ts";
import type { Calendar } from "../../world/calendar.ts";
import type { EventRecord } from "../../world/event-record.ts";
import { type Instance, instanceAt, parseInstanceId } from "./series.ts";

/** What the rule of a series gives, as an event of its own: what a change of one instance begins from. */
export function instanceRecord(master: EventRecord, instance: Instance): EventRecord {
	return {
		...master,
		id: instance.id,
		recurrence: undefined,
		recurringEventId: master.id,
		originalStartTime: instance.originalStartTime,
		start: instance.start,
		end: instance.end,
	};
}

/** What lies under an id: stored, deleted too, or an instance that a series gives; null: nothing. */
export function lookUp(calendar: Calendar, id: string): EventRecord | null {
	const stored = calendar.events.get(id);
	// An exception that lost its slot is no more once the series has the slot again.
	if (stored !== null && (stored.deletedAt === undefined || stored.recurringEventId === undefined)) return stored;
	const parsed = parseInstanceId(id);
	const master = parsed === null ? null : calendar.events.get(parsed.masterId);
	if (parsed === null || master?.recurrence === undefined) return stored;
	if (stored !== null && master.deletedAt !== undefined) return stored;
	const instance = instanceAt(master, parsed.key);
	return instance === null ? stored : instanceRecord(master, instance);
}

/** @throws GoogleError 404 */
export function findEvent(calendar: Calendar, id: string): EventRecord {
	const record = lookUp(calendar, id);
	if (record === null) throw notFound();
	return record;
}
