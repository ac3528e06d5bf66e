import { followOrganizer } from "./follow-organizer.ts";
import type { ResourceEvents } from "./lost-edit.ts";
import { withConferenceMade } from "./merge-event.ts";
import { followUid } from "./rename.ts";
import { slotKey } from "./same-content.ts";

/**
 * The events as the provider names them that has made, or moved, what was sent: under its UID, with its organizer (a
 * calendar of several people is the organizer of what is created in it), with its links, and with the conference that was
 * asked for. That is its doing, and nobody's edit.
 * @param sent what was sent to be created, or moved
 * @param made what the provider has of it
 */
export function followMade(events: ResourceEvents, sent: ResourceEvents, made: ResourceEvents): ResourceEvents {
	const named = followOrganizer(followUid(events, sent, made), sent, made);
	return followConference(followLinks(named, sent, made), made);
}

function followLinks(events: ResourceEvents, sent: ResourceEvents, made: ResourceEvents): ResourceEvents {
	if (events === null || made === null || made.every(({ html_link }) => html_link === null)) return events;
	const [before, after] = [linksBySlot(sent), linksBySlot(made)];
	return events.map((event) => {
		const slot = slotKey(event);
		const isSent = event.html_link === (before.get(slot) ?? null);
		return isSent ? { ...event, html_link: after.get(slot) ?? event.html_link } : event;
	});
}

function linksBySlot(events: ResourceEvents): ReadonlyMap<string, string | null> {
	return new Map(events?.map((event) => [slotKey(event), event.html_link]));
}

function followConference(events: ResourceEvents, made: ResourceEvents): ResourceEvents {
	if (events === null || made === null || !events.some(({ conference }) => conference?.create)) return events;
	const bySlot = new Map(made.map((event) => [slotKey(event), event]));
	return events.map((event) => withConferenceMade(null, event, bySlot.get(slotKey(event)) ?? event));
}
