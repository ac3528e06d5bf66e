import {
	type CalendarEvent,
	excludedKeys,
	originalStartKey,
	type Participant,
	parseOriginalStartKey,
	plainInstance,
	withExclusions,
	withoutExclusions,
} from "@kalends/model";
import { isMailAddress } from "../../config-mail.ts";
import { guestsSee } from "../../events/write/mails.ts";

/** What one guest is told of one change, in one mail (RFC 5546 §3.2.2, §3.2.5). */
export interface Invitation {
	readonly recipient: Participant;
	readonly kind: "invitation" | "update" | "cancellation";
	readonly method: "REQUEST" | "CANCEL";
	/** The components of the message: all that the guest is part of, or the occurrences that have changed. */
	readonly events: readonly CalendarEvent[];
	/** The one that the text describes, and as the guest knew it; null where that is nothing to compare with. */
	readonly shown: CalendarEvent;
	readonly before: CalendarEvent | null;
}

type Events = readonly CalendarEvent[] | null;

/**
 * Whom a change of a resource is told, and what. Guests of events that the person organizes, where they see a change;
 * a change of single occurrences is told as just that. Who comes or goes is told so, and nobody else is told of that
 * alone (RFC 5546 §4.2.10). Of somebody else's event, nothing: answers go by the provider.
 *
 * @param before all events of the resource, all of one UID; null for a new one
 * @param after what it holds instead; null where it goes
 * @param own the person's addresses, lower case
 */
export function planInvitations(before: Events, after: Events, own: ReadonlySet<string>): readonly Invitation[] {
	const sides = { was: sideOf(before), is: sideOf(after), own };
	const guests = new Map<string, Participant>();
	for (const event of [...(after ?? []), ...(before ?? [])]) {
		for (const guest of guestsOf(event, own)) {
			const key = guest.email.toLowerCase();
			if (!guests.has(key)) guests.set(key, guest);
		}
	}
	return [...guests.values()].flatMap((guest) => planFor(guest, sides));
}

interface Side {
	/** The single or the master; null where there are only single occurrences. */
	readonly base: CalendarEvent | null;
	readonly overrides: ReadonlyMap<string, CalendarEvent>;
}

interface Sides {
	readonly was: Side;
	readonly is: Side;
	readonly own: ReadonlySet<string>;
}

function sideOf(events: Events): Side {
	const overrides = new Map<string, CalendarEvent>();
	let base: CalendarEvent | null = null;
	for (const event of events ?? []) {
		if (event.recurrence_id === null) base = event;
		else overrides.set(originalStartKey(event.recurrence_id), event);
	}
	return { base, overrides };
}

/** Those who are to be told of an event that the person organizes. */
function guestsOf({ participants }: CalendarEvent, own: ReadonlySet<string>): Participant[] {
	const isSelf = (one: Participant) => one.self || own.has(one.email.toLowerCase());
	const organizer = participants.find((one) => one.organizer);
	if (organizer !== undefined && !isSelf(organizer)) return [];
	return participants.filter((one) => !one.organizer && !isSelf(one) && isMailAddress(one.email));
}

function planFor(recipient: Participant, { was, is, own }: Sides): readonly Invitation[] {
	const invited = (event: CalendarEvent | null | undefined): event is CalendarEvent =>
		event !== null &&
		event !== undefined &&
		event.status !== "cancelled" &&
		guestsOf(event, own).some(({ email }) => email.toLowerCase() === recipient.email.toLowerCase());
	const sees = (before: CalendarEvent, after: CalendarEvent) =>
		guestsSee(comparable(before, recipient), comparable(after, recipient));
	const own_overrides = [...is.overrides.values()].filter(invited);
	const request = (
		shown: CalendarEvent,
		events: readonly CalendarEvent[],
		before: CalendarEvent | null,
	): Invitation => {
		const kind = before === null ? ("invitation" as const) : ("update" as const);
		return { recipient, kind, method: "REQUEST", events, shown, before };
	};
	const cancel = (gone: CalendarEvent): Invitation => ({
		recipient,
		kind: "cancellation",
		method: "CANCEL",
		events: [gone],
		shown: gone,
		before: null,
	});
	if (invited(is.base)) {
		const before = invited(was.base) ? was.base : null;
		if (before === null || sees(before, is.base)) {
			// The occurrences without the guest would else be back in the guest's calendar.
			const without = [...is.overrides.values()].filter((event) => !invited(event));
			const times = without.flatMap(({ recurrence_id }) => recurrence_id ?? []);
			return [request(is.base, [withExclusions(is.base, times), ...own_overrides], before)];
		}
	} else if (invited(was.base)) {
		return [cancel(was.base), ...own_overrides.map((event) => request(event, [event], null))];
	}
	return occurrencesChanged({ was, is }).flatMap(({ before, after }) => {
		if (invited(after)) {
			const known = invited(before) ? before : null;
			return known === null || sees(known, after) ? [request(after, [after], known)] : [];
		}
		return invited(before) ? [cancel(before)] : [];
	});
}

/**
 * What a guest is told of: neither answers and who else comes, nor the occurrences that are taken out, of which each is
 * told by itself.
 */
function comparable(event: CalendarEvent, { email }: Participant): CalendarEvent {
	const address = email.toLowerCase();
	const participants = event.participants
		.filter((one) => one.email.toLowerCase() === address)
		.map(({ optional, organizer }): Participant => {
			return { email: address, name: null, response: "needs_action", optional, organizer, self: false };
		});
	return { ...withoutExclusions(event, excludedKeys(event)), participants };
}

/** The occurrences that are not as their series, before or after; null where there is none. */
function occurrencesChanged({ was, is }: Pick<Sides, "was" | "is">) {
	const taken = is.base === null ? new Set<string>() : excludedKeys(is.base);
	const takenBefore = was.base === null ? new Set<string>() : excludedKeys(was.base);
	const keys = new Set([...was.overrides.keys(), ...is.overrides.keys(), ...taken, ...takenBefore]);
	return [...keys].map((key) => ({
		before: was.overrides.get(key) ?? (takenBefore.has(key) ? null : instanceOf(was.base, key)),
		after: is.overrides.get(key) ?? (taken.has(key) ? null : instanceOf(is.base, key)),
	}));
}

function instanceOf(base: CalendarEvent | null, key: string): CalendarEvent | null {
	const slot = parseOriginalStartKey(key);
	if (base === null || base.recurrence === null || slot === null) return null;
	const placed = plainInstance(base, { ...base, recurrence_id: inZoneOf(base, slot) });
	return placed;
}

/** Keys tell the instant; the occurrence is in the zone of its series. */
function inZoneOf({ start }: CalendarEvent, slot: CalendarEvent["start"]): CalendarEvent["start"] {
	if (slot.type !== "zoned" || start.type !== "zoned" || start.zone === null) return slot;
	const local = Temporal.Instant.from(slot.instant).toZonedDateTimeISO(start.zone).toPlainDateTime();
	const tzid = start.tzid === undefined ? {} : { tzid: start.tzid };
	return {
		type: "zoned",
		local: local.toString({ smallestUnit: "second" }),
		zone: start.zone,
		...tzid,
		instant: slot.instant,
	};
}
