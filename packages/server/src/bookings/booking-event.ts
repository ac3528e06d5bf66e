import { type CalendarEvent, type EventDateTime, type Participant, planEdit } from "@kalends/model";
import type { Transaction } from "kysely";
import type { Actor, BookingDetails, Database, Person } from "../db/schema.ts";
import { madeNow } from "../events/write/new-event.ts";
import { ownAddresses } from "../events/write/own-addresses.ts";
import { NOTHING, patchFromWire } from "../events/write/patch-from-wire.ts";
import { requireWritable } from "../events/write/writing.ts";
import { Problem } from "../http/errors.ts";
import { createResourceIn } from "../push/create-resource.ts";
import { editResourceIn } from "../push/edit-resource.ts";
import { personOf } from "../push/person.ts";
import type { CalendarRow, CommittedWrite, ConnectionRow, ResourceSnapshot } from "../push/types.ts";
import type { Services } from "../services.ts";

/** The event of a booking, written in the transaction of what brings it about. */

export interface Placed {
	readonly calendar: CalendarRow;
	readonly connection: ConnectionRow;
}

/** Makes the event: tentative and without guests while it is held, so that nobody is invited to what may not be. */
export async function createBookingEvent(
	services: Services,
	tx: Transaction<Database>,
	{ userId, actor }: { readonly userId: string; readonly actor: Actor },
	place: Placed,
	wanted: {
		readonly details: BookingDetails;
		readonly status: "tentative" | "confirmed";
		readonly guests: readonly Person[];
		readonly eventId: string;
	},
): Promise<CommittedWrite> {
	const can = requireWritable(services, place);
	const { calendar, connection } = place;
	const own = ownAddresses(connection, await personOf(tx, userId));
	const { details, status, guests, eventId } = wanted;
	const now = services.now();
	const { start, end, title, description, location } = details;
	const context = { own, can, defaultReminders: calendar.default_reminders };
	const { patch } = patchFromWire({ reminders: null }, { ...NOTHING, start, end }, context);
	const event: CalendarEvent = {
		...madeNow({ uid: eventId, now }, start, end),
		...patch,
		title,
		description,
		location,
		status,
		participants: withGuests([], guests, own),
	};
	return createResourceIn(services, tx, {
		userId,
		actor,
		calendarId: calendar.id,
		eventId,
		events: [event],
		action: "created",
	});
}

/** Confirms the event, which is there, and invites who is missing; all that a person changed of it meanwhile stays. */
export async function confirmBookingEvent(
	services: Services,
	tx: Transaction<Database>,
	asked: { readonly userId: string; readonly actor: Actor; readonly eventId: string },
	guests: readonly Person[],
): Promise<CommittedWrite> {
	const person = await personOf(tx, asked.userId);
	return editResourceIn(services, tx, asked, (snapshot) => {
		requireWritable(services, snapshot);
		const own = ownAddresses(snapshot.connection, person);
		const participants = withGuests(snapshot.base.event.participants, guests, own);
		return { wanted: planned(services, snapshot, { status: "confirmed", participants }), action: "updated" };
	});
}

/** Removes the event; nothing where it is gone already. */
export async function removeBookingEvent(
	services: Services,
	tx: Transaction<Database>,
	asked: { readonly userId: string; readonly actor: Actor; readonly eventId: string },
): Promise<CommittedWrite | null> {
	try {
		return await editResourceIn(services, tx, asked, (snapshot) => {
			requireWritable(services, snapshot);
			return { wanted: null, action: "deleted" };
		});
	} catch (error) {
		if (error instanceof Problem && error.code === "not_found") return null;
		throw error;
	}
}

function planned(
	services: Services,
	{ events }: ResourceSnapshot,
	patch: Pick<CalendarEvent, "status" | "participants">,
): readonly CalendarEvent[] | null {
	const series = events.some(({ recurrence }) => recurrence !== null);
	const plan = planEdit({
		events,
		target: null,
		scope: series ? "all" : null,
		change: { type: "patch", patch },
		newUid: "",
		now: services.now(),
		floatingZone: "UTC",
	});
	if (plan.type === "refused") {
		throw new Problem("conflict", plan.faults.map(({ detail }) => detail).join(" "), {
			fix: "Change the event by hand.",
		});
	}
	return plan.events;
}

/** Those who are invited, and the guests that are not yet. Oneself is not one's guest. */
function withGuests(
	known: readonly Participant[],
	guests: readonly Person[],
	own: ReadonlySet<string>,
): readonly Participant[] {
	const seen = new Set([...known.map(({ email }) => email.toLowerCase()), ...own]);
	const added: Participant[] = [];
	for (const { email, name } of guests) {
		if (seen.has(email.toLowerCase())) continue;
		seen.add(email.toLowerCase());
		added.push({ email, name, response: "needs_action", optional: false, organizer: false, self: false });
	}
	return added.length === 0 ? known : [...known, ...added];
}

/** The zone in which days and floating times of a booking are read. */
export function zoneOfBooking({ time_zone }: Pick<CalendarRow, "time_zone">, start: EventDateTime): string {
	return (start.type === "zoned" ? start.zone : null) ?? time_zone ?? "UTC";
}
