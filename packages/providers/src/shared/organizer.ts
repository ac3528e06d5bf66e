import type { CalendarEvent, Participant } from "@kalends/model";

/** Who calls the meetings of an account. */
export interface OrganizerAddress {
	/** Without `mailto:`. */
	readonly email: string;
	readonly name: string | null;
}

/**
 * Names an organizer where an event has guests and none: the one of another event of the resource, as all of its
 * components must agree (RFC 6638 §3.2.4.2), else the account. An event without guests needs none (RFC 5545 §3.8.4.3).
 */
export function withOrganizer(events: readonly CalendarEvent[], account: OrganizerAddress): readonly CalendarEvent[] {
	const named = events.flatMap(({ participants }) => participants.filter(({ organizer }) => organizer))[0];
	const organizer: Participant = named ?? {
		...account,
		response: "accepted",
		optional: false,
		organizer: true,
		self: true,
	};
	return events.map((event) => {
		const { participants } = event;
		if (participants.length === 0 || participants.some((each) => each.organizer)) return event;
		const isOrganizer = ({ email }: Participant) => email.toLowerCase() === organizer.email.toLowerCase();
		if (!participants.some(isOrganizer)) return { ...event, participants: [organizer, ...participants] };
		return {
			...event,
			participants: participants.map((each) => (isOrganizer(each) ? { ...each, organizer: true } : each)),
		};
	});
}
