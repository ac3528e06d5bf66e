import { followOrganizer } from "./follow-organizer.ts";
import type { ResourceEvents } from "./lost-edit.ts";
import { withConferenceMade } from "./merge-event.ts";
import { followUid } from "./rename.ts";
import { slotKey } from "./same-content.ts";

/**
 * The events as the provider names them that has made, or moved, what was sent: under its UID, with its organizer (a
 * calendar of several people is the organizer of what is created in it) and with the conference that was asked for. That
 * is its doing, and nobody's edit.
 * @param sent what was sent to be created, or moved
 * @param made what the provider has of it
 */
export function followMade(events: ResourceEvents, sent: ResourceEvents, made: ResourceEvents): ResourceEvents {
	return followConference(followOrganizer(followUid(events, sent, made), sent, made), made);
}

function followConference(events: ResourceEvents, made: ResourceEvents): ResourceEvents {
	if (events === null || made === null || !events.some(({ conference }) => conference?.create)) return events;
	const bySlot = new Map(made.map((event) => [slotKey(event), event]));
	return events.map((event) => withConferenceMade(null, event, bySlot.get(slotKey(event)) ?? event));
}
