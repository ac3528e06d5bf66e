import type { CalendarEvent } from "@kalends/model";
import { guest } from "@kalends/model/testing";
import { describe, expect, test } from "vitest";
import { fixture } from "../testing/fixture-events.ts";
import { eventsIn } from "../testing/write-client.ts";
import { outgoingEvents } from "./outgoing.ts";

const NOW = Date.UTC(2026, 5, 1);
const context = { organizer: { email: "me@example.org", name: "Me" }, responseOnly: false, now: NOW };
const [base] = eventsIn(fixture({ uid: "u", title: "Title" }).ics);
if (base === undefined) throw new Error("no event");
const single: CalendarEvent = {
	...base,
	sequence: 4,
	created_at: "2026-01-01T00:00:00Z",
	updated_at: "2026-01-02T00:00:00Z",
};
const only = (events: readonly CalendarEvent[]) => {
	const [event] = events;
	if (event === undefined || events.length > 1) throw new Error(`${events.length} events`);
	return event;
};
const written = (wanted: CalendarEvent, before: CalendarEvent | null = single, more = {}) =>
	only(outgoingEvents(before === null ? [] : [before], [wanted], { ...context, ...more }));

describe("SEQUENCE and times", () => {
	const later = {
		...single.start,
		local: "2026-01-05T11:00:00",
		instant: "2026-01-05T11:00:00Z",
	} as CalendarEvent["start"];

	test.each<[string, Partial<CalendarEvent>, number]>([
		["another title", { title: "New" }, 4],
		["other guests", { participants: [guest("a@example.org")] }, 4],
		["another end", { end: later }, 5],
		["recurring", { recurrence: ["RRULE:FREQ=DAILY"] }, 5],
		["cancelled", { status: "cancelled" }, 5],
		["raised already", { end: later, sequence: 9 }, 9],
	])("%s", (_, change, sequence) => {
		expect(written({ ...single, ...change })).toMatchObject({
			sequence,
			created_at: single.created_at,
			updated_at: "2026-06-01T00:00:00Z",
		});
	});

	test("stay where nothing changed", () => {
		expect(written({ ...single, updated_at: null, sequence: 0 })).toMatchObject({ sequence: 4, updated_at: null });
	});

	test("of what is new are of now", () => {
		expect(written({ ...single, created_at: null }, null)).toMatchObject({
			sequence: 4,
			created_at: "2026-06-01T00:00:00Z",
			updated_at: "2026-06-01T00:00:00Z",
		});
	});

	test("a guest's copy is not rescheduled", () => {
		const participants = [guest("boss@example.org", { organizer: true }), guest("me@example.org", { self: true })];
		expect(written({ ...single, participants, end: later }, { ...single, participants }).sequence).toBe(4);
	});
});

describe("the organizer", () => {
	test("is the account where there are guests and none is named", () => {
		expect(written({ ...single, participants: [guest("a@example.org")] }).participants).toEqual([
			guest("me@example.org", { name: "Me", response: "accepted", organizer: true, self: true }),
			guest("a@example.org"),
		]);
	});

	test("is a guest too where the account is among them", () => {
		const participants = [guest("a@example.org"), guest("ME@example.org", { response: "tentative" })];
		expect(written({ ...single, participants }).participants.map(({ organizer }) => organizer)).toEqual([false, true]);
	});

	test("is the same for all of a series", () => {
		const boss = guest("boss@example.org", { organizer: true, response: "accepted" });
		const [master, override] = eventsIn(fixture({ uid: "s", title: "S", override: "O" }).ics);
		if (master === undefined || override === undefined) throw new Error("no series");
		const wanted = [
			{ ...master, participants: [boss] },
			{ ...override, participants: [guest("a@example.org")] },
		];
		const events = outgoingEvents([], wanted, context);
		expect(events[1]?.participants).toEqual([boss, guest("a@example.org")]);
	});

	test("is nobody where nobody is invited", () => {
		expect(written({ ...single, title: "x" }).participants).toEqual([]);
	});
});

describe("an answer", () => {
	const boss = guest("boss@example.org", { organizer: true, response: "accepted" });
	const invited = {
		...single,
		participants: [boss, guest("me@example.org", { self: true }), guest("b@example.org")],
	};
	const answered = invited.participants.map((one) =>
		one.self ? { ...one, response: "declined" as const, comment: "Away" } : { ...one, response: "tentative" as const },
	);

	test("changes nothing but itself", () => {
		const wanted = { ...invited, title: "Mine now", participants: answered };
		const event = written(wanted, invited, { responseOnly: true });
		expect(event).toMatchObject({ title: "Title", sequence: 4 });
		expect(event.participants).toEqual([
			boss,
			guest("me@example.org", { self: true, response: "declined", comment: "Away" }),
			guest("b@example.org"),
		]);
	});

	test("without a comment takes the last one back", () => {
		const before = { ...invited, participants: answered };
		const accepted = { ...invited, participants: answered.map(({ comment: _, ...one }) => one) };
		const { participants } = written(accepted, before, { responseOnly: true });
		expect(participants.some((one) => "comment" in one)).toBe(false);
	});

	test("to one occurrence leaves the series and gains an override", () => {
		const override = { ...invited, recurrence_id: single.start, participants: answered };
		const events = outgoingEvents([invited], [override], { ...context, responseOnly: true });
		expect(events.map(({ recurrence_id }) => recurrence_id)).toEqual([null, single.start]);
		expect(events[0]).toEqual(invited);
	});
});
