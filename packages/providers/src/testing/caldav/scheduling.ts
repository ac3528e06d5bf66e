import { type CalendarEvent, contentHash, parseCalendar } from "@kalends/model";
import { identityOf } from "../../shared/outgoing.ts";

/** A message that the server sent to one calendar user (RFC 5546 §1.4). */
export interface Invitation {
	readonly method: "REQUEST" | "CANCEL" | "REPLY";
	readonly uid: string;
	readonly recipient: string;
}

export interface SchedulingInput {
	/** What was stored; null where the resource is new. */
	readonly before: string | null;
	readonly after: string;
	/** The account's own. */
	readonly address: string;
	/** If-Schedule-Tag-Match was given and matched: answers of guests that came meanwhile stay. */
	readonly merges: boolean;
}

export type Scheduled =
	| { readonly type: "stored"; readonly ics: string; readonly invitations: readonly Invitation[] }
	| { readonly type: "refused"; readonly precondition: string };

/** What RFC 6638 §3.2 has a server do about a stored resource. */
export function schedulePut({ before, after, address, merges }: SchedulingInput): Scheduled {
	const events = eventsIn(after, address);
	const known = before === null ? [] : eventsIn(before, address);
	const organizer = events.flatMap(({ participants }) => participants).find((each) => each.organizer);
	if (organizer === undefined) return { type: "stored", ics: after, invitations: [] };
	if (!organizer.self) return scheduleAnswer(known, events, after, organizer.email, before !== null);
	const guests = guestsOf(events);
	const removed = guestsOf(known).filter((each) => !guests.includes(each));
	const isNews = meaning(events) !== meaning(known);
	const uid = events[0]?.uid ?? "";
	const requests = guests.filter((guest) => isNews || !guestsOf(known).includes(guest));
	const invitations: Invitation[] = [
		...requests.map((recipient) => ({ method: "REQUEST" as const, uid, recipient })),
		...removed.map((recipient) => ({ method: "CANCEL" as const, uid, recipient })),
	];
	const merged = merges && before !== null ? withAnswersOf(before, after, address) : after;
	return { type: "stored", ics: withStatus(merged, address), invitations };
}

/** Deleting cancels a meeting, or declines an invitation. */
export function scheduleRemoval(ics: string, address: string): readonly Invitation[] {
	const events = eventsIn(ics, address);
	const uid = events[0]?.uid ?? "";
	const organizer = events.flatMap(({ participants }) => participants).find((each) => each.organizer);
	if (organizer === undefined) return [];
	if (!organizer.self) return [{ method: "REPLY", uid, recipient: organizer.email }];
	return guestsOf(events).map((recipient) => ({ method: "CANCEL", uid, recipient }));
}

/** The body with a guest's answer, as a server writes it when the guest's REPLY arrives. */
export function withAnswer(ics: string, guest: string, partstat: string): string {
	return ics
		.replaceAll("\r\n ", "")
		.split("\r\n")
		.map((line) =>
			addressOf(line) === guest.toLowerCase() ? line.replace(/;PARTSTAT=[A-Z-]+/, `;PARTSTAT=${partstat}`) : line,
		)
		.join("\r\n");
}

/** Guests may change their own answer, reminders and busy state, and take instances out (§3.2.2.1). */
function scheduleAnswer(
	known: readonly CalendarEvent[],
	events: readonly CalendarEvent[],
	after: string,
	organizer: string,
	isKnown: boolean,
): Scheduled {
	const byIdentity = new Map(known.map((event) => [identityOf(event), event]));
	const master = known.find(({ recurrence_id }) => recurrence_id === null);
	const isAllowed = (event: CalendarEvent) => {
		const before = byIdentity.get(identityOf(event));
		if (before !== undefined) return contentHash(forGuests(before)) === contentHash(forGuests(event));
		return master !== undefined && contentHash(asInstance(master)) === contentHash(asInstance(event));
	};
	if (isKnown && !events.every(isAllowed)) {
		return { type: "refused", precondition: "C:allowed-attendee-scheduling-object-change" };
	}
	const answers = (list: readonly CalendarEvent[]) =>
		list.map(({ participants }) => participants.find(({ self }) => self)?.response).join();
	const uid = events[0]?.uid ?? "";
	const invitations: Invitation[] =
		isKnown && answers(known) !== answers(events) ? [{ method: "REPLY", uid, recipient: organizer }] : [];
	return { type: "stored", ics: after, invitations };
}

function forGuests(event: CalendarEvent): CalendarEvent {
	return {
		...event,
		busy: true,
		reminders: { use_default: false, overrides: [] },
		recurrence: event.recurrence?.filter((line) => !line.startsWith("EXDATE")) ?? null,
		participants: event.participants.map(({ comment: _, ...each }) => ({
			...each,
			...(each.self ? { response: "needs_action" as const } : {}),
		})),
	};
}

/** What an instance has of its series, wherever it stands. */
function asInstance(event: CalendarEvent): CalendarEvent {
	const start = { type: "date", date: "2026-01-01" } as const;
	return { ...forGuests(event), recurrence: null, recurrence_id: null, start, end: start, custom_zones: {} };
}

function eventsIn(ics: string, address: string): readonly CalendarEvent[] {
	return parseCalendar(ics, { selfAddresses: [address] }).groups.flatMap(({ events }) => [...events]);
}

function guestsOf(events: readonly CalendarEvent[]): readonly string[] {
	const guests = events.flatMap(({ participants }) => participants.filter(({ organizer }) => !organizer));
	return [...new Set(guests.map(({ email }) => email.toLowerCase()))].sort();
}

/** What guests have to hear of. */
function meaning(events: readonly CalendarEvent[]): string {
	const told = events.map((event) =>
		contentHash({
			...event,
			reminders: { use_default: false, overrides: [] },
			participants: [],
			categories: [],
			color: null,
		}),
	);
	return told.sort().join();
}

function withAnswersOf(stored: string, body: string, address: string): string {
	let merged = body;
	for (const { participants } of eventsIn(stored, address)) {
		for (const { email, response, organizer } of participants) {
			if (!organizer) merged = withAnswer(merged, email, response.toUpperCase().replace("_", "-"));
		}
	}
	return merged;
}

/** Servers note on each guest what became of the message (§7.3). */
function withStatus(ics: string, address: string): string {
	return ics
		.replaceAll("\r\n ", "")
		.split("\r\n")
		.map((line) => {
			const guest = addressOf(line);
			if (guest === null || guest === address.toLowerCase() || line.includes("SCHEDULE-STATUS=")) return line;
			return line.replace(/^ATTENDEE/, "ATTENDEE;SCHEDULE-STATUS=1.1");
		})
		.join("\r\n");
}

function addressOf(line: string): string | null {
	return /^ATTENDEE.*:mailto:(.*)$/i.exec(line)?.[1]?.toLowerCase() ?? null;
}
