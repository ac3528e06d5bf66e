import { type CalendarEvent, originalStartKey } from "@kalends/model";

/**
 * What a resource is to hold to be as in an earlier version. What is not ours to bring back stays as it is now: the
 * resource's UID, the guests' own responses, and the counters by which calendar programs tell newer from older.
 * @param current all events of the resource; empty where it was deleted
 * @param version all events of the version
 * @param uid of the resource from now on
 */
export function planRestore(
	current: readonly CalendarEvent[],
	version: readonly CalendarEvent[],
	uid: string,
): CalendarEvent[] {
	const bySlot = new Map(current.map((event) => [slotOf(event), event]));
	return version.map((event) => {
		const now = bySlot.get(slotOf(event));
		if (now === undefined) return { ...event, uid };
		return {
			...event,
			uid,
			participants: withResponsesOf(now, event),
			sequence: Math.max(now.sequence, event.sequence),
			created_at: now.created_at,
			updated_at: now.updated_at,
		};
	});
}

function slotOf({ recurrence_id }: CalendarEvent): string {
	return recurrence_id === null ? "" : originalStartKey(recurrence_id);
}

function withResponsesOf(now: CalendarEvent, event: CalendarEvent): CalendarEvent["participants"] {
	const present = new Map(now.participants.map((participant) => [participant.email.toLowerCase(), participant]));
	return event.participants.map((participant) => {
		const guest = present.get(participant.email.toLowerCase());
		if (guest === undefined || participant.self) return participant;
		const { comment: _, ...rest } = participant;
		return { ...rest, response: guest.response, ...(guest.comment === undefined ? {} : { comment: guest.comment }) };
	});
}
