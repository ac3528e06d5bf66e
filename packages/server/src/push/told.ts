import { type CalendarEvent, followMade, originalStartKey, type ResourceEvents } from "@kalends/model";
import type { IntentRow } from "./types.ts";

/**
 * What guests know before a write that may have got through in part: a series is written in several requests, and what is
 * found there may be a half of it, of which nobody was told. So they know what was there before it was first sent; whom
 * somebody else has invited meanwhile knows of it too.
 *
 * @param before the events before the write; null where there were none
 * @param found what is with the provider now
 */
export function knownToGuests(before: ResourceEvents, wanted: ResourceEvents, found: ResourceEvents): ResourceEvents {
	const [ours, theirs] = [guestsByEvent(wanted), guestsByEvent(found)];
	return (
		before?.map((event) => {
			const known = new Set([...event.participants.map(addressOf), ...(ours.get(keyOf(event)) ?? []).map(addressOf)]);
			const others = (theirs.get(keyOf(event)) ?? []).filter((one) => !known.has(addressOf(one)));
			return others.length === 0 ? event : { ...event, participants: [...event.participants, ...others] };
		}) ?? null
	);
}

/** What guests know of a write that a pull puts onto `base`; null: just that. */
export function toldBefore(row: IntentRow, base: ResourceEvents): IntentRow["told"] {
	const { attempts, wanted, told } = row;
	if (told !== null) return { events: knownToGuests(told.events, wanted, base) };
	if (attempts === 0 || !isOfSeveral(row.base, wanted, base)) return null;
	return { events: knownToGuests(row.base, wanted, base) };
}

/** What guests knew before a write that is done now, and that went out last from what was read as `found`. */
export function guestsKnew({ attempts, base, wanted, told }: IntentRow, found: ResourceEvents): ResourceEvents {
	if (told !== null) return knownToGuests(told.events, wanted, found);
	return attempts > 1 && isOfSeveral(base, wanted, found) ? knownToGuests(base, wanted, found) : found;
}

/**
 * What guests are told of a write that turned out to be there. Of a creation, under the UID that the provider gave it: what
 * they are told later is of that.
 * @param found what the provider has
 */
export function toldOf({ kind, wanted }: Pick<IntentRow, "kind" | "wanted">, found: ResourceEvents): ResourceEvents {
	return kind === "create" ? followMade(wanted, wanted, found) : wanted;
}

function isOfSeveral(...sides: readonly ResourceEvents[]): boolean {
	return sides.some((events) => events !== null && events.length > 1);
}

function guestsByEvent(events: ResourceEvents): ReadonlyMap<string, CalendarEvent["participants"]> {
	return new Map((events ?? []).map((event) => [keyOf(event), event.participants]));
}

function keyOf({ uid, recurrence_id }: CalendarEvent): string {
	return `${uid} ${recurrence_id === null ? "" : originalStartKey(recurrence_id)}`;
}

function addressOf({ email }: { readonly email: string }): string {
	return email.toLowerCase();
}
