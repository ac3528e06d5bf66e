import {
	type CalendarEvent,
	type EventDateTime,
	floatingZoneOf,
	formatInstant,
	localOf,
	originalStartKey,
} from "@kalends/model";
import { fetchAllEvents } from "../events.ts";
import type { MapContext } from "../fields/field.ts";
import { readOriginalStart } from "../fields/times.ts";
import { eventOf, isPlain, uidOf } from "../series.ts";
import { type GoogleEvent, isCancelled } from "../types.ts";
import { patchBody } from "./body.ts";
import type { InstanceStep } from "./plan-instances.ts";
import { changedMeanwhile, fetchExceptions, patch, type WriteScope } from "./scope.ts";

/**
 * Performs one step.
 * @param event the master as it is at Google now
 * @throws ProviderFailure `precondition_failed` where the instance has become an exception meanwhile
 */
export async function performStep(scope: WriteScope, event: GoogleEvent, step: InstanceStep): Promise<void> {
	if (step.type === "patch") {
		await patch(scope, step.event, step.body);
		return;
	}
	const { mapping } = scope;
	const master = eventOf(event, uidOf(event), mapping);
	const found = await findInstance(scope, event.id, master, step.slot);
	// Not an instance of the series (any more): there is nothing to take out.
	if (step.type === "cancel" && (found === null || isCancelled(found.instance))) return;
	if (found === null || isCancelled(found.instance)) throw changedMeanwhile(`an instance of ${event.id}`);
	const { instance, slot } = found;
	const before = { ...eventOf(instance, master.uid, mapping), recurrence_id: slot };
	if (!isPlain(master, before)) {
		const exceptions = await fetchExceptions(scope, event);
		if (exceptions.some(({ id }) => id === instance.id)) throw changedMeanwhile(`an instance of ${event.id}`);
	}
	const body = step.type === "cancel" ? { status: "cancelled" } : patchBody(instance, before, step.wanted, mapping);
	if (body !== null) await patch(scope, instance, body);
}

/** The instance of a slot; its id is Google's to make (google.md §5). */
async function findInstance(
	{ session, calendar, mapping }: WriteScope,
	id: string,
	master: CalendarEvent,
	slot: EventDateTime,
): Promise<{ readonly instance: GoogleEvent; readonly slot: EventDateTime } | null> {
	const instancesOf = { id, originalStart: originalStart(slot, mapping) };
	const { events } = await fetchAllEvents(session, calendar.id, { instancesOf });
	const key = originalStartKey(slot);
	for (const instance of events.values()) {
		const start = readOriginalStart(instance, master, mapping);
		if (start !== null && originalStartKey(start) === key) return { instance, slot: start };
	}
	return null;
}

function originalStart(slot: EventDateTime, { timeZone }: MapContext): string {
	if (slot.type === "date") return slot.date;
	if (slot.type === "zoned") return slot.instant;
	return formatInstant(floatingZoneOf(timeZone).toInstant(localOf(slot)));
}
