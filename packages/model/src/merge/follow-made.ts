import { followOrganizer } from "./follow-organizer.ts";
import type { ResourceEvents } from "./lost-edit.ts";
import { followUid } from "./rename.ts";

/**
 * The events as the provider names them that has made, or moved, what was sent: under its UID and with its organizer (a
 * calendar of several people is the organizer of what is created in it). That is its doing, and nobody's edit.
 * @param sent what was sent to be created, or moved
 * @param made what the provider has of it
 */
export function followMade(events: ResourceEvents, sent: ResourceEvents, made: ResourceEvents): ResourceEvents {
	return followOrganizer(followUid(events, sent, made), sent, made);
}
