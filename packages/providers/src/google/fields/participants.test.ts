import { guest } from "@kalends/model/testing";
import { expect, test } from "vitest";
import { CONTEXT, canonical, google } from "../testing/sample.ts";
import { hasGuests, participants } from "./participants.ts";

const ANN = {
	email: "ann@example.com",
	displayName: "Ann",
	responseStatus: "accepted",
	comment: "late",
	additionalGuests: 2,
};
const BOB = { email: "Bob@example.com", responseStatus: "needsAction", optional: true };
const ME = { email: "me@example.com", self: true, organizer: true, responseStatus: "accepted" };

test("guests with their answers, the organizer first", () => {
	expect(participants.read(google({ attendees: [ANN, BOB, ME] }), CONTEXT).participants).toEqual([
		{ ...guest("me@example.com"), response: "accepted", organizer: true, self: true },
		{ ...guest("ann@example.com"), name: "Ann", response: "accepted", comment: "late" },
		{ ...guest("Bob@example.com"), optional: true },
	]);
});

test("an organizer whom Google does not list among the guests is there all the same", () => {
	const listed = participants.read(google({ attendees: [BOB] }), CONTEXT).participants;
	expect(listed).toMatchObject([
		{ email: "me@example.com", organizer: true, self: true },
		{ email: "Bob@example.com" },
	]);
	expect(participants.read(google(), CONTEXT).participants).toEqual([]);
});

test("a new guest is added and nothing of the others is lost", () => {
	const base = google({ attendees: [ANN, ME, { id: "nameless", responseStatus: "declined" }] });
	const event = canonical({ attendees: [ANN, ME] });
	const wanted = { ...event, participants: [...event.participants, guest("new@example.com")] };
	expect(participants.write?.(wanted, base, CONTEXT)).toEqual({
		attendees: [
			ME,
			ANN,
			{ email: "new@example.com", responseStatus: "needsAction" },
			{ id: "nameless", responseStatus: "declined" },
		],
	});
});

test("of a new event Google names the organizer itself", () => {
	const organizer = { ...guest("me@example.com"), organizer: true, self: true };
	const event = canonical({}, { participants: [organizer, guest("a@example.com")] });
	expect(participants.write?.(event, null, CONTEXT)).toEqual({
		attendees: [{ email: "a@example.com", responseStatus: "needsAction" }],
	});
	expect(participants.write?.(canonical(), null, CONTEXT)).toEqual({ attendees: null });
});

test("an answer with words is written, and taken back", () => {
	const base = google({ attendees: [{ ...ME, comment: "maybe" }] });
	const event = canonical({ attendees: [{ ...ME, comment: "maybe" }] });
	const answered = event.participants.map(({ comment: _, ...each }) => ({ ...each, response: "declined" as const }));
	expect(participants.write?.({ ...event, participants: answered }, base, CONTEXT)).toEqual({
		attendees: [{ ...ME, responseStatus: "declined" }],
	});
});

test("the person and rooms are no guests to be told", () => {
	expect(hasGuests(google({ attendees: [ME, { email: "room@example.com", resource: true }] }))).toBe(false);
	expect(hasGuests(google({ attendees: [ME, BOB] }))).toBe(true);
});
