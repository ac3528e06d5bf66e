import Stripe from "stripe";
import { describe, expect, it } from "vitest";
import { Problem } from "../http/errors.ts";
import { readStripe, verifyStripe } from "./stripe.ts";
import { charge, intent, STRIPE_SECRET, session, stripeEvent } from "./testing.ts";

const read = (type: string, object: object) => readStripe(stripeEvent(type, object) as unknown as Stripe.Event);
const completed = (fields: object) => read("checkout.session.completed", session(fields));

describe("an event that is rightly signed", () => {
	it("counts where what it says beside is of another form", () => {
		const odd = [{ amount_total: 49.5 }, { amount_total: "5000" }, { currency: 5 }, { currency: "e\0" }];
		const contacts = [
			{ customer_details: { email: 5, name: {} } },
			{ customer_details: { email: "a@example.com", name: 7 } },
		];
		for (const fields of [...odd, ...contacts, { metadata: { kalends_booking: 5, note: null } }, { metadata: "x" }]) {
			expect(completed(fields)).toMatchObject({ reference: "pi_1", says: "paid" });
		}
		expect(completed({ amount_total: 49.5, currency: 5 })).toMatchObject({ amount: null, currency: null });
		expect(
			completed({ metadata: { kalends_booking: 5, kalends_title: "a\0b", kalends_location: "Room 1" } }),
		).toMatchObject({ bookingId: null, metadata: { kalends_location: "Room 1" } });
		expect(read("payment_intent.succeeded", intent({ amount: 1.5, receipt_email: 5 }))).toMatchObject({ payer: null });
		expect(read("charge.refunded", charge({ billing_details: { email: 1 } }))).toMatchObject({ says: "refunded" });
	});

	it("names its booking also with blanks around it", () => {
		expect(completed({ metadata: { kalends_booking: " bkg_1\n" } })).toMatchObject({ bookingId: "bkg_1" });
	});

	it("is refused where it names no payment", () => {
		for (const id of [undefined, null, 5, "", "cs\0"]) {
			const naming = () => completed({ id, payment_intent: null });
			expect(naming).toThrow(Problem);
			expect(naming).toThrow("names no payment");
		}
	});
});

describe("what is no JSON", () => {
	const now = Date.parse("2026-12-01T12:00:00Z");
	const verify = (payload: string, at: number, secret = STRIPE_SECRET) => {
		const timestamp = Math.floor(at / 1000);
		const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp });
		return verifyStripe(Buffer.from(payload), signature, STRIPE_SECRET, now);
	};

	it.each(["", "not json", '{"id":', "{}{}"])("is no event where it is rightly signed: %j", async (payload) => {
		await expect(verify(payload, now)).rejects.toMatchObject({ code: "invalid_request" });
	});

	it("is of a bad signature where that is wrong or of another time", async () => {
		for (const [at, secret] of [[now, "whsec_another_secret"], [now - 301_000], [now + 301_000]] as const) {
			await expect(verify("not json", at, secret)).rejects.toMatchObject({ code: "invalid_signature" });
		}
	});
});
