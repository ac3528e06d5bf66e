import { sql, type Transaction } from "kysely";
import { applyBooking, type BookingRow, lockBooking, type PaymentRow } from "../bookings/apply.ts";
import { paymentToWire } from "../bookings/schemas.ts";
import type { Actor, Database } from "../db/schema.ts";
import { inTransaction } from "../db/transact.ts";
import { pushNow } from "../push/push-now.ts";
import type { Services } from "../services.ts";
import { announce } from "../webhooks/announce.ts";
import { bookingOfPayment, carriesEvent } from "./carried-event.ts";
import { ownerOfBooking } from "./directory.ts";
import type { PaymentFact } from "./fact.ts";

/** How long an answer waits for the calendar's provider; what takes longer is done behind it. */
const PUSH_WITHIN_MS = 3_000;

interface Received {
	/** It was used before. */
	readonly duplicate: boolean;
	readonly userId: string | null;
	readonly intentIds: readonly string[];
}

const DUPLICATE: Received = { duplicate: true, userId: null, intentIds: [] };
const NOTHING_TO_DO: Received = { duplicate: false, userId: null, intentIds: [] };

/**
 * Uses one event: what it says becomes facts of its payment, and the booking that the payment is for goes where its facts
 * say. One transaction with the event's id, so that each is used once, whoever is killed when (T17).
 */
export async function receivePayment(
	services: Services,
	fact: PaymentFact,
	signal: AbortSignal,
): Promise<Pick<Received, "duplicate">> {
	const received = await inTransaction(services.db, (tx) => receiveIn(services, tx, fact));
	if (received.userId !== null && received.intentIds.length > 0) {
		await pushNow(services, received.userId, received.intentIds, { withinMs: PUSH_WITHIN_MS, signal });
	}
	return { duplicate: received.duplicate };
}

async function receiveIn(services: Services, tx: Transaction<Database>, fact: PaymentFact): Promise<Received> {
	const now = new Date(services.now());
	const { source, eventId, type, reference } = fact;
	const isNew = await tx
		.insertInto("payment_events")
		.values({ source, event_id: eventId, type, reference, received_at: now })
		.onConflict((conflict) => conflict.doNothing())
		.returning("event_id")
		.executeTakeFirst();
	if (isNew === undefined) return DUPLICATE;
	const before = await findPayment(tx, fact);
	const payment = await noteFact(tx, fact, now);
	// The event may have been changed by hand since it was confirmed, and stays so.
	if (before?.booking_id != null && saysNothingNew(before, payment)) return NOTHING_TO_DO;
	const found = await findBookingFor(services, tx, fact, payment);
	if ("problem" in found) return refuse(services, tx, payment, found);
	const { booking } = found;
	if (booking === null) return NOTHING_TO_DO;
	const mode = booking.mode ?? fact.mode;
	if (mode !== fact.mode) {
		return refuse(services, tx, payment, {
			userId: booking.user_id,
			problem: `The booking ${booking.id} is of ${mode} payments, and this one is of the ${fact.mode} mode.`,
		});
	}
	await link(tx, payment, booking, mode);
	const actor: Actor = { type: "user", id: booking.user_id };
	const applied = await applyBooking(services, tx, { ...booking, mode }, actor);
	if (booking.cancelled_by_hand && fact.says === "paid") {
		await noteProblem(
			services,
			tx,
			payment,
			booking.user_id,
			"It was paid after the booking had been cancelled: refund it.",
		);
	}
	return { duplicate: false, userId: booking.user_id, intentIds: applied.intentIds };
}

async function findPayment(tx: Transaction<Database>, { source, mode, reference }: PaymentFact) {
	return tx
		.selectFrom("payments")
		.selectAll()
		.where("source", "=", source)
		.where("mode", "=", mode)
		.where("reference", "=", reference)
		.forUpdate()
		.executeTakeFirst();
}

