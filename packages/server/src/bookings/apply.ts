import { type Selectable, sql, type Transaction } from "kysely";
import { lockInOrder } from "../calendars/lock-in-order.ts";
import type { Actor, BookingState, BookingsTable, Database, PaymentsTable, Person } from "../db/schema.ts";
import { Problem } from "../http/errors.ts";
import { lockForWrite } from "../push/snapshot.ts";
import type { Services } from "../services.ts";
import { announce } from "../webhooks/announce.ts";
import { confirmBookingEvent, createBookingEvent, removeBookingEvent, zoneOfBooking } from "./booking-event.ts";
import { asTheirEventsAre, guestsOf } from "./booking-rows.ts";
import { bookingToWire } from "./schemas.ts";
import { isSlotFree } from "./slot.ts";
import { type BookingReason, goalOf } from "./state.ts";

export type BookingRow = Selectable<BookingsTable>;
export type PaymentRow = Selectable<PaymentsTable>;

/** Where a booking got to, and the local writes that are to be pushed. */
export interface Applied {
	readonly booking: BookingRow;
	readonly intentIds: readonly string[];
}

interface Outcome {
	readonly state: BookingState;
	readonly reason: BookingReason | null;
	readonly eventId: string | null;
	readonly intentIds: readonly string[];
}

/**
 * Locks a booking, after the calendar that it is in, as everybody does: a move takes the calendars first and then
 * brings the booking along. Where it has moved on while the calendar was waited for, that is let go of, and it is looked
 * for anew.
 * @returns null where there is no such booking
 */
export async function lockBooking(tx: Transaction<Database>, userId: string, id: string): Promise<BookingRow | null> {
	const bookings = tx.selectFrom("bookings as b").where("b.user_id", "=", userId).where("b.id", "=", id);
	for (;;) {
		const seen = await bookings
			.leftJoin("events as e", (join) => join.onRef("e.user_id", "=", "b.user_id").onRef("e.id", "=", "b.event_id"))
			.select(["b.calendar_id", "b.event_id", "e.calendar_id as lies_in"])
			.executeTakeFirst();
		if (seen === undefined) return null;
		await sql`SAVEPOINT booking`.execute(tx);
		await lockInOrder(tx, userId, [seen.calendar_id, ...(seen.lies_in === null ? [] : [seen.lies_in])]);
		const row = await bookings.selectAll("b").forUpdate().executeTakeFirst();
		if (row === undefined || (row.calendar_id === seen.calendar_id && row.event_id === seen.event_id)) {
			return row ?? null;
		}
		await sql`ROLLBACK TO SAVEPOINT booking`.execute(tx);
	}
}

/**
 * Brings a booking, which the transaction has locked with its calendar, to what the facts say: its row, its event, and
 * who is told. The event's write, the intent and the facts are one transaction.
 */
export async function applyBooking(
	services: Services,
	tx: Transaction<Database>,
	booking: BookingRow,
	actor: Actor,
): Promise<Applied> {
	const now = services.now();
	const payments = await paymentsOf(tx, booking);
	const goal = goalOf(booking.state, {
		payments,
		cancelledByHand: booking.cancelled_by_hand,
		eventGone: booking.state === "held" && !(await isThere(tx, booking)),
		expired: booking.expires_at !== null && booking.expires_at.getTime() <= now,
	});
	if (goal.type === "stay") return { booking, intentIds: [] };
	const owner = { userId: booking.user_id, actor };
	const outcome =
		goal.type === "confirm"
			? await confirm(services, tx, owner, booking, guestsOf(booking, payments))
			: await giveUp(services, tx, owner, booking, goal);
	const changed = outcome.state !== booking.state || outcome.eventId !== booking.event_id;
	if (!changed) return { booking, intentIds: outcome.intentIds };
	const updated: BookingRow = {
		...booking,
		state: outcome.state,
		reason: outcome.reason,
		event_id: outcome.eventId,
		updated_at: new Date(now),
	};
	await tx
		.updateTable("bookings")
		.set({ state: updated.state, reason: updated.reason, event_id: updated.event_id, updated_at: updated.updated_at })
		.where("user_id", "=", booking.user_id)
		.where("id", "=", booking.id)
		.execute();
	await tellOfBooking(services, tx, updated, payments);
	return { booking: updated, intentIds: outcome.intentIds };
}

