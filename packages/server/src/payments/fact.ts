import type { PaymentMode, PaymentSource, Person } from "../db/schema.ts";
import { Problem } from "../http/errors.ts";

/** What one event of a payment system says, in words that are the same for all of them. */
export interface PaymentFact {
	readonly source: PaymentSource;
	readonly mode: PaymentMode;
	/** Of the event; each is used once. */
	readonly eventId: string;
	readonly type: string;
	/** The payment that it is about. */
	readonly reference: string;
	/** `named`: it only says what the payment is for. */
	readonly says: "paid" | "failed" | "refunded" | "named";
	readonly bookingId: string | null;
	readonly metadata: Readonly<Record<string, string>>;
	/** In the currency's smallest unit. */
	readonly amount: number | null;
	readonly currency: string | null;
	readonly payer: Person | null;
}

/**
 * The body of a message whose signature was found right.
 * @throws Problem `invalid_request`
 */
export function jsonOf(body: Buffer): unknown {
	try {
		return JSON.parse(body.toString("utf8"));
	} catch (cause) {
		throw new Problem("invalid_request", "The body is not valid JSON.", { cause });
	}
}

/** As it can be stored. */
export function withoutNul(text: string): string {
	return text.replaceAll("\0", "");
}

/** What a payment system says where a text is expected; null for what is none, or is empty. */
export function textOf(said: unknown): string | null {
	const text = typeof said === "string" ? withoutNul(said) : "";
	return text === "" ? null : text;
}

/** The texts of a payment's metadata; what is no text is left out. */
export function textsOf(metadata: unknown): Readonly<Record<string, string>> {
	if (typeof metadata !== "object" || metadata === null) return {};
	return Object.fromEntries(
		Object.entries(metadata).flatMap(([key, said]) => {
			const text = textOf(said);
			return text === null ? [] : [[withoutNul(key), text]];
		}),
	);
}

/** Where a booking is named: by `metadata.kalends_booking`, or by what the system calls the client's reference. */
export function namedBooking(metadata: Readonly<Record<string, string>>, ...others: readonly unknown[]): string | null {
	const named = [metadata.kalends_booking, ...others].map((said) => textOf(said)?.trim().slice(0, 100) ?? "");
	return named.find((id) => id.startsWith("bkg_")) ?? null;
}

const ADDRESS = /^[^\s@"(),:;<>[\]\\\p{C}]{1,64}@[^\s@"(),:;<>[\]\\\p{C}]{1,255}$/u;

/** Who paid, where an address says so that can be invited; names without control characters. */
export function payerOf(email: unknown, name: unknown): Person | null {
	const address = textOf(email)?.trim() ?? "";
	if (!ADDRESS.test(address)) return null;
	const clean = (textOf(name) ?? "")
		.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}]/gu, " ")
		.trim()
		.slice(0, 200);
	return { email: address, name: clean === "" ? null : clean };
}
