import { z } from "zod";
import { PaymentSchema, paymentToWire } from "../bookings/schemas.ts";
import type { PaymentMode } from "../db/schema.ts";
import { type Endpoint, type EndpointRequest, endpoint } from "../http/endpoint.ts";
import { Problem } from "../http/errors.ts";
import { listOf, pageOf, pageQuery, readCursor } from "../http/paging.ts";
import { receivePayment } from "./receive.ts";
import { readStandard } from "./standard.ts";
import { readStripe, verifyStripe } from "./stripe.ts";

const ReceiptSchema = z
	.strictObject({
		received: z.literal(true),
		duplicate: z.boolean().describe("It was used before; nothing was done."),
	})
	.meta({ id: "PaymentReceipt" });

type Incoming = Pick<EndpointRequest<undefined, undefined, undefined>, "services" | "headers" | "rawBody" | "signal">;

export const stripeWebhook = endpoint({
	method: "POST",
	path: "/webhooks/stripe",
	operationId: "receiveStripe",
	summary: "Stripe tells of a payment",
	description:
		"For Stripe: a webhook endpoint with the events checkout.session.completed, " +
		"checkout.session.async_payment_succeeded, checkout.session.async_payment_failed, checkout.session.expired, " +
		"payment_intent.succeeded, payment_intent.payment_failed, payment_intent.canceled and charge.refunded. 200 also for " +
		"what was received before and for other events; 400 for a signature that is wrong or older than five minutes.",
	tag: "payments",
	access: { kind: "public" },
	rawBody: true,
	responses: { 200: ReceiptSchema },
	async handle({ services, headers, rawBody, signal }: Incoming) {
		const { stripeWebhookSecret: secret, stripeMode } = services.config.payments;
		if (secret === null) throw notConfigured("STRIPE_WEBHOOK_SECRET");
		const signature = headers["stripe-signature"];
		const event = await verifyStripe(rawBody, String(signature ?? ""), secret.reveal(), services.now());
		requireMode(event.livemode ? "live" : "test", stripeMode);
		const fact = readStripe(event);
		const { duplicate } = fact === null ? { duplicate: false } : await receivePayment(services, fact, signal);
		return { status: 200, body: { received: true, duplicate } };
	},
});

export const standardWebhook = endpoint({
	method: "POST",
	path: "/webhooks/payments",
	operationId: "receivePayment",
	summary: "Another system tells of a payment",
	description:
		"Signed as Standard Webhooks with PAYMENTS_WEBHOOK_SECRET: `{type, timestamp, data}` with the types " +
		"payment.succeeded, payment.failed and payment.refunded, and data `{id, booking_id?, metadata?, email?, name?, " +
		"amount?, currency?}`. The webhook-id of a message is used once.",
	tag: "payments",
	access: { kind: "public" },
	rawBody: true,
	responses: { 200: ReceiptSchema },
	async handle({ services, headers, rawBody, signal }: Incoming) {
		const { paymentsWebhookSecret: secret } = services.config.payments;
		if (secret === null) throw notConfigured("PAYMENTS_WEBHOOK_SECRET");
		const header = (name: string) => [headers[name]].flat().join() || undefined;
		const fact = readStandard({ body: rawBody, header }, secret.reveal(), services.now());
		const { duplicate } = await receivePayment(services, fact, signal);
		return { status: 200, body: { received: true, duplicate } };
	},
});

function notConfigured(variable: string): Problem {
	return new Problem("provider_not_configured", "This server takes no such payments.", {
		fix: `The operator sets ${variable} (docs/payments.md).`,
	});
}

function requireMode(mode: PaymentMode, wanted: PaymentMode | null): void {
	if (wanted === null || mode === wanted) return;
	throw new Problem("payment_mode_mismatch", `This is a ${mode} payment, and STRIPE_SECRET_KEY is a ${wanted} key.`, {
		fix: "Send test payments to a server with a test key and live payments to one with a live key.",
	});
}

const CursorSchema = z.tuple([z.iso.datetime(), z.string().max(300)]);

export const listPayments = endpoint({
	method: "GET",
	path: "/v1/payments",
	operationId: "listPayments",
	summary: "List payments, newest first",
	description:
		"Those of your bookings and calendars. Administrators see also those that nobody knows what they are for, with " +
		"`booking_id` null.",
	tag: "payments",
	access: { kind: "user", scope: "read" },
	query: z.object({ ...pageQuery, booking_id: z.string().max(100).optional() }),
	responses: { 200: listOf(PaymentSchema) },
	async handle({ services, principal, query }) {
		const before = readCursor(query.cursor, CursorSchema);
		const seesUnknown = principal.role === "admin" && principal.scopes.includes("admin");
		let rows = services.db
			.selectFrom("payments")
			.selectAll()
			.where((eb) => eb.or([eb("user_id", "=", principal.userId), ...(seesUnknown ? [eb("user_id", "is", null)] : [])]))
			.orderBy("created_at", "desc")
			.orderBy("reference", "desc")
			.limit(query.limit + 1);
		if (query.booking_id !== undefined) rows = rows.where("booking_id", "=", query.booking_id);
		if (before !== undefined) {
			const [at, reference] = before;
			rows = rows.where((eb) => eb(eb.refTuple("created_at", "reference"), "<", eb.tuple(new Date(at), reference)));
		}
		const page = pageOf(
			await rows.execute(),
			query.limit,
			(row) => [row.created_at.toISOString(), row.reference],
			paymentToWire,
		);
		return { status: 200, body: page };
	},
});

export const paymentEndpoints: readonly Endpoint[] = [
	stripeWebhook,
	standardWebhook,
	listPayments,
] as readonly Endpoint[];
