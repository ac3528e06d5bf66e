import { blankEvent, type CalendarEvent, type EventDateTime, formatInstant, planEdit } from "@kalends/model";
import { invalidFields } from "../../http/validation.ts";
import { fieldFaults } from "./edit-faults.ts";
import { NOTHING, patchFromWire, type WireContext } from "./patch-from-wire.ts";
import type { NewEventBody } from "./schemas.ts";

export interface NewEventContext extends WireContext {
	readonly uid: string;
	/** Epoch milliseconds. */
	readonly now: number;
}

/**
 * The event that a body asks for.
 * @throws Problem `invalid_request`
 */
export function newEvent(body: NewEventBody, context: NewEventContext): CalendarEvent {
	const { patch, faults } = patchFromWire({ ...body, reminders: body.reminders ?? null }, NOTHING, context);
	const { start, end, recurrence = null } = patch;
	if (faults.length > 0 || start === undefined || end === undefined) throw invalidFields(faults);
	const event: CalendarEvent = { ...madeNow(context, start, end), ...patch, start, end };
	return recurrence === null ? event : seriesOf({ ...event, recurrence: null }, recurrence, context.now);
}

/** An event of which nothing is said but when it is, made now. */
export function madeNow(
	{ uid, now }: Pick<NewEventContext, "uid" | "now">,
	start: EventDateTime,
	end: EventDateTime,
): CalendarEvent {
	const at = formatInstant(now);
	const { reminders } = NOTHING;
	return { ...blankEvent({ uid, start, end }), reminders, created_at: at, updated_at: at };
}

/** The event repeated, by the code that gives a repetition to an event that is there, so that both refuse the same. */
function seriesOf(single: CalendarEvent, recurrence: readonly string[], now: number): CalendarEvent {
	const change = { type: "patch", patch: { recurrence } } as const;
	const { uid: newUid } = single;
	const plan = planEdit({ events: [single], target: null, scope: null, change, newUid, now, floatingZone: "UTC" });
	if (plan.type === "refused") throw invalidFields(fieldFaults(plan.faults));
	return { ...(plan.events?.[0] ?? single), sequence: 0 };
}
