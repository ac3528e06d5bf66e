import type { PaymentMode, PaymentSource, Person } from "../db/schema.ts";

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

/** Where a booking is named: by `metadata.kalends_booking`, or by what the system calls the client's reference. */
export function namedBooking(
	metadata: Readonly<Record<string, string>>,
	...others: readonly (string | null | undefined)[]
): string | null {
	const ids = [metadata.kalends_booking, ...others].filter((id) => id?.startsWith("bkg_"));
	return ids[0]?.trim().slice(0, 100) ?? null;
}

const ADDRESS = /^[^\s@"(),:;<>[\]\\\p{C}]{1,64}@[^\s@"(),:;<>[\]\\\p{C}]{1,255}$/u;

/** Who paid, where an address says so that can be invited; names without control characters. */
export function payerOf(email: string | null | undefined, name: string | null | undefined): Person | null {
	if (email == null || !ADDRESS.test(email.trim())) return null;
	const clean = (name ?? "")
		.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}]/gu, " ")
		.trim()
		.slice(0, 200);
	return { email: email.trim(), name: clean === "" ? null : clean };
}
