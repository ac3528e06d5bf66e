import type { CalendarEvent } from "../../event/event.ts";
import type { ProviderTraits } from "./traits.ts";

/** Where something is kept. */
export interface Place {
	readonly id: string;
	readonly calendar: string;
	readonly traits: ProviderTraits;
}

/** What a provider makes of events that it is sent to be created: under a UID of its own, with a link. */
export function asMade(events: readonly CalendarEvent[], { id, traits }: Place): readonly CalendarEvent[] {
	if (!traits.names) return events;
	return events.map((one) => ({ ...one, uid: `${one.uid}@${id}`, html_link: `https://provider.example/${id}` }));
}

/** As a calendar keeps what it is given: itself the organizer of what has guests. */
export function asStored(
	events: readonly CalendarEvent[],
	{ calendar, traits }: Omit<Place, "id">,
): readonly CalendarEvent[] {
	if (!traits.organizes || calendar === "") return events;
	return events.map((one) => {
		const guests = one.participants.filter(({ organizer }) => !organizer);
		return { ...one, participants: guests.length === 0 ? [] : [organizerOf(calendar), ...guests] };
	});
}

function organizerOf(calendar: string): CalendarEvent["participants"][number] {
	const email = `${calendar}@calendars.example`;
	return { email, name: null, response: "accepted", optional: false, organizer: true, self: true };
}
