import { deleted, duplicate, GoogleError, invalidParameter } from "../../http/google-error.ts";
import type { Answer, Call } from "../caller.ts";
import { answerEvent, checkIfMatch, inScene, openForWriting, writableEvent } from "./event-call.ts";
import { organizerOf } from "./methods.ts";
import { bury, organizes, put } from "./scene.ts";
import { spread } from "./spread.ts";

/** https://developers.google.com/calendar/api/v3/reference/events/move: the organizer changes, the id stays. */
export function moveEvent(call: Call): Answer {
	const from = openForWriting(call);
	const destination = call.query.text("destination");
	if (destination === null) throw invalidParameter("destination", "Required parameter: destination");
	const to = openForWriting(call, destination);
	const record = writableEvent(call, from);
	if (record.deletedAt !== undefined) throw deleted();
	checkIfMatch(call, record.etag);
	if (record.eventType !== "default") {
		throw new GoogleError(400, "eventTypeRestriction", "Only default events can be moved.");
	}
	if (record.recurringEventId !== undefined) {
		const message = "Cannot change the organizer of an instance.";
		throw new GoogleError(403, "cannotChangeOrganizerOfInstance", message, { domain: "calendar" });
	}
	if (!organizes(from.calendar, record)) {
		const message = "The operation can only be performed by the organizer of the event.";
		throw new GoogleError(403, "forbiddenForNonOrganizer", message, { domain: "calendar" });
	}
	if (to.calendar === from.calendar) return answerEvent(call, to, record);
	const there = to.calendar.events.get(record.id);
	if (there !== null && there.deletedAt === undefined) throw duplicate();
	const organizer = organizerOf(call.world, to.calendar);
	const exceptions = from.calendar.events.exceptionsOf(record.id).filter((one) => one.deletedAt === undefined);
	const moved = inScene(call, to, (scene) => {
		bury(scene, from.calendar, record);
		const arrived = [record, ...exceptions].map((one) =>
			put(scene, to.calendar, { ...one, organizer, updated: undefined, deletedAt: undefined }),
		);
		for (const one of arrived) spread(scene, null, one);
		return arrived[0] ?? record;
	});
	return answerEvent(call, to, moved);
}
