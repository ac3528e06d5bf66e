import type { Transaction } from "kysely";
import type { BookingRow } from "../bookings/apply.ts";
import { bookingDetails } from "../bookings/booking-details.ts";
import { NewBookingSchema } from "../bookings/schemas.ts";
import type { Database } from "../db/schema.ts";
import { Problem } from "../http/errors.ts";
import { parseParts } from "../http/validation.ts";
import { personOf } from "../push/person.ts";
import { lockForWrite } from "../push/snapshot.ts";
import type { Services } from "../services.ts";
import { ownerOfCalendar } from "./directory.ts";
import type { PaymentFact } from "./fact.ts";

/** A payment that says itself what it is for, without a hold. */
export function carriesEvent(metadata: PaymentFact["metadata"]): boolean {
	return metadata.kalends_calendar !== undefined;
}

/** As programs write it into texts. */
const NO = /^(false|no|off|0)$/i;

type Made = { readonly booking: BookingRow } | { readonly userId: string | null; readonly problem: string };

/**
 * Makes the booking that a payment's metadata describe, in the state `released`: being paid confirms it.
 * Whoever sells one slot to many means it so, and nothing is looked for in its way unless `kalends_allow_conflicts` says
 * no.
 */
export async function bookingOfPayment(
	services: Services,
	tx: Transaction<Database>,
	{ metadata }: PaymentFact,
): Promise<Made> {
	const calendarId = (metadata.kalends_calendar ?? "").trim();
	const userId = await ownerOfCalendar(tx, calendarId);
	if (userId === null) return { userId: null, problem: `There is no calendar ${calendarId.slice(0, 100)}.` };
	try {
		const place = await lockForWrite(tx, userId, calendarId, "calendar");
		const { kalends_time_zone: zone } = metadata;
		const time = (text: string | undefined) =>
			text !== undefined && /^\d{4}-\d\d-\d\d$/.test(text.trim())
				? { date: text.trim() }
				: { date_time: text?.trim(), ...(zone === undefined ? {} : { time_zone: zone.trim() }) };
		const asked = {
			calendar_id: calendarId,
			title: metadata.kalends_title ?? "",
			start: time(metadata.kalends_start),
			...(metadata.kalends_end === undefined ? {} : { end: time(metadata.kalends_end) }),
			location: metadata.kalends_location ?? null,
			description: metadata.kalends_description ?? null,
			allow_conflicts: !NO.test(metadata.kalends_allow_conflicts?.trim() ?? ""),
		};
		const [body] = parseParts([{ schema: NewBookingSchema, value: asked, where: "body" }]) as [
			ReturnType<typeof NewBookingSchema.parse>,
		];
		const details = bookingDetails(services, place, await personOf(tx, userId), body);
		const now = new Date(services.now());
		const booking: BookingRow = {
			user_id: userId,
			id: services.newId("bkg"),
			calendar_id: calendarId,
			event_id: null,
			state: "released",
			reason: null,
			details,
			reference: null,
			mode: null,
			expires_at: null,
			cancelled_by_hand: false,
			created_at: now,
			updated_at: now,
		};
		await tx
			.insertInto("bookings")
			.values({ ...booking, details: JSON.stringify(details) })
			.execute();
		return { booking };
	} catch (error) {
		if (!(error instanceof Problem)) throw error;
		const faults = error.errors?.map(({ field, detail }) => `${field}: ${detail}`) ?? [error.message];
		return { userId, problem: `The event that it carries cannot be made. ${faults.join(" ")}` };
	}
}