function saysNothingNew(before: PaymentRow, after: PaymentRow): boolean {
	const { paid, failed, refunded, payer } = before;
	const samePayer = (payer === null) === (after.payer === null);
	return samePayer && paid === after.paid && failed === after.failed && refunded === after.refunded;
}

/** Facts only ever turn true, and what is known stays known, so any order and number of events ends the same. */
async function noteFact(tx: Transaction<Database>, fact: PaymentFact, now: Date): Promise<PaymentRow> {
	const { source, mode, reference, says, amount, currency, payer } = fact;
	const person = payer === null ? null : JSON.stringify(payer);
	return tx
		.insertInto("payments")
		.values({
			source,
			mode,
			reference,
			paid: says === "paid",
			failed: says === "failed",
			refunded: says === "refunded",
			amount,
			currency,
			payer: person,
			created_at: now,
			updated_at: now,
		})
		.onConflict((conflict) =>
			conflict.columns(["source", "mode", "reference"]).doUpdateSet({
				paid: sql<boolean>`payments.paid OR excluded.paid`,
				failed: sql<boolean>`payments.failed OR excluded.failed`,
				refunded: sql<boolean>`payments.refunded OR excluded.refunded`,
				amount: sql<number>`coalesce(payments.amount, excluded.amount)`,
				currency: sql<string>`coalesce(payments.currency, excluded.currency)`,
				payer: sql<string>`coalesce(payments.payer, excluded.payer)`,
				updated_at: now,
			}),
		)
		.returningAll()
		.executeTakeFirstOrThrow();
}

type Found = { readonly booking: BookingRow | null } | Refusal;
interface Refusal {
	readonly userId: string | null;
	readonly problem: string;
}

async function findBookingFor(
	services: Services,
	tx: Transaction<Database>,
	fact: PaymentFact,
	payment: PaymentRow,
): Promise<Found> {
	if (payment.booking_id !== null && payment.user_id !== null) {
		return { booking: await lockBooking(tx, payment.user_id, payment.booking_id) };
	}
	if (fact.bookingId !== null) {
		const userId = await ownerOfBooking(tx, fact.bookingId);
		if (userId !== null) return { booking: await lockBooking(tx, userId, fact.bookingId) };
		return { userId: null, problem: `There is no booking ${fact.bookingId}.` };
	}
	return carriesEvent(fact.metadata) ? bookingOfPayment(services, tx, fact) : { booking: null };
}

async function link(
	tx: Transaction<Database>,
	payment: PaymentRow,
	{ user_id, id }: BookingRow,
	mode: PaymentFact["mode"],
): Promise<void> {
	await tx
		.updateTable("payments")
		.set({ user_id, booking_id: id, problem: null })
		.where("source", "=", payment.source)
		.where("mode", "=", payment.mode)
		.where("reference", "=", payment.reference)
		.execute();
	await tx
		.updateTable("bookings")
		.set({ mode })
		.where("user_id", "=", user_id)
		.where("id", "=", id)
		.where("mode", "is", null)
		.execute();
}

async function refuse(
	services: Services,
	tx: Transaction<Database>,
	payment: PaymentRow,
	{ userId, problem }: Refusal,
): Promise<Received> {
	await noteProblem(services, tx, payment, userId, problem);
	return { duplicate: false, userId, intentIds: [] };
}

async function noteProblem(
	services: Services,
	tx: Transaction<Database>,
	payment: PaymentRow,
	userId: string | null,
	problem: string,
): Promise<void> {
	await tx
		.updateTable("payments")
		.set({ problem, ...(userId === null ? {} : { user_id: userId }) })
		.where("source", "=", payment.source)
		.where("mode", "=", payment.mode)
		.where("reference", "=", payment.reference)
		.execute();
	services.log.warn({ source: payment.source, problem }, "a payment could not be used");
	if (userId === null) return;
	await announce(tx, userId, {
		type: "payment.problem",
		subject: payment.reference,
		data: paymentToWire({ ...payment, problem }),
		at: services.now(),
	});
}
