import { isDeepStrictEqual } from "node:util";
import {
	type CalendarEvent,
	type EditChange,
	type EditedPlan,
	type EditFault,
	type EventPatch,
	type Occurrence,
	originalStartKey,
	planEdit,
} from "@kalends/model";
import { type FieldFault, Problem } from "../../http/errors.ts";
import { notFound } from "../../http/problem.ts";
import { invalidFields } from "../../http/validation.ts";
import type { ResourceSnapshot } from "../../push/types.ts";
import { findOccurrence } from "../find-occurrence.ts";
import { fieldFaults } from "./edit-faults.ts";
import { patchFromWire, type WireContext } from "./patch-from-wire.ts";
import type { EventPatchBody } from "./schemas.ts";

export type Scope = "this" | "following" | "all";

export interface ChangeRequest {
	readonly scope: Scope | null;
	/** Null: delete it. */
	readonly body: EventPatchBody | null;
	/** The person's own addresses, lower case. */
	readonly own: ReadonlySet<string>;
	/** What the provider can of the calendar that the event is to be in. */
	readonly can: WireContext["can"];
	readonly defaultReminders: WireContext["defaultReminders"];
	/** What speaks against the event's move to the calendar that the body names. */
	readonly moveFaults: readonly FieldFault[];
	/** Of the series that `following` makes. */
	readonly newUid: string;
	/** Epoch milliseconds. */
	readonly now: number;
	/** IANA name of the zone in which floating times and dates are placed. */
	readonly floatingZone: string;
}

export interface PlannedChange {
	readonly plan: EditedPlan;
	/** What the id names, as it was: an occurrence of the series, or the event itself. */
	readonly shown: Occurrence;
}

/** What the id of a request names; null where its series has no such occurrence. */
export async function shownOccurrence({
	base,
	events,
	target,
}: Pick<ResourceSnapshot, "base" | "events" | "target">): Promise<Occurrence | null> {
	const { event } = base;
	if (base.kind !== "master" || target === null) {
		return { original_start: event.recurrence_id ?? event.start, start: event.start, end: event.end, event };
	}
	const overrides = events.filter(({ recurrence_id }) => recurrence_id !== null);
	return findOccurrence(event, overrides, target);
}

/**
 * What a request makes of a resource.
 * @param shown of `shownOccurrence`
 * @throws Problem `not_found` where there is no such occurrence, `recurrence_scope_required`, `invalid_request`
 */
export function planChange(snapshot: ResourceSnapshot, shown: Occurrence, request: ChangeRequest): PlannedChange {
	const { events, base } = snapshot;
	const { scope, body } = request;
	const target = base.kind === "override" ? keyOf(base.event) : snapshot.target;
	const plan = (change: EditChange, given = scope) => planEdit({ ...request, events, target, scope: given, change });
	if (body === null) return { plan: accepted(plan({ type: "delete" }), snapshot, []), shown };

	const { patch, faults } = readPatch(snapshot, shown, request, body);
	const nothing = scope === "following" && saysNothing(patch, shown, [shown.event, base.event]);
	// `all` of nothing leaves everything as it is, and checks the request all the same.
	const planned = nothing ? plan({ type: "patch", patch: {} }, "all") : plan({ type: "patch", patch });
	return { plan: accepted(planned, snapshot, faults), shown };
}

/** Times are changed as the occurrence has them that the id names, all else as those have it that the scope means. */
function readPatch(
	{ base }: ResourceSnapshot,
	shown: Occurrence,
	{ scope, own, can, defaultReminders, moveFaults }: ChangeRequest,
	body: EventPatchBody,
): { readonly patch: EventPatch; readonly faults: readonly FieldFault[] } {
	const source = scope === "this" || base.kind !== "master" ? shown.event : base.event;
	const zones = { ...base.event.custom_zones, ...shown.event.custom_zones };
	const recurrence = scope === "this" ? null : base.event.recurrence;
	const present = { ...source, recurrence, custom_zones: zones, start: shown.start, end: shown.end };
	const { patch, faults } = patchFromWire(body, present, { own, can, defaultReminders });
	return { patch, faults: [...moveFaults, ...faults] };
}

/** Times are those of the occurrence: where its series begins is another matter. */
function saysNothing(patch: EventPatch, { start, end }: Occurrence, present: readonly CalendarEvent[]): boolean {
	const fields = Object.entries(patch);
	return present.every((event) => {
		const shown: EventPatch = { ...event, start, end };
		return fields.every(([name, value]) => isDeepStrictEqual(value, shown[name as keyof EventPatch]));
	});
}

function accepted(
	plan: ReturnType<typeof planEdit>,
	snapshot: ResourceSnapshot,
	faults: readonly FieldFault[],
): EditedPlan {
	if (plan.type === "refused") throw refusal(plan.faults, snapshot, faults);
	if (faults.length > 0) throw invalidFields(faults);
	return plan;
}

function refusal(refused: readonly EditFault[], snapshot: ResourceSnapshot, faults: readonly FieldFault[]): Problem {
	const scope = refused.find(({ code }) => code === "recurrence_scope_required");
	if (scope !== undefined) {
		return new Problem("recurrence_scope_required", scope.detail, {
			fix: scope.fix,
			errors: [{ field: "scope", detail: "Send this, following or all." }],
		});
	}
	const names = refused.some(({ code }) => code === "not_an_occurrence");
	if (names && snapshot.target !== null) return notFound("event");
	// What a person sent is told by the fields of the request first; the plan may see the same fault again.
	const told = new Set(faults.map(({ field }) => rootOf(field)));
	const more = fieldFaults(refused);
	return invalidFields([...faults, ...more.filter(({ field }) => !told.has(rootOf(field)))]);
}

function rootOf(field: string): string {
	return field.replace(/[[.].*$/, "");
}

function keyOf({ recurrence_id, start }: CalendarEvent): string {
	return originalStartKey(recurrence_id ?? start);
}
