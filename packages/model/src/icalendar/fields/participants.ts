import type { Participant, ParticipantResponse } from "../../event/event.ts";
import { defineField } from "../field.ts";
import type { ReadContext } from "../read/context.ts";
import type { Component } from "../syntax/component.ts";
import { type ContentLine, contentLine, encodeParam, paramOf } from "../syntax/content-line.ts";
import { calAddress } from "./cal-address.ts";

const RESPONSES: ReadonlyMap<string, ParticipantResponse> = new Map([
	["ACCEPTED", "accepted"],
	["DECLINED", "declined"],
	["TENTATIVE", "tentative"],
]);
const PARTSTATS: Readonly<Record<ParticipantResponse, string>> = {
	accepted: "ACCEPTED",
	declined: "DECLINED",
	tentative: "TENTATIVE",
	needs_action: "NEEDS-ACTION",
};

/** No standard has a place for it; Google writes and reads it here. */
const COMMENT = "X-RESPONSE-COMMENT";

/** The address of a CAL-ADDRESS: without `mailto:`; another URI gives way to its EMAIL parameter (RFC 7986 §6.2). */
function addressOf(line: ContentLine): string {
	const uri = line.value.trim();
	if (/^mailto:/i.test(uri)) return decodePercent(uri.slice(7).trim());
	const email = paramOf(line, "EMAIL")?.trim();
	return email === undefined || email === "" ? uri : email;
}

function decodePercent(text: string): string {
	if (!text.includes("%")) return text;
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}

const sameAddress = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

function readAttendee(line: ContentLine, organizer: ContentLine | undefined, context: ReadContext): Participant {
	const email = addressOf(line);
	const isOrganizer = organizer !== undefined && sameAddress(addressOf(organizer), email);
	const role = paramOf(line, "ROLE")?.toUpperCase();
	const comment = paramOf(line, COMMENT);
	return {
		email,
		name: paramOf(line, "CN") || (isOrganizer ? paramOf(organizer, "CN") : null) || null,
		response: RESPONSES.get(paramOf(line, "PARTSTAT")?.toUpperCase() ?? "") ?? "needs_action",
		optional: role === "OPT-PARTICIPANT" || role === "NON-PARTICIPANT",
		organizer: isOrganizer,
		self: context.isSelf(email),
		...(comment ? { comment } : {}),
	};
}

function readParticipants(component: Component, context: ReadContext): Participant[] {
	const organizer = component.properties.find((line) => line.name === "ORGANIZER" && addressOf(line) !== "");
	const byAddress = new Map<string, Participant>();
	for (const line of component.properties) {
		if (line.name !== "ATTENDEE") continue;
		const participant = readAttendee(line, organizer, context);
		const key = participant.email.toLowerCase();
		if (key !== "" && !byAddress.has(key)) byAddress.set(key, participant);
	}
	const participants = [...byAddress.values()];
	if (organizer === undefined || participants.some((participant) => participant.organizer)) return participants;
	// An organizer who is no attendee has called the meeting and so takes part.
	const email = addressOf(organizer);
	const name = paramOf(organizer, "CN") || null;
	const self = context.isSelf(email);
	return [{ email, name, response: "accepted", optional: false, organizer: true, self }, ...participants];
}

function writeOrganizer(participant: Participant, base: ContentLine | undefined): string {
	if (base !== undefined && sameAddress(addressOf(base), participant.email)) {
		return (paramOf(base, "CN") || null) === participant.name ? base.text : withParams(base, { CN: participant.name });
	}
	return contentLine("ORGANIZER", calAddress(participant.email), { CN: participant.name });
}

function writeAttendee(
	participant: Participant,
	base: ContentLine | undefined,
	known: Participant | undefined,
): string {
	const wanted: Record<string, string | null> = {
		CN: participant.name,
		ROLE: participant.optional ? "OPT-PARTICIPANT" : "REQ-PARTICIPANT",
		PARTSTAT: PARTSTATS[participant.response],
		[COMMENT]: participant.comment ?? null,
	};
	if (base === undefined || known === undefined) {
		const rsvp = participant.response === "needs_action" && !participant.organizer ? "TRUE" : null;
		return contentLine("ATTENDEE", calAddress(participant.email), { ...wanted, RSVP: rsvp });
	}
	const changes: Record<string, string | null> = {};
	if (known.name !== participant.name) changes.CN = participant.name;
	if (known.optional !== participant.optional) changes.ROLE = wanted.ROLE ?? null;
	if (known.response !== participant.response) changes.PARTSTAT = wanted.PARTSTAT ?? null;
	if (known.comment !== participant.comment) changes[COMMENT] = wanted[COMMENT] ?? null;
	return Object.keys(changes).length === 0 ? base.text : withParams(base, changes);
}

/** The line with some parameters changed (null removes one) and all others as they were. */
function withParams(line: ContentLine, changes: Readonly<Record<string, string | null>>): string {
	let text = line.name;
	const left = new Map(Object.entries(changes));
	for (const { name, values } of line.params) {
		const change = left.get(name);
		left.delete(name);
		if (change === null) continue;
		text += `;${name}=${change === undefined ? values.map(encodeParam).join(",") : encodeParam(change)}`;
	}
	for (const [name, value] of left) if (value !== null) text += `;${name}=${encodeParam(value)}`;
	return `${text}:${line.value}`;
}

/** An organizer needs no ATTENDEE line where reading ORGANIZER alone gives the same. */
function impliedByOrganizer(participant: Participant, index: number): boolean {
	return (
		participant.organizer &&
		index === 0 &&
		participant.response === "accepted" &&
		!participant.optional &&
		!participant.comment
	);
}

/**
 * `participants`: ORGANIZER and ATTENDEE (RFC 5545 §3.8.4.3, §3.8.4.1), each address once. Parameters of attendees
 * who stay (SCHEDULE-STATUS, CUTYPE, X-…) are kept; whether an attendee is the reader is not written.
 */
export const participants = defineField<"participants">({
	keys: ["participants"],
	names: ["ORGANIZER", "ATTENDEE"],
	read: (component, context) => ({ participants: readParticipants(component, context) }),
	write: (event, base, context) => {
		const lines: string[] = [];
		const known = base === null ? [] : readParticipants(base, context);
		const attendees = base?.properties.filter((line) => line.name === "ATTENDEE") ?? [];
		const organizer = event.participants.find((participant) => participant.organizer);
		const baseOrganizer = base?.properties.find((line) => line.name === "ORGANIZER");
		if (organizer !== undefined) lines.push(writeOrganizer(organizer, baseOrganizer));
		for (const [index, participant] of event.participants.entries()) {
			const line = attendees.find((attendee) => sameAddress(addressOf(attendee), participant.email));
			if (line === undefined && impliedByOrganizer(participant, index)) continue;
			const before = known.find(({ email }) => sameAddress(email, participant.email));
			lines.push(writeAttendee(participant, line, before));
		}
		return { lines };
	},
	same: (a, b) =>
		a.participants.length === b.participants.length &&
		a.participants.every((one, index) => {
			const other = b.participants[index];
			return other !== undefined && sameParticipant(one, other);
		}),
});

function sameParticipant(a: Participant, b: Participant): boolean {
	return (
		a.email === b.email &&
		a.name === b.name &&
		a.response === b.response &&
		a.optional === b.optional &&
		a.organizer === b.organizer &&
		a.comment === b.comment
	);
}
