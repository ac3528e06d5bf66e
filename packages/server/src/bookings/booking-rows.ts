import type { Kysely } from "kysely";
import type { BookingState, Database, Person } from "../db/schema.ts";
import type { BookingRow, PaymentRow } from "./apply.ts";

/** A booking with its payments. */
export interface ListedBooking {
	readonly booking: BookingRow;
	readonly payments: readonly PaymentRow[];
}

export interface BookingFilter {
	readonly id?: string;
	readonly before?: string | undefined;
	readonly limit: number;
	readonly state?: BookingState | undefined;
	readonly calendarId?: string | undefined;
	readonly reference?: string | undefined;
	readonly eventId?: string;
}

/** Newest first. */
export async function listBookingRows(
	db: Kysely<Database>,
	userId: string,
	filter: BookingFilter,
): Promise<readonly ListedBooking[]> {
	let query = db
		.selectFrom("bookings")
		.selectAll()
		.where("user_id", "=", userId)
		.orderBy("id", "desc")
		.limit(filter.limit);
	if (filter.id !== undefined) query = query.where("id", "=", filter.id);
	if (filter.before !== undefined) query = query.where("id", "<", filter.before);
	if (filter.state !== undefined) query = query.where("state", "=", filter.state);
	if (filter.calendarId !== undefined) query = query.where("calendar_id", "=", filter.calendarId);
	if (filter.reference !== undefined) query = query.where("reference", "=", filter.reference);
	if (filter.eventId !== undefined) query = query.where("event_id", "=", filter.eventId);
	const bookings = await query.execute();
	if (bookings.length === 0) return [];
	const payments = await db
		.selectFrom("payments")
		.selectAll()
		.where("user_id", "=", userId)
		.where(
			"booking_id",
			"in",
			bookings.map(({ id }) => id),
		)
		.orderBy("created_at")
		.orderBy("reference")
		.execute();
	const ofBooking = Map.groupBy(payments, ({ booking_id }) => booking_id);
	const shown = await asTheirEventsAre(db, userId, bookings);
	return shown.map((booking) => ({ booking, payments: ofBooking.get(booking.id) ?? [] }));
}

/** For showing them: each with what its event says now, which may have been edited since; as booked where that is gone. */
export async function asTheirEventsAre(
	db: Kysely<Database>,
	userId: string,
	bookings: readonly BookingRow[],
): Promise<readonly BookingRow[]> {
	const ids = bookings.flatMap(({ event_id }) => event_id ?? []);
	if (ids.length === 0) return bookings;
	const rows = await db
		.selectFrom("events")
		.select(["id", "data"])
		.where("user_id", "=", userId)
		.where("id", "in", ids)
		.execute();
	const events = new Map(rows.map(({ id, data }) => [id, data]));
	return bookings.map((booking) => {
		const event = events.get(booking.event_id ?? "");
		if (event === undefined) return booking;
		const { title, description, location, start, end } = event;
		return { ...booking, details: { ...booking.details, title, description, location, start, end } };
	});
}

export async function findBooking(db: Kysely<Database>, userId: string, id: string): Promise<ListedBooking | null> {
	const [found] = await listBookingRows(db, userId, { id, limit: 1 });
	return found ?? null;
}

/** Whom a paid booking invites. */
export function guestsOf({ details }: BookingRow, payments: readonly PaymentRow[]): readonly Person[] {
	return [...details.participants, ...payments.flatMap(({ payer, paid }) => (paid && payer !== null ? [payer] : []))];
}

/**
 * Addresses, lower case, that the booking of this event invites; none where there is no booking, or no money was paid for
 * it: a payment of the test mode bounds nothing.
 */
export async function paidGuestsOf(
	db: Kysely<Database>,
	userId: string,
	eventId: string,
): Promise<ReadonlySet<string>> {
	const [found] = await listBookingRows(db, userId, { eventId, limit: 1 });
	if (found?.booking.mode !== "live") return new Set();
	const payments = found.payments.filter(({ mode }) => mode === "live");
	if (!payments.some(({ paid }) => paid)) return new Set();
	return new Set(guestsOf(found.booking, payments).map(({ email }) => email.toLowerCase()));
}
