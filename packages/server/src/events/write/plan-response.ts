import { type CalendarEvent, originalStartKey, type ParticipantResponse, planEdit } from "@kalends/model";
import type { ResourceSnapshot } from "../../push/types.ts";

export interface Response {
	readonly response: ParticipantResponse;
	/** Null: none, also in place of an earlier one. */
	readonly comment: string | null;
}

export interface ResponseInput {
	readonly snapshot: Pick<ResourceSnapshot, "events" | "base" | "target">;
	readonly answer: Response;
	/** Null: the occurrence that the id names, else all. */
	readonly scope: "this" | "all" | null;
	/** Epoch milliseconds. */
	readonly now: number;
	/** IANA name of the zone in which floating times and dates are placed. */
	readonly floatingZone: string;
}

/**
 * - `not_invited`: the person is no participant of what was asked for;
 * - `not_an_occurrence`: the series has no such occurrence (any more);
 * - `which`: one occurrence of a series is meant, and none is named.
 */
export type ResponsePlan =
	| { readonly type: "answered"; readonly events: readonly CalendarEvent[] }
	| { readonly type: "not_invited" | "not_an_occurrence" | "which" };

/** All of a resource after the person has answered an invitation; responses of others stay. */
export function planResponse({ snapshot, answer, scope, now, floatingZone }: ResponseInput): ResponsePlan {
	const { events, base, target } = snapshot;
	const respond = (event: CalendarEvent) => withResponse(event, answer);
	if ((scope ?? (target === null ? "all" : "this")) === "all") {
		return events.some(isInvited) ? { type: "answered", events: events.map(respond) } : { type: "not_invited" };
	}
	const named = base.kind === "master" ? target : slotOf(base.event);
	if (base.kind === "master" && named === null) return { type: "which" };
	const own = events.find((event) => slotOf(event) === named);
	if (!isInvited(own ?? base.event)) return { type: "not_invited" };
	if (own !== undefined) {
		return { type: "answered", events: events.map((event) => (event === own ? respond(event) : event)) };
	}
	const plan = planEdit({
		events,
		target: named,
		scope: "this",
		change: { type: "patch", patch: { participants: respond(base.event).participants } },
		newUid: base.event.uid,
		now,
		floatingZone,
	});
	if (plan.type === "refused" || plan.events === null) return { type: "not_an_occurrence" };
	return { type: "answered", events: plan.events };
}

function slotOf({ recurrence_id }: CalendarEvent): string | null {
	return recurrence_id === null ? null : originalStartKey(recurrence_id);
}

function isInvited({ participants }: CalendarEvent): boolean {
	return participants.some(({ self }) => self);
}

function withResponse(event: CalendarEvent, { response, comment }: Response): CalendarEvent {
	const participants = event.participants.map((participant) => {
		if (!participant.self) return participant;
		const { comment: _, ...rest } = participant;
		return { ...rest, response, ...(comment === null ? {} : { comment }) };
	});
	return { ...event, participants };
}
