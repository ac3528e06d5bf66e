import type { Participant, ParticipantResponse } from "@kalends/model";
import { type EventBody, type GoogleAttendee, type GoogleEvent, listOf, textOf } from "../types.ts";
import { defineField } from "./field.ts";

const RESPONSES: Readonly<Record<string, ParticipantResponse>> = {
	needsAction: "needs_action",
	declined: "declined",
	tentative: "tentative",
	accepted: "accepted",
};
const STATUSES: Readonly<Record<ParticipantResponse, string>> = {
	needs_action: "needsAction",
	declined: "declined",
	tentative: "tentative",
	accepted: "accepted",
};

/**
 * `participants`: `attendees`, and first of all the organizer, whom Google lists among them only sometimes. Without
 * guests there is no meeting, and nobody is listed.
 */
export const participants = defineField<"participants">({
	keys: ["participants"],
	read: (event) => ({ participants: readParticipants(event) }),
	write: (event, base) => writeAttendees(event.participants, base),
});

function readParticipants(event: GoogleEvent): readonly Participant[] {
	const attendees = attendeesOf(event);
	if (attendees.length === 0) return [];
	const guests = attendees.flatMap(toParticipant);
	const organizers = guests.filter(({ organizer }) => organizer);
	const others = guests.filter(({ organizer }) => !organizer);
	if (organizers.length > 0) return [...organizers, ...others];
	const email = textOf(event.organizer?.email);
	const isListed = others.some((each) => each.email.toLowerCase() === email.toLowerCase());
	if (email === "" || isListed) {
		const mark = (each: Participant) => ({ ...each, organizer: each.email.toLowerCase() === email.toLowerCase() });
		return others.map(mark).sort((a, b) => Number(b.organizer) - Number(a.organizer));
	}
	const organizer: Participant = {
		email,
		name: textOf(event.organizer?.displayName) || null,
		response: "accepted",
		optional: false,
		organizer: true,
		self: event.organizer?.self === true,
	};
	return [organizer, ...others];
}

function toParticipant(attendee: GoogleAttendee): Participant[] {
	const email = textOf(attendee.email);
	if (email === "") return [];
	const comment = textOf(attendee.comment);
	return [
		{
			email,
			name: textOf(attendee.displayName) || null,
			response: RESPONSES[textOf(attendee.responseStatus)] ?? "needs_action",
			optional: attendee.optional === true,
			organizer: attendee.organizer === true,
			self: attendee.self === true,
			...(comment === "" ? {} : { comment }),
		},
	];
}

/** The list is replaced whole: of whom is known there already, what no event knows is sent along. */
function writeAttendees(wanted: readonly Participant[], base: GoogleEvent | null): EventBody {
	const present = base === null ? [] : attendeesOf(base);
	const known = new Map(present.map((each) => [textOf(each.email).toLowerCase(), each]));
	const nameless = present.filter(({ email }) => textOf(email) === "");
	const attendees = wanted.flatMap((one): GoogleAttendee[] => {
		const was = known.get(one.email.toLowerCase());
		// Google names the organizer itself.
		if (was === undefined && one.organizer) return [];
		return [writeAttendee(one, was)];
	});
	const all = [...attendees, ...nameless];
	return { attendees: all.length === 0 ? null : all };
}

function writeAttendee(wanted: Participant, was: GoogleAttendee | undefined): GoogleAttendee {
	const { displayName: _name, optional: _optional, comment: _comment, ...rest } = was ?? {};
	return {
		...rest,
		email: was?.email ?? wanted.email,
		...(wanted.name === null ? {} : { displayName: wanted.name }),
		...(wanted.optional ? { optional: true } : {}),
		...(wanted.comment === undefined ? {} : { comment: wanted.comment }),
		responseStatus: STATUSES[wanted.response],
	};
}

export function attendeesOf({ attendees }: GoogleEvent): readonly GoogleAttendee[] {
	return listOf(attendees);
}

/** Is there anybody but the person themselves? */
export function hasGuests(event: GoogleEvent): boolean {
	return attendeesOf(event).some(({ self, resource }) => self !== true && resource !== true);
}
