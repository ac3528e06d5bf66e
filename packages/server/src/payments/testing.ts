import type { FastifyInstance } from "fastify";
import { Webhook } from "standardwebhooks";
import Stripe from "stripe";
import { createApiKey } from "../accounts/api-keys.ts";
import { bookingEndpoints } from "../bookings/booking-endpoints.ts";
import { loadConfig } from "../config.ts";
import { eventEndpoints } from "../events/endpoints.ts";
import { buildApp } from "../http/app.ts";
import { createPushFixture, type PushFixture } from "../push/testing.ts";
import type { Services } from "../services.ts";
import { webhookEndpoints } from "../webhooks/endpoints.ts";
import { paymentEndpoints } from "./endpoints.ts";

const STRIPES_TYPE = "application/json; charset=utf-8";
export const STRIPE_SECRET = "whsec_stripe_test_secret";
export const PAYMENTS_SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;

type Answer = { readonly status: number; readonly body: Record<string, never> & { readonly [name: string]: unknown } };

export interface PaymentFixture extends PushFixture {
	readonly paying: Services;
	readonly app: FastifyInstance;
	call(method: "GET" | "POST" | "PATCH" | "DELETE", url: string, body?: unknown): Promise<Answer>;
	/** Sends an event as Stripe does, signed by Stripe's own library. */
	stripe(
		event: object,
		options?: { readonly secret?: string; readonly at?: number; readonly body?: string; readonly type?: string | null },
	): Promise<Answer>;
	/** Sends a message signed by the official library of Standard Webhooks. */
	standard(id: string, message: object, options?: { readonly secret?: string; readonly at?: number }): Promise<Answer>;
	hold(fields?: object): Promise<Record<string, unknown> & { readonly id: string; readonly event_id: string }>;
	booking(id: string): Promise<Record<string, unknown>>;
	/** What the provider has in the calendar. */
	remote(): readonly { readonly title: string; readonly status: string; readonly guests: readonly string[] }[];
}

export const SLOT = {
	start: { date_time: "2026-12-10T10:00:00", time_zone: "Europe/Berlin" },
	end: { date_time: "2026-12-10T11:00:00", time_zone: "Europe/Berlin" },
};

let events = 0;

/** An event of Stripe's, as its API version of today writes it. */
export function stripeEvent(type: string, object: object, more: object = {}): { readonly id: string } {
	events += 1;
	const base: { readonly id: string } & Record<string, unknown> = {
		id: `evt_${events}`,
		object: "event",
		type,
		livemode: false,
		api_version: "2026-06-30.basil",
	};
	return Object.assign(base, { created: 1_796_000_000, data: { object } }, more);
}

export const session = (fields: object = {}) => ({
	id: "cs_test_1",
	object: "checkout.session",
	payment_intent: "pi_1",
	payment_status: "paid",
	amount_total: 5_000,
	currency: "eur",
	metadata: {},
	client_reference_id: null,
	customer_details: { email: "payer@example.com", name: "Pia Payer" },
	...fields,
});
export const intent = (fields: object = {}) => ({
	id: "pi_1",
	object: "payment_intent",
	amount: 5_000,
	currency: "eur",
	metadata: {},
	receipt_email: null,
	...fields,
});
export const charge = (fields: object = {}) => ({
	id: "ch_1",
	object: "charge",
	payment_intent: "pi_1",
	amount: 5_000,
	amount_refunded: 5_000,
	refunded: true,
	currency: "eur",
	metadata: {},
	billing_details: { email: "payer@example.com", name: "Pia Payer" },
	...fields,
});

/** A session that is paid for this booking. */
export const completed = (bookingId: string, fields: object = {}) =>
	stripeEvent("checkout.session.completed", session({ metadata: { kalends_booking: bookingId }, ...fields }));

/** A person with a calendar in the in-memory provider, and the ways in for payments. */
export async function createPaymentFixture(
	env: Readonly<Record<string, string>> = {},
	options: Parameters<typeof createPushFixture>[0] = {},
): Promise<PaymentFixture> {
	const fixture = await createPushFixture(options);
	const config = loadConfig({ STRIPE_WEBHOOK_SECRET: STRIPE_SECRET, PAYMENTS_WEBHOOK_SECRET: PAYMENTS_SECRET, ...env });
	const paying: Services = { ...fixture.services, config };
	const endpoints = [...bookingEndpoints, ...paymentEndpoints, ...eventEndpoints, ...webhookEndpoints];
	const app = await buildApp(paying, endpoints, { verifyResponses: true });
	const { key } = await createApiKey(paying, { userId: fixture.userId, name: "test", scopes: ["read", "write"] });
	const answered = (answer: Awaited<ReturnType<FastifyInstance["inject"]>>): Answer => ({
		status: answer.statusCode,
		body: answer.body === "" ? {} : answer.json(),
	});
	const call: PaymentFixture["call"] = async (method, url, body) => {
		const payload = body === undefined ? {} : { payload: body as object };
		return answered(await app.inject({ method, url, headers: { authorization: `Bearer ${key}` }, ...payload }));
	};
	return {
		...fixture,
		paying,
		app,
		call,
		stripe: async (event, { secret = STRIPE_SECRET, at = fixture.services.now(), body, type = STRIPES_TYPE } = {}) => {
			const payload = JSON.stringify(event);
			const signature = Stripe.webhooks.generateTestHeaderString({
				payload,
				secret,
				timestamp: Math.floor(at / 1000),
			});
			const headers = { "stripe-signature": signature, ...(type === null ? {} : { "content-type": type }) };
			return answered(await app.inject({ method: "POST", url: "/webhooks/stripe", headers, payload: body ?? payload }));
		},
		standard: async (id, message, { secret = PAYMENTS_SECRET, at = fixture.services.now() } = {}) => {
			const payload = JSON.stringify(message);
			const headers = {
				"webhook-id": id,
				"webhook-timestamp": String(Math.floor(at / 1000)),
				"webhook-signature": new Webhook(secret).sign(id, new Date(at), payload),
				"content-type": "application/json",
			};
			return answered(await app.inject({ method: "POST", url: "/webhooks/payments", headers, payload }));
		},
		hold: async (fields = {}) => {
			const asked = { calendar_id: fixture.calendarId, title: "Lesson", ...SLOT, ...fields };
			const { status, body } = await call("POST", "/v1/bookings", asked);
			if (status !== 201) throw new Error(JSON.stringify(body));
			return body as unknown as Awaited<ReturnType<PaymentFixture["hold"]>>;
		},
		booking: async (id) => (await call("GET", `/v1/bookings/${id}`)).body,
		remote: () =>
			fixture.control.resources(fixture.remoteCalendar).flatMap(({ events: stored }) =>
				stored.map(({ title, status, participants }) => ({
					title,
					status,
					guests: participants
						.filter(({ organizer }) => !organizer)
						.map(({ email }) => email)
						.sort(),
				})),
			),
		close: async () => {
			await app.close();
			await fixture.close();
		},
	};
}
