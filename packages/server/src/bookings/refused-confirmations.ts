import type { Transaction } from "kysely";
import type { Database } from "../db/schema.ts";
import { inTransaction } from "../db/transact.ts";
import { Problem } from "../http/errors.ts";
import { refusedConfirmations } from "../payments/directory.ts";
import type { Services } from "../services.ts";
import { type BookingRow, lockBooking, type PaymentRow, paymentsOf, tellOfBooking } from "./apply.ts";
import { confirmBookingEvent } from "./booking-event.ts";
import { guestsOf } from "./booking-rows.ts";

/** Looked at in one turn. */
const BATCH = 100;

/**
 * A paid booking whose event the provider refused to make or to confirm, which is known only after the payment was answered,
 * is in conflict; it is confirmed once that got through.
 */
export async function settleRefusedConfirmations(services: Services, signal: AbortSignal): Promise<void> {
	for (const { userId, id } of await refusedConfirmations(services.db, BATCH)) {
		if (signal.aborted) return;
		await inTransaction(services.db, async (tx) => {
			const booking = await lockBooking(tx, userId, id);
			// What was found may have changed while the lock was waited for.
			if (booking === null || !(await isStill(tx, booking))) return;
			const refused = booking.state === "confirmed";
			const payments = await paymentsOf(tx, booking);
			if (!refused && !(await invited(services, tx, booking, payments))) return;
			const updated: BookingRow = {
				...booking,
				state: refused ? "conflict" : "confirmed",
				reason: refused ? "calendar_not_writable" : null,
				updated_at: new Date(services.now()),
			};
			const { state, reason, updated_at } = updated;
			const bookings = tx.updateTable("bookings").where("user_id", "=", userId).where("id", "=", id);
			await bookings.set({ state, reason, updated_at }).execute();
			await tellOfBooking(services, tx, updated, payments);
		});
	}
}

/** Whoever confirmed the event by hand need not have invited everybody. @returns false where that cannot be done */
async function invited(
	services: Services,
	tx: Transaction<Database>,
	booking: BookingRow,
	payments: readonly PaymentRow[],
): Promise<boolean> {
	const { user_id: userId, event_id: eventId } = booking;
	const asked = { userId, actor: { type: "user", id: userId }, eventId: eventId ?? "" } as const;
	try {
		await confirmBookingEvent(services, tx, asked, guestsOf(booking, payments));
		return true;
	} catch (error) {
		if (error instanceof Problem) return false;
		throw error;
	}
}

async function isStill(tx: Transaction<Database>, { user_id, id }: BookingRow): Promise<boolean> {
	return (await refusedConfirmations(tx, 1, { userId: user_id, id })).length > 0;
}
