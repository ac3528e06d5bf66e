import type Stripe from "stripe";
import { Problem } from "../http/errors.ts";
import { jsonOf, namedBooking, type PaymentFact, payerOf, textOf, textsOf } from "./fact.ts";

/** Seconds that an event may be old when it arrives. */
const TOLERANCE = 300;

/**
 * Checks that these very bytes were signed by Stripe, and just now.
 * @param now epoch milliseconds
 * @throws Problem `invalid_signature`; `invalid_request` for what is signed and no event
 */
export async function verifyStripe(
	body: Buffer,
	signature: string,
	secret: string,
	now: number,
): Promise<Stripe.Event> {
	// Loaded when the first event comes: most servers are sent none.
	const { Stripe: library } = await import("stripe");
	const verifier = library.webhooks.signature;
	if (verifier === null) throw new TypeError("Stripe's library cannot check signatures here.");
	const signedAt = Number(/(?:^|,)t=(\d{1,12})(?:,|$)/.exec(signature)?.[1]);
	try {
		verifier.verifyHeader(body, signature, secret, TOLERANCE, undefined, now);
	} catch (cause) {
		// Of some headers the library says so by an error of another class.
		throw notStripe("The signature is not Stripe's, or too old.", cause);
	}
	if (!(signedAt * 1000 - now <= TOLERANCE * 1000)) throw notStripe("The signature is of a time to come.", undefined);
	return asEvent(jsonOf(body) as Stripe.Event | null);
}

function asEvent(event: Stripe.Event | null): Stripe.Event {
	const {
		id,
		type,
		data,
	}: { readonly id?: unknown; readonly type?: unknown; readonly data?: Partial<Stripe.Event.Data> } = event ?? {};
	const object: unknown = data?.object;
	const isEvent = typeof id === "string" && typeof type === "string" && typeof object === "object" && object !== null;
	if (event !== null && isEvent) return event;
	throw new Problem("invalid_request", "This is no event of Stripe's.");
}

function notStripe(detail: string, cause: unknown): Problem {
	return new Problem("invalid_signature", detail, {
		fix: "Set STRIPE_WEBHOOK_SECRET to the signing secret of this endpoint, pass the body on unchanged, and keep the clock right.",
		cause,
	});
}

type Reading = Pick<PaymentFact, "reference" | "says" | "bookingId" | "metadata" | "amount" | "currency" | "payer">;

/** What an event says of a payment; null where it says nothing that matters here. */
export function readStripe(event: Stripe.Event): PaymentFact | null {
	const reading = read(event);
	if (reading === null) return null;
	return { source: "stripe", mode: event.livemode ? "live" : "test", eventId: event.id, type: event.type, ...reading };
}

/** The other status, `unpaid`, is of what is paid later. */
const PAID: ReadonlySet<string> = new Set(["paid", "no_payment_required"]);

function read(event: Stripe.Event): Reading | null {
	switch (event.type) {
		case "checkout.session.completed":
			return ofSession(event.data.object, PAID.has(event.data.object.payment_status) ? "paid" : "named");
		case "checkout.session.async_payment_succeeded":
			return ofSession(event.data.object, "paid");
		case "checkout.session.async_payment_failed":
		case "checkout.session.expired":
			return ofSession(event.data.object, "failed");
		case "payment_intent.succeeded":
			return ofIntent(event.data.object, "paid");
		case "payment_intent.payment_failed":
		case "payment_intent.canceled":
			return ofIntent(event.data.object, "failed");
		case "charge.refunded":
			return ofRefund(event.data.object);
		default:
			return null;
	}
}

function ofSession(session: Stripe.Checkout.Session, says: Reading["says"]): Reading {
	const metadata = textsOf(session.metadata);
	const { customer_details: payer, customer_email: email } = session;
	return {
		reference: referenceOf(session.payment_intent, session.id),
		says,
		bookingId: namedBooking(metadata, session.client_reference_id),
		metadata,
		amount: wholeOf(session.amount_total),
		currency: textOf(session.currency),
		payer: payerOf(payer?.email ?? email, payer?.name),
	};
}

function ofIntent(intent: Stripe.PaymentIntent, says: Reading["says"]): Reading {
	const metadata = textsOf(intent.metadata);
	return {
		reference: referenceOf(intent.id),
		says,
		bookingId: namedBooking(metadata),
		metadata,
		amount: wholeOf(intent.amount),
		currency: textOf(intent.currency),
		payer: payerOf(intent.receipt_email, null),
	};
}

/** A part that is given back changes nothing. */
function ofRefund(charge: Stripe.Charge): Reading {
	const metadata = textsOf(charge.metadata);
	const whole = charge.refunded || charge.amount_refunded >= charge.amount;
	return {
		reference: referenceOf(charge.payment_intent, charge.id),
		says: whole ? "refunded" : "named",
		bookingId: namedBooking(metadata),
		metadata,
		amount: wholeOf(charge.amount),
		currency: textOf(charge.currency),
		payer: payerOf(charge.billing_details?.email ?? charge.receipt_email, charge.billing_details?.name),
	};
}

/**
 * The first of these that names a payment: an id, or an object that was expanded in its place.
 * @throws Problem `invalid_request` where none does
 */
function referenceOf(...named: readonly (string | { readonly id: string } | null | undefined)[]): string {
	for (const one of named) {
		const id: unknown = typeof one === "object" ? one?.id : one;
		// Without what cannot be stored it would be the name of another.
		if (typeof id === "string" && id !== "" && !id.includes("\0")) return id;
	}
	throw new Problem("invalid_request", "This event names no payment.");
}

function wholeOf(amount: unknown): number | null {
	return Number.isSafeInteger(amount) ? Number(amount) : null;
}
