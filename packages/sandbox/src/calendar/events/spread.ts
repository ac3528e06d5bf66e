import type { Calendar } from "../../world/calendar.ts";
import {
	type Attendee,
	type EventContent,
	type EventDraft,
	type EventRecord,
	type OwnContent,
	sameEmail,
} from "../../world/event-record.ts";
import { accountOf, type World } from "../../world/world.ts";
import { changedContent } from "./event-types.ts";
import { lookUp } from "./find.ts";
import { bury, change, dropLostExceptions, organizes, put, type Scene } from "./scene.ts";
import { isCancelled } from "./view.ts";

/** With more guests nothing travels between copies. */
const MOST_GUESTS = 200;

export const attendeeOf = (record: Pick<EventContent, "attendees">, email: string): Attendee | undefined =>
	record.attendees?.find((attendee) => sameEmail(attendee.email, email));

/** Brings the organizer's copy to the calendars of its guests, as far as they have accounts here. */
export function spread(scene: Scene, before: EventRecord | null, after: EventRecord): void {
	const { world, calendar } = scene;
	if (!organizes(calendar, after) || after.privateCopy === true) return;
	if ((after.attendees?.length ?? 0) > MOST_GUESTS) return;
	const emails = [...(before?.attendees ?? []), ...(after.attendees ?? [])].map(({ email }) => email.toLowerCase());
	for (const email of new Set(emails)) {
		const guests = calendarOf(world, email);
		if (guests === null || guests.id === calendar.id) continue;
		if (isCancelled(after) || attendeeOf(after, email) === undefined) withdraw(scene, guests, after);
		else invite(scene, guests, after, email);
	}
}

function calendarOf(world: World, email: string): Calendar | null {
	const account = accountOf(world, email);
	const calendar = account === null ? undefined : world.calendars.get(account.email);
	return calendar === undefined || calendar.deleted ? null : calendar;
}

function invite(scene: Scene, guests: Calendar, after: EventRecord, email: string): void {
	const existing = guests.events.get(after.id);
	const own = existing ?? guests.events.get(after.recurringEventId ?? "");
	const removed = existing?.deletedAt !== undefined;
	// Who took it out of the calendar has declined, and keeps it out until that is changed.
	if (removed && attendeeOf(after, email)?.responseStatus === "declined") return;
	const copy: EventDraft = {
		...after,
		...ownContentOf(own),
		created: existing?.created ?? scene.world.clock.now(),
		updated: undefined,
		deletedAt: undefined,
	};
	if (existing !== null && !removed && sameCopy(existing, copy)) return;
	const record = put(scene, guests, copy);
	if (record.recurringEventId === undefined) dropLostExceptions(scene, guests, record);
}

function withdraw(scene: Scene, guests: Calendar, after: EventRecord): void {
	const known = lookUp(guests, after.id);
	if (known === null || isCancelled(known)) return;
	const series = guests.events.get(after.recurringEventId ?? "");
	if (series !== null && series.deletedAt === undefined) change(scene, guests, known, { status: "cancelled" });
	else bury(scene, guests, known);
}

function ownContentOf(record: EventRecord | null): OwnContent {
	return {
		colorId: record?.colorId,
		eventLabelId: record?.eventLabelId,
		transparency: record?.transparency,
		reminders: record?.reminders ?? { useDefault: true },
		privateProperties: record?.privateProperties,
	};
}

function sameCopy(existing: EventRecord, copy: EventDraft): boolean {
	if (!sameEmail(existing.organizer.email, copy.organizer.email) || existing.sequence !== copy.sequence) return false;
	return changedContent(existing, copy).length === 0;
}

/** What a guest's change means for the organizer's copy. */
export interface GuestChange {
	readonly guest: string;
	/** The guest's own entry; undefined: it did not change. */
	readonly entry: Attendee | undefined;
	readonly invited: readonly Attendee[];
	/** What guests may change where `guestsCanModify` is set. */
	readonly content: Partial<EventContent>;
}

/** Brings a guest's answer to the organizer's copy, and from there to the other guests. */
export function bringBack(scene: Scene, record: EventRecord, made: GuestChange): void {
	const { world } = scene;
	const calendar = world.calendars.get(record.organizer.email) ?? calendarOf(world, record.organizer.email);
	if (calendar === null || calendar.deleted || calendar.id === scene.calendar.id) return;
	const origin = lookUp(calendar, record.id);
	if (origin === null || isCancelled(origin) || (origin.attendees?.length ?? 0) > MOST_GUESTS) return;
	const attendees = withGuest(origin.attendees ?? [], made);
	const after = { ...origin, ...made.content, attendees };
	if (changedContent(origin, after).length === 0) return;
	const stored = change(scene, calendar, after, {});
	spread({ ...scene, calendar }, origin, stored);
}

/** A list of guests with what one of them changed of it. */
export function withGuest(attendees: readonly Attendee[], { guest, entry, invited }: GuestChange): readonly Attendee[] {
	const answered = attendees.map((old) => {
		if (entry === undefined || !sameEmail(old.email, guest)) return old;
		const { responseStatus, comment, additionalGuests } = entry;
		return { ...old, responseStatus, comment, additionalGuests };
	});
	const known = new Set(answered.map(({ email }) => email.toLowerCase()));
	return [...answered, ...invited.filter(({ email }) => !known.has(email.toLowerCase()))];
}
