import {
	type CalendarEvent,
	dateLine,
	type EventDateTime,
	hasSlot,
	originalStartKey,
	withoutExclusions,
} from "@kalends/model";
import { notAccepted } from "../fields/field.ts";
import { etagOf, eventOf, type GoogleSeries, placed, uidOf } from "../series.ts";
import { type EventBody, type GoogleEvent, isException, isMaster } from "../types.ts";
import { patchBody } from "./body.ts";
import { performStep } from "./instances.ts";
import { planInstances } from "./plan-instances.ts";
import { planSeries } from "./plan-series.ts";
import { changedMeanwhile, fetchExceptions, fetchSeries, isGone, patch, type WriteScope } from "./scope.ts";

/**
 * Makes a resource hold these events. The master first, each event only where it is still as it was; what comes of a
 * failure on the way is seen by reading it again.
 * @throws ProviderFailure as the port says
 */
export async function writeSeries(
	scope: WriteScope,
	base: GoogleSeries,
	wanted: readonly CalendarEvent[],
): Promise<GoogleSeries> {
	const master = wanted.find(({ recurrence_id }) => recurrence_id === null);
	if (isException(base.event)) return await writeOrphan(scope, base.event, wanted);
	if (master === undefined) throw notAccepted("single occurrences in place of their series");
	const plan = planSeries(base, master, scope.mapping);
	const event = plan.body === null ? base.event : await patch(scope, base.event, allowed(base.event, plan.body));
	if (master.recurrence === null) return plan.body === null ? await unchanged(scope, base) : { event, exceptions: [] };
	const overrides = wanted.filter(({ recurrence_id }) => recurrence_id !== null);
	const hadExceptions = base.exceptions.length > 0;
	// What becomes of exceptions when the slots move is not documented: they are asked for.
	const exceptions = plan.moves && hadExceptions ? await fetchExceptions(scope, event) : base.exceptions;
	const touched = await writeInstances(scope, { event, exceptions }, overrides, plan);
	if (!touched && plan.body === null) return await unchanged(scope, base);
	if (!touched && (!hadExceptions || plan.moves)) return { event, exceptions };
	return await readAgain(scope, event.id);
}

export interface InstanceWishes {
	readonly cancelled: Parameters<typeof planInstances>[0]["cancelled"];
	readonly excluded: ReadonlySet<string>;
}

/** @returns whether anything had to be written */
export async function writeInstances(
	scope: WriteScope,
	series: GoogleSeries,
	overrides: readonly CalendarEvent[],
	{ cancelled, excluded }: InstanceWishes,
): Promise<boolean> {
	const { event } = series;
	if (!isMaster(event)) return false;
	const master = eventOf(event, uidOf(event), scope.mapping);
	const exceptions = placed(series, master, scope.mapping);
	const steps = planInstances({ master, overrides, cancelled, excluded, exceptions }, scope.mapping);
	const slots = steps.flatMap((step) => (step.type === "change" ? [step.slot] : []));
	const giving = await withSlots(scope, event, master, slots);
	for (const step of steps) await performStep(scope, giving, step);
	return steps.length > 0;
}

/**
 * Has a master give all of these slots. Of one that it does not give, such as that of a changed occurrence behind the
 * end of a series that was cut short, Google has no instance to make an exception of: it becomes a date of its own.
 */
async function withSlots(
	scope: WriteScope,
	event: GoogleEvent,
	master: CalendarEvent,
	slots: readonly EventDateTime[],
): Promise<GoogleEvent> {
	const missing = slots.filter((slot) => !hasSlot(master, originalStartKey(slot)));
	if (missing.length === 0) return event;
	const opened = withoutExclusions(master, new Set(missing.map(originalStartKey)));
	const dates = missing.filter((slot) => !hasSlot(opened, originalStartKey(slot)));
	const recurrence = [...(opened.recurrence ?? []), ...dates.map((slot) => dateLine("RDATE", slot))];
	const body = patchBody(event, master, { ...opened, recurrence }, scope.mapping);
	return body === null ? event : await patch(scope, event, body);
}

/** Nothing had to be written: it has to be as it was all the same. */
async function unchanged(scope: WriteScope, base: GoogleSeries): Promise<GoogleSeries> {
	const now = await readAgain(scope, base.event.id);
	if (etagOf(now) !== etagOf(base)) throw changedMeanwhile(base.event.id);
	return now;
}

export async function readAgain(scope: WriteScope, id: string): Promise<GoogleSeries> {
	const series = await fetchSeries(scope, id);
	if (series === null) throw isGone(id);
	return series;
}

/** One occurrence that the account was invited to alone. */
async function writeOrphan(
	scope: WriteScope,
	event: GoogleEvent,
	wanted: readonly CalendarEvent[],
): Promise<GoogleSeries> {
	const [target] = wanted;
	if (target === undefined || wanted.length > 1)
		throw notAccepted("further occurrences of a series that it does not show");
	const before = { ...eventOf(event, uidOf(event), scope.mapping), recurrence_id: target.recurrence_id };
	const body = patchBody(event, before, target, scope.mapping);
	if (body === null) return await unchanged(scope, { event, exceptions: [] });
	return { event: await patch(scope, event, allowed(event, body)), exceptions: [] };
}

/** Of a guest list that Google does not show whole, nobody can write the rest. */
function allowed(event: GoogleEvent, body: EventBody): EventBody {
	if (event.attendeesOmitted === true && body.attendees !== undefined) {
		throw notAccepted("changes of a guest list that it does not show whole");
	}
	return body;
}
