import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BookingState } from "../db/schema.ts";
import { goalOf, type PaymentFacts, standingOf } from "./state.ts";

type Heard = { readonly payment: string; readonly says: keyof PaymentFacts };

const NOTHING: PaymentFacts = { paid: false, failed: false, refunded: false };

/** The state after hearing these in this order, each with all facts so far; a slot that is free stays so. */
function after(heard: readonly Heard[], slotIsFree: boolean): BookingState {
	const facts = new Map<string, PaymentFacts>();
	let state = "held" as BookingState;
	for (const { payment, says } of heard) {
		facts.set(payment, { ...(facts.get(payment) ?? NOTHING), [says]: true });
		const goal = goalOf(state, {
			payments: [...facts.values()],
			cancelledByHand: false,
			eventGone: false,
			expired: false,
		});
		if (goal.type === "give_up") state = goal.state;
		if (goal.type === "confirm") {
			const holds: boolean = state === "held" || state === "confirmed";
			state = holds || slotIsFree ? "confirmed" : "conflict";
		}
	}
	return state;
}

const heardOf = fc.record({
	payment: fc.constantFrom("pi_1", "pi_2"),
	says: fc.constantFrom("paid", "failed", "refunded"),
}) as fc.Arbitrary<Heard>;

describe("a booking", () => {
	it("ends the same in all orders and with all duplicates of what was heard", () => {
		const shuffled = fc.array(heardOf, { minLength: 1, maxLength: 6 }).chain((heard) =>
			fc.record({
				heard: fc.constant(heard),
				other: fc
					.tuple(
						fc.shuffledSubarray(heard, { minLength: heard.length }),
						fc.array(fc.constantFrom(...heard), { maxLength: 6 }),
					)
					.map(([order, again]) => [...order, ...again]),
			}),
		);
		fc.assert(
			fc.property(shuffled, ({ heard, other }) => {
				expect(after(other, true)).toBe(after(heard, true));
			}),
			{ numRuns: 2_000 },
		);
	});

	it("is settled by one payment that was not given back", () => {
		const paid = { ...NOTHING, paid: true };
		expect(standingOf([{ ...paid, refunded: true }, paid])).toBe("paid");
		expect(standingOf([{ ...paid, failed: true }])).toBe("paid");
		expect(standingOf([{ ...NOTHING, failed: true }, NOTHING])).toBe("failed");
		expect(standingOf([])).toBe("open");
	});

	it("that failed and lost its slot is in conflict when it is paid", () => {
		const late = [
			{ payment: "pi_1", says: "failed" },
			{ payment: "pi_1", says: "paid" },
		] as const;
		expect(after(late, false)).toBe("conflict");
		expect(after([...late, { payment: "pi_1", says: "refunded" }], false)).toBe("cancelled");
	});

	it("is released when its event goes while it is held, unless it is paid", () => {
		const facts = { payments: [], cancelledByHand: false, eventGone: true, expired: true };
		expect(goalOf("held", facts)).toEqual({ type: "give_up", state: "released", reason: "event_deleted" });
		expect(goalOf("held", { ...facts, payments: [{ ...NOTHING, paid: true }] })).toEqual({ type: "confirm" });
		expect(goalOf("confirmed", facts)).toEqual({ type: "stay" });
	});

	it("is released when its time is over, unless it is paid; what is cancelled by hand stays so", () => {
		const facts = { payments: [], cancelledByHand: false, eventGone: false, expired: true };
		expect(goalOf("held", facts)).toEqual({ type: "give_up", state: "released", reason: "expired" });
		expect(goalOf("released", facts)).toEqual({ type: "stay" });
		const paid = { ...facts, payments: [{ ...NOTHING, paid: true }] };
		expect(goalOf("held", paid)).toEqual({ type: "confirm" });
		expect(goalOf("confirmed", { ...paid, cancelledByHand: true })).toMatchObject({ state: "cancelled" });
		expect(goalOf("cancelled", { ...paid, cancelledByHand: true })).toEqual({ type: "stay" });
	});
});
