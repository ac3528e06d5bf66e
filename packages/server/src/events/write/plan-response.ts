import {
	type CalendarEvent,
	originalStartKey,
	type Participant,
	type ParticipantResponse,
	planEdit,
} from "@kalends/model";
import type { ResourceSnapshot } from "../../push/types.ts";

export interface Response {
	readonly response: ParticipantResponse;
	/** Null: none, also in place of an earlier one. */
	readonly comment: string | null;
}

export interface ResponseInput {
	readonly snapshot: Pick<ResourceSnapshot, "events" | "base" | "target">;
	readonly answer: Response;
	/** The person's own addresses, lower case; many servers do not tell whom an account belongs to. */
	readonly own: ReadonlySet<string>;
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
	| {
			readonly type: "answered";
			readonly events: readonly CalendarEvent[];
			/** The provider knows the person too, so that it can tell the answer from other changes. */
			readonly responseOnly: boolean;
	  }
	| { readonly type: "not_invited" | "not_an_occurrence" | "which" };

/** All of a resource after the person has answered an invitation; responses of others stay. */
export function planResponse({ snapshot, answer, own, scope, now, floatingZone }: ResponseInput): ResponsePlan {
	const { events, base, target } = snapshot;
	const isMe = ({ self, email }: Participant) => self || own.has(email.toLowerCase());
	const isInvited = ({ participants }: CalendarEvent) => participants.some(isMe);
	const answered = (after: readonly CalendarEvent[]): ResponsePlan => ({
		type: "answered",
		events: after,
		responseOnly: after.every(({ participants }) => participants.every((one) => one.self || !isMe(one))),
	});
	const respond = (event: CalendarEvent) => withResponse(event, isMe, answer);
	if ((scope ?? (target === null ? "all" : "this")) === "all") {
		return events.some(isInvited) ? answered(events.map(respond)) : { type: "not_invited" };
	}
	const named = base.kind === "master" ? target : slotOf(base.event);
	if (base.kind === "master" && named === null) return { type: "which" };
	const override = events.find((event) => slotOf(event) === named);
	if (!isInvited(override ?? base.event)) return { type: "not_invited" };
	if (override !== undefined) {
		return answered(events.map((event) => (event === override ? respond(event) : event)));
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
	return answered(plan.events);
}

function slotOf({ recurrence_id }: CalendarEvent): string | null {
	return recurrence_id === null ? null : originalStartKey(recurrence_id);
}

function withResponse(
	event: CalendarEvent,
	isMe: (participant: Participant) => boolean,
	{ response, comment }: Response,
): CalendarEvent {
	const participants = event.participants.map((participant) => {
		if (!isMe(participant)) return participant;
		const { comment: _, ...rest } = participant;
		return { ...rest, response, ...(comment === null ? {} : { comment }) };
	});
	return { ...event, participants };
}
