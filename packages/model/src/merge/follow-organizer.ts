import type { CalendarEvent, Participant } from "../event/event.ts";
import type { ResourceEvents } from "./lost-edit.ts";
import { same } from "./three-way.ts";

/**
 * The events with the organizer that the provider gave them when it made or moved them: another than was sent, or one
 * where guests were sent without. The answer of the organizer stays where it was changed since.
 * @param sent what was sent, or moved
 * @param made what the provider has of it
 */
export function followOrganizer(events: ResourceEvents, sent: ResourceEvents, made: ResourceEvents): ResourceEvents {
	const to = guestsOf(made).find(({ organizer }) => organizer);
	if (events === null || to === undefined) return events;
	const from = guestsOf(sent).find(({ organizer }) => organizer) ?? guestsOf(sent).find((one) => isSame(one, to));
	if (from !== undefined && same(from, to)) return events;
	const follow = (one: Participant): Participant => {
		if (from === undefined || !isSame(one, from) || one.organizer !== from.organizer) return one;
		return one.response === from.response ? to : { ...to, response: one.response };
	};
	return events.map((event) => ({ ...event, participants: withOrganizer(event.participants.map(follow), to) }));
}

/** Only an event with guests has an organizer. */
function withOrganizer(guests: readonly Participant[], organizer: Participant): readonly Participant[] {
	const has = guests.length === 0 || guests.some((one) => one.organizer || isSame(one, organizer));
	return has ? guests : [organizer, ...guests];
}

function guestsOf(events: readonly CalendarEvent[] | null): readonly Participant[] {
	return events?.flatMap(({ participants }) => participants) ?? [];
}

function isSame(one: Participant, other: Participant): boolean {
	return one.email.toLowerCase() === other.email.toLowerCase();
}
