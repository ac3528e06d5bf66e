import { type CalendarEvent, type Participant, writeCalendar } from "@kalends/model";
import type { Invitation } from "./plan.ts";

export interface ImipInput {
	readonly invitation: Invitation;
	/** Stands in where the event names no organizer. */
	readonly organizer: { readonly email: string; readonly name: string | null };
	/** At least so high is SEQUENCE, so that it never falls (RFC 5546 §2.1.4). */
	readonly leastSequence: number;
	/** Epoch milliseconds. */
	readonly now: number;
}

export interface ImipPart {
	readonly method: Invitation["method"];
	readonly text: string;
	/** The highest SEQUENCE in it. */
	readonly sequence: number;
}

/** The text/calendar part of an invitation (RFC 6047 §2.4): nothing in it that is the person's own, such as reminders. */
export function imipPart({ invitation, organizer, leastSequence, now }: ImipInput): ImipPart {
	const { method, events, recipient } = invitation;
	const raised = method === "CANCEL" ? 1 : 0;
	const shaped = events.map((event): CalendarEvent => {
		const participants = withOrganizer(event.participants, organizer);
		return {
			...event,
			...(method === "CANCEL" ? { status: "cancelled" as const, recurrence: null } : {}),
			participants:
				method === "CANCEL"
					? participants.filter((one) => one.organizer || one.email === recipient.email)
					: participants,
			sequence: Math.max(event.sequence + raised, leastSequence),
			reminders: { use_default: false, overrides: [] },
			visibility: "default",
			busy: true,
			color: null,
			categories: [],
			html_link: null,
		};
	});
	const text = writeCalendar({ events: shaped, base: null, now });
	return {
		method,
		text: text.replace(/^BEGIN:VCALENDAR\r\n/, `BEGIN:VCALENDAR\r\nMETHOD:${method}\r\n`),
		sequence: Math.max(...shaped.map(({ sequence }) => sequence)),
	};
}

function withOrganizer(
	participants: readonly Participant[],
	{ email, name }: ImipInput["organizer"],
): readonly Participant[] {
	const plain = participants.map(({ comment: _, ...one }) => one);
	if (plain.some((one) => one.organizer)) return plain;
	const others = plain.filter((one) => one.email.toLowerCase() !== email.toLowerCase());
	const organizer = { email, name, response: "accepted", optional: false, organizer: true, self: true } as const;
	return [organizer, ...others];
}
