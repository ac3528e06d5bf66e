import type { CalendarEvent, Participant } from "../event/event.ts";
import type { ResourceEvents } from "./lost-edit.ts";

/**
 * The events with the organizer that the provider gave them when it made or moved them. The answer of the organizer stays
 * where it was changed since.
 * @param sent what was sent, or moved
 * @param made what the provider has of it
 */
export function followOrganizer(events: ResourceEvents, sent: ResourceEvents, made: ResourceEvents): ResourceEvents {
	const from = organizerOf(sent);
	const to = organizerOf(made);
	if (events === null || from === undefined || to === undefined || from.email === to.email) return events;
	const follow = (one: Participant): Participant => {
		if (!one.organizer || one.email !== from.email) return one;
		return one.response === from.response ? to : { ...to, response: one.response };
	};
	return events.map((event) => ({ ...event, participants: event.participants.map(follow) }));
}

function organizerOf(events: readonly CalendarEvent[] | null): Participant | undefined {
	return events?.flatMap(({ participants }) => participants).find(({ organizer }) => organizer);
}
