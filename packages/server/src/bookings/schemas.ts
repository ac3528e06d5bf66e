import { z } from "zod";
import { dateTimeToWire } from "../events/date-time-to-wire.ts";
import { EventDateTimeSchema } from "../events/schemas.ts";
import { ParticipantsInput } from "../events/write/participants-from-wire.ts";
import { textInput } from "../events/write/text-from-wire.ts";
import { TimeInput } from "../events/write/time-from-wire.ts";
import type { BookingRow, PaymentRow } from "./apply.ts";

/** Wire shapes of bookings and payments. */

export const BookingParams = z.object({ id: z.string().max(100) });

const PersonSchema = z.strictObject({ email: z.string(), name: z.string().nullable() });

export const PaymentSchema = z
	.strictObject({
		id: z.string().describe("The payment's id with its system."),
		source: z.enum(["stripe", "payments"]),
		mode: z.enum(["test", "live"]),
		booking_id: z.string().nullable(),
		paid: z.boolean(),
		failed: z.boolean(),
		refunded: z.boolean().describe("In full."),
		amount: z.int().nullable().describe("In the currency's smallest unit."),
		currency: z.string().nullable(),
		payer: PersonSchema.nullable(),
		problem: z
			.string()
			.nullable()
			.describe("Why it was not used for a booking; null where it was, or where nothing says what it is for."),
		created_at: z.string(),
		updated_at: z.string(),
	})
	.meta({ id: "Payment" });

export const BookingSchema = z
	.strictObject({
		id: z.string(),
		state: z.enum(["held", "confirmed", "released", "conflict", "cancelled"]),
		reason: z
			.enum([
				"expired",
				"payment_failed",
				"event_deleted",
				"refunded",
				"cancelled",
				"slot_taken",
				"calendar_not_writable",
			])
			.nullable(),
		reason_detail: z.string().nullable(),
		calendar_id: z.string(),
		event_id: z.string().nullable().describe("Null where there is none, as in a conflict."),
		title: z.string(),
		description: z.string(),
		location: z.string(),
		start: EventDateTimeSchema,
		end: EventDateTimeSchema,
		participants: z.array(PersonSchema).describe("Invited, with the payer, when it is confirmed."),
		reference: z.string().nullable(),
		mode: z.enum(["test", "live"]).nullable().describe("Of the first payment; payments of the other are refused."),
		expires_at: z.string().nullable(),
		metadata: z
			.strictObject({ kalends_booking: z.string() })
			.describe("Goes onto the checkout session or the payment, whose events then find the booking."),
		payments: z.array(PaymentSchema),
		created_at: z.string(),
		updated_at: z.string(),
	})
	.meta({ id: "Booking" });

export const NewBookingSchema = z.strictObject({
	calendar_id: z.string().max(100),
	title: textInput(4_000),
	start: TimeInput,
	end: TimeInput.nullable().optional().describe("After the start, exclusive; of whole days one day unless told."),
	location: textInput(4_000).nullable().optional(),
	description: textInput(262_144).nullable().optional(),
	participants: ParticipantsInput.nullable().optional().describe("Invited when the booking is confirmed."),
	hold_seconds: z.int().min(1).max(604_800).optional().describe("How long the slot is held; 1800 unless told."),
	allow_conflicts: z.boolean().optional().describe("Also where the calendar is busy then."),
	reference: z.string().max(200).nullable().optional().describe("Your own name for it."),
});

const REASONS: Readonly<Record<string, string>> = {
	expired: "It was not paid in time, so the slot is free again.",
	payment_failed: "The payment failed, so the slot is free again.",
	event_deleted: "Its event was deleted or cancelled before it was paid, so the slot is free again.",
	refunded: "The payment was refunded in full.",
	cancelled: "It was cancelled by hand.",
	slot_taken: "It was paid after the slot had been given to something else. Agree on another time, or refund it.",
	calendar_not_writable:
		"It was paid, and the calendar cannot be written. Put that right, and try its event again or make it by hand; or refund it.",
};

export function bookingToWire(row: BookingRow, payments: readonly PaymentRow[]) {
	const { details } = row;
	return {
		id: row.id,
		state: row.state,
		reason: row.reason,
		reason_detail: row.reason === null ? null : (REASONS[row.reason] ?? null),
		calendar_id: row.calendar_id,
		event_id: row.event_id,
		title: details.title,
		description: details.description,
		location: details.location,
		start: dateTimeToWire(details.start),
		end: dateTimeToWire(details.end),
		participants: details.participants.map(({ email, name }) => ({ email, name })),
		reference: row.reference,
		mode: row.mode,
		expires_at: row.expires_at?.toISOString() ?? null,
		metadata: { kalends_booking: row.id },
		payments: payments.map(paymentToWire),
		created_at: row.created_at.toISOString(),
		updated_at: row.updated_at.toISOString(),
	};
}

export function paymentToWire(row: PaymentRow): z.infer<typeof PaymentSchema> {
	return {
		id: row.reference,
		source: row.source,
		mode: row.mode,
		booking_id: row.booking_id,
		paid: row.paid,
		failed: row.failed,
		refunded: row.refunded,
		amount: row.amount,
		currency: row.currency,
		payer: row.payer === null ? null : { email: row.payer.email, name: row.payer.name },
		problem: row.problem,
		created_at: row.created_at.toISOString(),
		updated_at: row.updated_at.toISOString(),
	};
}
