import { Webhook } from "standardwebhooks";
import { z } from "zod";
import { Problem } from "../http/errors.ts";
import { parseParts } from "../http/validation.ts";
import { equalInConstantTime } from "../vault/timing-safe.ts";
import { jsonOf, namedBooking, type PaymentFact, payerOf, textsOf, withoutNul } from "./fact.ts";

/** Payments of other systems, signed as Standard Webhooks. */

const TOLERANCE_SECONDS = 300;

/** What a payment may say beside what it must: of another form it is as if it were not there, and the payment counts. */
const optional = <T extends z.ZodType>(schema: T) => schema.nullish().catch(null);
const stored = (longest: number) => z.string().transform(withoutNul).pipe(z.string().max(longest));
const text = z.union([z.string(), z.number(), z.boolean()]).transform(String).pipe(stored(4_000));

const PaymentMessage = z.object({
	type: z.enum(["payment.succeeded", "payment.failed", "payment.refunded"]),
	data: z.object({
		id: z.string().min(1).max(200),
		booking_id: stored(100).nullish(),
		metadata: z.record(z.string(), optional(text)).transform(textsOf).nullish(),
		amount: optional(z.int().min(0)),
		currency: optional(stored(10)),
		email: optional(stored(320)),
		name: optional(stored(500)),
	}),
});

const SAYS = { "payment.succeeded": "paid", "payment.failed": "failed", "payment.refunded": "refunded" } as const;

export interface SignedRequest {
	readonly body: Buffer;
	readonly header: (name: string) => string | undefined;
}

/**
 * @param now epoch milliseconds
 * @throws Problem `invalid_signature`; `invalid_request` for a message of another form
 */
export function readStandard({ body, header }: SignedRequest, secret: string, now: number): PaymentFact {
	const id = header("webhook-id") ?? "";
	const seconds = Number(header("webhook-timestamp"));
	const given = (header("webhook-signature") ?? "").split(" ");
	const fresh = Number.isSafeInteger(seconds) && Math.abs(now / 1000 - seconds) <= TOLERANCE_SECONDS;
	if (id === "" || id.length > 300 || !fresh || !isSigned(secret, { id, seconds, body, given })) {
		throw new Problem("invalid_signature", "The signature is not of PAYMENTS_WEBHOOK_SECRET, or too old.", {
			fix: "Sign webhook-id, webhook-timestamp and the body as Standard Webhooks say, within five minutes.",
		});
	}
	const [message] = parseParts([{ schema: PaymentMessage, value: jsonOf(body), where: "body" }]) as [
		z.output<typeof PaymentMessage>,
	];
	const { type, data } = message;
	const metadata = data.metadata ?? {};
	return {
		source: "payments",
		mode: "live",
		eventId: id,
		type,
		reference: data.id,
		says: SAYS[type],
		bookingId: namedBooking(metadata, data.booking_id),
		metadata,
		amount: data.amount ?? null,
		currency: data.currency ?? null,
		payer: payerOf(data.email, data.name),
	};
}

/** Signed by the official library at the time that the header names, which has been judged by our clock. */
function isSigned(
	secret: string,
	{ id, seconds, body, given }: { id: string; seconds: number; body: Buffer; given: readonly string[] },
): boolean {
	const expected = Buffer.from(new Webhook(secret).sign(id, new Date(seconds * 1000), body));
	return given.some((one) => equalInConstantTime(Buffer.from(one), expected));
}
