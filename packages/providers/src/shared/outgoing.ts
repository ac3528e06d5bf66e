import { type CalendarEvent, contentHash, formatInstant, originalStartKey } from "@kalends/model";
import { type OrganizerAddress, withOrganizer } from "./organizer.ts";

export interface OutgoingContext {
	/** Calls the meetings that have no organizer yet. */
	readonly organizer: OrganizerAddress;
	/** Only the person's own response may differ from what is there. */
	readonly responseOnly: boolean;
	/** Epoch milliseconds. */
	readonly now: number;
}

/**
 * The events of a resource as they are to be written over those that are there: with an organizer where there are
 * guests, a higher SEQUENCE where the organizer rescheduled (RFC 5546 §2.1.4), and the times of making and changing.
 * @param before what the resource holds now; empty for a new one
 */
export function outgoingEvents(
	before: readonly CalendarEvent[],
	wanted: readonly CalendarEvent[],
	context: OutgoingContext,
): readonly CalendarEvent[] {
	const byIdentity = new Map(before.map((event) => [identityOf(event), event]));
	const events = context.responseOnly ? withResponses(before, wanted) : withOrganizer(wanted, context.organizer);
	const stamp = formatInstant(context.now);
	return events.map((event) => {
		const known = byIdentity.get(identityOf(event));
		if (known === undefined) return { ...event, created_at: event.created_at ?? stamp, updated_at: stamp };
		if (contentHash(known) === contentHash(event))
			return { ...event, sequence: Math.max(event.sequence, known.sequence) };
		const isRaised = event.sequence > known.sequence || context.responseOnly || !callsMeeting(event, context);
		const sequence = isRaised || !isRescheduled(known, event) ? event.sequence : known.sequence + 1;
		return { ...event, sequence, updated_at: stamp };
	});
}

/** Same UID and same slot of the series. */
export function identityOf({ uid, recurrence_id }: CalendarEvent): string {
	return JSON.stringify([uid, recurrence_id === null ? null : originalStartKey(recurrence_id)]);
}

/** Do both lists hold the same events, whatever their order? */
export function sameEvents(a: readonly CalendarEvent[], b: readonly CalendarEvent[]): boolean {
	const hashes = (events: readonly CalendarEvent[]) => events.map(contentHash).sort().join();
	return hashes(a) === hashes(b);
}

/** True for the organizer of a meeting, and for everybody where there is no meeting. */
function callsMeeting(event: CalendarEvent, { organizer: { email } }: OutgoingContext): boolean {
	const organizer = event.participants.find((each) => each.organizer);
	return organizer === undefined || organizer.self || organizer.email.toLowerCase() === email.toLowerCase();
}

function isRescheduled(before: CalendarEvent, after: CalendarEvent): boolean {
	const schedule = ({ start, end, duration_kind, recurrence, status }: CalendarEvent): CalendarEvent => ({
		...before,
		start,
		end,
		duration_kind,
		recurrence,
		status,
	});
	return contentHash(schedule(before)) !== contentHash(schedule(after));
}

/** What is there, with the person's own responses; instances answered for the first time come as they are wanted. */
function withResponses(before: readonly CalendarEvent[], wanted: readonly CalendarEvent[]): readonly CalendarEvent[] {
	const byIdentity = new Map(wanted.map((event) => [identityOf(event), event]));
	const answered = before.map((event) => {
		const answer = byIdentity.get(identityOf(event));
		byIdentity.delete(identityOf(event));
		if (answer === undefined) return event;
		const own = new Map(answer.participants.filter(({ self }) => self).map((each) => [each.email.toLowerCase(), each]));
		const participants = event.participants.map((each) => {
			const mine = own.get(each.email.toLowerCase());
			if (mine === undefined) return each;
			const { comment: _, ...rest } = each;
			return { ...rest, response: mine.response, ...(mine.comment === undefined ? {} : { comment: mine.comment }) };
		});
		return { ...event, participants };
	});
	return [...answered, ...byIdentity.values()];
}