export async function tellOfBooking(
	services: Services,
	tx: Transaction<Database>,
	booking: BookingRow,
	payments: readonly PaymentRow[],
): Promise<void> {
	const [shown = booking] = await asTheirEventsAre(tx, booking.user_id, [booking]);
	await announce(tx, booking.user_id, {
		type: `booking.${booking.state}`,
		subject: booking.id,
		calendarId: booking.calendar_id,
		data: bookingToWire(shown, payments),
		at: services.now(),
	});
}

/** Those that may be used for it, oldest first. */
export async function paymentsOf(
	tx: Transaction<Database>,
	{ user_id, id, mode }: Pick<BookingRow, "user_id" | "id" | "mode">,
): Promise<readonly PaymentRow[]> {
	if (mode === null) return [];
	return tx
		.selectFrom("payments")
		.selectAll()
		.where("user_id", "=", user_id)
		.where("booking_id", "=", id)
		.where("mode", "=", mode)
		.orderBy("created_at")
		.orderBy("reference")
		.execute();
}

/** Is its event in a calendar, and not cancelled? */
async function isThere(tx: Transaction<Database>, booking: Pick<BookingRow, "user_id" | "event_id">): Promise<boolean> {
	const event = await tx
		.selectFrom("events")
		.select("data")
		.where("user_id", "=", booking.user_id)
		.where("id", "=", booking.event_id ?? "")
		.executeTakeFirst();
	return event !== undefined && event.data.status !== "cancelled";
}

type Owner = { readonly userId: string; readonly actor: Actor };

async function confirm(
	services: Services,
	tx: Transaction<Database>,
	owner: Owner,
	booking: BookingRow,
	guests: readonly Person[],
): Promise<Outcome> {
	const eventId = booking.event_id;
	try {
		// A cancelled event holds nothing any more; one that was brought back after the booking was released does.
		if (eventId !== null && (await isThere(tx, booking))) {
			const { intentIds } = await confirmBookingEvent(services, tx, { ...owner, eventId }, guests);
			return { state: "confirmed", reason: null, eventId, intentIds };
		}
		// Who deleted or cancelled the event of a paid booking meant it.
		if (booking.state === "confirmed") return { state: "confirmed", reason: null, eventId, intentIds: [] };
		const removed = eventId === null ? null : await removeBookingEvent(services, tx, { ...owner, eventId });
		const removal = removed?.intentIds ?? [];
		const place = await lockForWrite(tx, owner.userId, booking.calendar_id, "calendar");
		const { details } = booking;
		const slot = {
			userId: owner.userId,
			calendarId: booking.calendar_id,
			start: details.start,
			end: details.end,
			zone: zoneOfBooking(place.calendar, details.start),
		};
		if (!details.allow_conflicts && !(await isSlotFree(tx, slot))) return conflict("slot_taken", removal);
		const fresh = services.newId("evt");
		const wanted = { details, status: "confirmed", guests, eventId: fresh } as const;
		const write = await createBookingEvent(services, tx, owner, place, wanted);
		return { state: "confirmed", reason: null, eventId: fresh, intentIds: [...removal, ...write.intentIds] };
	} catch (error) {
		// It is paid: whatever stands in the way is the owner's to solve.
		if (error instanceof Problem) return conflict("calendar_not_writable", []);
		throw error;
	}
}

function conflict(reason: BookingReason, intentIds: readonly string[]): Outcome {
	return { state: "conflict", reason, eventId: null, intentIds };
}

async function giveUp(
	services: Services,
	tx: Transaction<Database>,
	owner: Owner,
	booking: BookingRow,
	goal: { readonly state: "released" | "cancelled"; readonly reason: BookingReason },
): Promise<Outcome> {
	const { event_id: eventId } = booking;
	const done = { state: goal.state, reason: goal.reason, eventId };
	if (eventId === null) return { ...done, intentIds: [] };
	try {
		const write = await removeBookingEvent(services, tx, { ...owner, eventId });
		return { ...done, intentIds: write?.intentIds ?? [] };
	} catch (error) {
		// A calendar that can no longer be written keeps its event; the booking ends all the same.
		if (error instanceof Problem) return { ...done, intentIds: [] };
		throw error;
	}
}
