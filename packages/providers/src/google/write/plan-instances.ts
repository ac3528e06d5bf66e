import { type CalendarEvent, type EventDateTime, hasSlot, originalStartKey, plainInstance } from "@kalends/model";
import type { MapContext } from "../fields/field.ts";
import { eventOf, isPlain, type PlacedException } from "../series.ts";
import { type EventBody, type GoogleEvent, isCancelled } from "../types.ts";
import { patchBody, wholeBody } from "./body.ts";

/** What has to be done to one instance of a series. */
export type InstanceStep =
	/** Changes the exception that is there. */
	| { readonly type: "patch"; readonly event: GoogleEvent; readonly body: EventBody }
	/** Makes an exception of an instance, whose id has to be asked for first. */
	| { readonly type: "change"; readonly slot: EventDateTime; readonly wanted: CalendarEvent }
	| { readonly type: "cancel"; readonly slot: EventDateTime };

export interface InstanceInput {
	/** The series as it is to be. */
	readonly master: CalendarEvent;
	readonly overrides: readonly CalendarEvent[];
	/** Slots to be taken out that no line of the master at Google takes out, by `originalStartKey`. */
	readonly cancelled: ReadonlyMap<string, EventDateTime>;
	/** Slots that the master takes out, in lines or otherwise. */
	readonly excluded: ReadonlySet<string>;
	/** The exceptions that Google has now. */
	readonly exceptions: readonly PlacedException[];
}

const CANCELLED: EventBody = { status: "cancelled" };

/** Decides what has to be done to the instances of a series whose master is as it is to be. */
export function planInstances(input: InstanceInput, context: MapContext): readonly InstanceStep[] {
	const { master, overrides, cancelled, excluded, exceptions } = input;
	const wanted = new Map(overrides.map((event) => [keyOf(event), event]));
	const steps: InstanceStep[] = [];
	const there = new Set<string>();
	for (const { event, slot } of exceptions) {
		const key = originalStartKey(slot);
		if (there.has(key)) continue;
		there.add(key);
		const body = bodyFor(event, slot, wanted.get(key) ?? null, excluded.has(key), master, context);
		if (body !== null) steps.push({ type: "patch", event, body });
	}
	for (const [key, event] of wanted) {
		const slot = event.recurrence_id;
		if (slot === null || there.has(key)) continue;
		const plain = { ...event, uid: master.uid };
		if (!isPlain(master, plain)) steps.push({ type: "change", slot, wanted: event });
	}
	for (const [key, slot] of cancelled) {
		if (!there.has(key) && !wanted.has(key)) steps.push({ type: "cancel", slot });
	}
	return steps;
}

/** @returns what makes an exception as it is to be; null where it is */
function bodyFor(
	event: GoogleEvent,
	slot: EventDateTime,
	override: CalendarEvent | null,
	isExcluded: boolean,
	master: CalendarEvent,
	context: MapContext,
): EventBody | null {
	const gone = isCancelled(event);
	if (override === null && (isExcluded || !hasSlot(master, originalStartKey(slot)))) return gone ? null : CANCELLED;
	const before = { ...eventOf(event, master.uid, context), recurrence_id: slot };
	const target = override ?? plainInstance(master, before);
	if (target === null) return null;
	// Of a cancelled exception Google vouches for the id and the slot alone.
	return gone ? wholeBody(event, target, context) : patchBody(event, before, target, context);
}

function keyOf({ recurrence_id, start }: CalendarEvent): string {
	return originalStartKey(recurrence_id ?? start);
}
