import { z } from "zod";
import type { BookingState } from "../db/schema.ts";
import { inTransaction } from "../db/transact.ts";
import { findPlace } from "../events/write/place.ts";
import { actorOf, WITHIN_MS } from "../events/write/writing.ts";
import { type Endpoint, endpoint } from "../http/endpoint.ts";
import { Problem } from "../http/errors.ts";
import { listOf, pageOf, pageQuery, readCursor } from "../http/paging.ts";
import { notFound } from "../http/problem.ts";
import { invalidFields } from "../http/validation.ts";
import { personOf } from "../push/person.ts";
import { pushNow } from "../push/push-now.ts";
import { lockForWrite } from "../push/snapshot.ts";
import { applyBooking, type BookingRow, lockBooking, type PaymentRow, tellOfBooking } from "./apply.ts";
import { bookingDetails } from "./booking-details.ts";
import { createBookingEvent, zoneOfBooking } from "./booking-event.ts";
import { findBooking, listBookingRows } from "./booking-rows.ts";
import { BookingParams, BookingSchema, bookingToWire, NewBookingSchema } from "./schemas.ts";
import { isSlotFree } from "./slot.ts";

const HOLD_SECONDS = 1_800;
const NO_PAYMENTS: readonly PaymentRow[] = [];
const STATES = ["held", "confirmed", "released", "conflict", "cancelled"] as const satisfies readonly BookingState[];

export const createBooking = endpoint({
	method: "POST",
	path: "/v1/bookings",
	operationId: "createBooking",
	summary: "Hold a slot until it is paid",
	description:
		"Puts a tentative event into the calendar, for `hold_seconds`. A payment that carries `metadata` of the answer " +
		"confirms it and invites payer and participants; without one the slot is free again. It needs a title and a start " +
		"that is still to come. 409 `slot_busy` where the calendar is busy then.",
	tag: "bookings",
	access: { kind: "user", scope: "write" },
	body: NewBookingSchema,
	responses: { 201: BookingSchema },
	async handle({ services, principal, body, once, signal }) {
		const { userId } = principal;
		const id = once?.id("bkg") ?? services.newId("bkg");
		const before = once === null ? null : await findBooking(services.db, userId, id);
		if (before !== null) return created(before.booking, before.payments);
		const { calendar_id: calendarId, hold_seconds: seconds = HOLD_SECONDS, reference = null, ...asked } = body;
		const known = await findPlace(services.db, userId, calendarId);
		if (known === null) {
			throw invalidFields([{ field: "calendar_id", detail: "There is no calendar with this id." }]);
		}
		const details = bookingDetails(services, known, await personOf(services.db, userId), asked);
		const actor = actorOf(principal);
		const eventId = services.newId("evt");
		const { booking, intentIds } = await inTransaction(services.db, async (tx) => {
			// Under the calendar's lock, so that of two holds of one slot one finds it taken.
			const place = await lockForWrite(tx, userId, calendarId, "calendar");
			const { start, end } = details;
			const zone = zoneOfBooking(place.calendar, start);
			const free = details.allow_conflicts || (await isSlotFree(tx, { userId, calendarId, start, end, zone }));
			if (!free) {
				throw new Problem("slot_busy", "The calendar is busy then.", {
					fix: "Choose another time, or send allow_conflicts.",
				});
			}
			const now = new Date(services.now());
			const row: BookingRow = {
				user_id: userId,
				id,
				calendar_id: calendarId,
				event_id: eventId,
				state: "held",
				reason: null,
				details,
				reference,
				mode: null,
				expires_at: new Date(now.getTime() + seconds * 1_000),
				cancelled_by_hand: false,
				created_at: now,
				updated_at: now,
			};
			await tx
				.insertInto("bookings")
				.values({ ...row, details: JSON.stringify(details) })
				.execute();
			await tellOfBooking(services, tx, row, NO_PAYMENTS);
			const wanted = { details, status: "tentative", guests: [], eventId } as const;
			const write = await createBookingEvent(services, tx, { userId, actor }, place, wanted);
			return { booking: row, intentIds: write.intentIds };
		});
		await pushNow(services, userId, intentIds, { withinMs: WITHIN_MS, signal });
		return created(booking, NO_PAYMENTS);
	},
});

function created(booking: BookingRow, payments: readonly PaymentRow[]) {
	const headers = { location: `/v1/bookings/${booking.id}` };
	return { status: 201, body: bookingToWire(booking, payments), headers };
}

export const listBookings = endpoint({
	method: "GET",
	path: "/v1/bookings",
	operationId: "listBookings",
	summary: "List your bookings, newest first",
	tag: "bookings",
	access: { kind: "user", scope: "read" },
	query: z.object({
		...pageQuery,
		state: z.enum(STATES).optional(),
		calendar_id: z.string().max(100).optional(),
		reference: z.string().max(200).optional(),
	}),
	responses: { 200: listOf(BookingSchema) },
	async handle({ services, principal, query }) {
		const before = readCursor(query.cursor, z.string().max(64));
		const rows = await listBookingRows(services.db, principal.userId, {
			before,
			limit: query.limit + 1,
			state: query.state,
			calendarId: query.calendar_id,
			reference: query.reference,
		});
		const page = pageOf(
			rows,
			query.limit,
			({ booking }) => booking.id,
			({ booking, payments }) => bookingToWire(booking, payments),
		);
		return { status: 200, body: page };
	},
});

export const getBooking = endpoint({
	method: "GET",
	path: "/v1/bookings/:id",
	operationId: "getBooking",
	summary: "Get a booking",
	tag: "bookings",
	access: { kind: "user", scope: "read", ids: { id: "booking" } },
	params: BookingParams,
	responses: { 200: BookingSchema },
	async handle({ services, principal, params }) {
		const found = await findBooking(services.db, principal.userId, params.id);
		if (found === null) throw notFound("booking");
		return { status: 200, body: bookingToWire(found.booking, found.payments) };
	},
});

export const cancelBooking = endpoint({
	method: "DELETE",
	path: "/v1/bookings/:id",
	operationId: "cancelBooking",
	summary: "Cancel a booking",
	description:
		"Its event goes, and guests are told. Money is not given back: refund it where it was paid. The booking stays, in " +
		"the state `cancelled`.",
	tag: "bookings",
	access: { kind: "user", scope: "write", ids: { id: "booking" } },
	params: BookingParams,
	responses: { 200: BookingSchema },
	async handle({ services, principal, params, signal }) {
		const { userId } = principal;
		const { intentIds } = await inTransaction(services.db, async (tx) => {
			const booking = await lockBooking(tx, userId, params.id);
			if (booking === null) throw notFound("booking");
			await tx
				.updateTable("bookings")
				.set({ cancelled_by_hand: true })
				.where("user_id", "=", userId)
				.where("id", "=", params.id)
				.execute();
			return applyBooking(services, tx, { ...booking, cancelled_by_hand: true }, actorOf(principal));
		});
		await pushNow(services, userId, intentIds, { withinMs: WITHIN_MS, signal });
		const found = await findBooking(services.db, userId, params.id);
		if (found === null) throw notFound("booking");
		return { status: 200, body: bookingToWire(found.booking, found.payments) };
	},
});

export const bookingEndpoints: readonly Endpoint[] = [
	createBooking,
	listBookings,
	getBooking,
	cancelBooking,
] as readonly Endpoint[];
