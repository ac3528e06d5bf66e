import type { BookingState } from "../db/schema.ts";

/**
 * What becomes of a booking, from facts that are gathered and never taken back, so that their order and their number
 * make no difference. Pure.
 */

/** What was heard of one payment; each only ever turns true. */
export interface PaymentFacts {
	readonly paid: boolean;
	readonly failed: boolean;
	/** In full. */
	readonly refunded: boolean;
}

export interface BookingFacts {
	readonly payments: readonly PaymentFacts[];
	readonly cancelledByHand: boolean;
	/** Somebody deleted or cancelled the event that held the slot. */
	readonly eventGone: boolean;
	/** The time of the hold is over. */
	readonly expired: boolean;
}

export type Standing = "open" | "failed" | "paid" | "refunded";

/** Where the payments of a booking stand together: one that is paid and was not given back counts for all. */
export function standingOf(payments: readonly PaymentFacts[]): Standing {
	if (payments.some(({ paid, refunded }) => paid && !refunded)) return "paid";
	if (payments.some(({ refunded }) => refunded)) return "refunded";
	return payments.some(({ failed }) => failed) ? "failed" : "open";
}

export type BookingReason =
	| "expired"
	| "payment_failed"
	| "event_deleted"
	| "refunded"
	| "cancelled"
	| "slot_taken"
	| "calendar_not_writable";

/** `confirm`: where it does not hold its slot any more, only if that is free; else it is in conflict. */
export type BookingGoal =
	| { readonly type: "stay" }
	| { readonly type: "confirm" }
	| { readonly type: "give_up"; readonly state: "released" | "cancelled"; readonly reason: BookingReason };

/** What a booking in this state has to become. Going there and asking again answers `stay`, or `confirm` once more. */
export function goalOf(state: BookingState, facts: BookingFacts): BookingGoal {
	const standing = standingOf(facts.payments);
	if (facts.cancelledByHand) return giveUp(state, "cancelled", "cancelled");
	if (standing === "refunded") return giveUp(state, "cancelled", "refunded");
	if (standing === "paid") return state === "conflict" ? { type: "stay" } : { type: "confirm" };
	if (state !== "held") return { type: "stay" };
	if (standing === "failed") return giveUp(state, "released", "payment_failed");
	if (facts.eventGone) return giveUp(state, "released", "event_deleted");
	return facts.expired ? giveUp(state, "released", "expired") : { type: "stay" };
}

function giveUp(state: BookingState, to: "released" | "cancelled", reason: BookingReason): BookingGoal {
	return state === to ? { type: "stay" } : { type: "give_up", state: to, reason };
}
