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
import { eventOf, isPlain } from "../series.ts";
import { type GoogleEvent, isCancelled } from "../types.ts";
import { patchBody } from "./body.ts";
import type { InstanceStep } from "./plan-instances.ts";
import { changedMeanwhile, patch, type WriteScope } from "./scope.ts";

/**
 * Performs one step.
 * @param master the series as it is at Google now
 * @throws ProviderFailure `precondition_failed` where the instance has become an exception meanwhile
 */
export async function performStep(
	scope: WriteScope,
	id: string,
	master: CalendarEvent,
	step: InstanceStep,
): Promise<void> {
	if (step.type === "patch") {
		await patch(scope, step.event, step.body);
		return;
	}
	const instance = await findInstance(scope, id, master, step.slot);
	// Not an instance of the series (any more): there is nothing to take out.
	if (instance === null && step.type === "cancel") return;
	if (instance === null) throw changedMeanwhile(`the series ${id}`);
	if (isCancelled(instance)) {
		if (step.type === "cancel") return;
		throw changedMeanwhile(`an instance of ${id}`);
	}
	const before = { ...eventOf(instance, master.uid, scope.mapping), recurrence_id: step.slot };
	if (!isPlain(master, before)) throw changedMeanwhile(`an instance of ${id}`);
	const body =
		step.type === "cancel" ? { status: "cancelled" } : patchBody(instance, before, step.wanted, scope.mapping);
	if (body !== null) await patch(scope, instance, body);
}

/** The instance of a slot; its id is Google's to make (google.md §5). */
async function findInstance(
	{ session, calendar, mapping }: WriteScope,
	id: string,
	master: CalendarEvent,
	slot: EventDateTime,
): Promise<GoogleEvent | null> {
	const instancesOf = { id, originalStart: originalStart(slot, mapping) };
	const { events } = await fetchAllEvents(session, calendar.id, { instancesOf });
	const key = originalStartKey(slot);
	for (const event of events.values()) {
		const start = readOriginalStart(event, master, mapping);
		if (start !== null && originalStartKey(start) === key) return event;
	}
	return null;
}

function originalStart(slot: EventDateTime, { timeZone }: MapContext): string {
	if (slot.type === "date") return slot.date;
	if (slot.type === "zoned") return slot.instant;
	return formatInstant(floatingZoneOf(timeZone).toInstant(localOf(slot)));
}
