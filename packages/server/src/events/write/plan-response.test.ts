import type { CalendarEvent, Participant } from "@kalends/model";
import { event, zoned } from "@kalends/model/testing";
import { expect, test } from "vitest";
import { planResponse, type ResponseInput } from "./plan-response.ts";

const me: Participant = {
	email: "me@example.com",
	name: "Me",
	response: "needs_action",
	optional: false,
	organizer: false,
	self: true,
};
const boss: Participant = { ...me, email: "boss@example.com", response: "accepted", organizer: true, self: false };
const meeting = event({
	uid: "u1",
	title: "Meeting",
	start: zoned("2026-12-02T12:00:00"),
	end: zoned("2026-12-02T13:00:00"),
	participants: [boss, me],
});
const series: CalendarEvent = { ...meeting, recurrence: ["RRULE:FREQ=DAILY;COUNT=5"] };
const override = (day: string, patch: Partial<CalendarEvent> = {}): CalendarEvent => ({
	...meeting,
	recurrence_id: zoned(`2026-12-${day}T12:00:00`),
	...patch,
});

function plan(
	events: readonly CalendarEvent[],
	{
		target = null,
		scope = null,
		comment = null,
	}: Partial<Pick<ResponseInput, "scope">> & { target?: string | null; comment?: string | null } = {},
) {
	const [first] = events;
	if (first === undefined) throw new Error();
	const kind = first.recurrence_id !== null ? "override" : first.recurrence === null ? "single" : "master";
	const base = { id: "evt_1", kind, version: 1, etag: "1-a", event: first } as const;
	return planResponse({
		snapshot: { events, base, target },
		answer: { response: "accepted", comment },
		own: new Set(["me@home.example"]),
		scope,
		now: Date.parse("2026-12-01T00:00:00Z"),
		floatingZone: "UTC",
	});
}

function responses(result: ReturnType<typeof plan>) {
	if (result.type !== "answered") throw new Error(result.type);
	return result.events.map((one) => [
		one.recurrence_id?.type === "zoned" ? one.recurrence_id.local.slice(8, 10) : "base",
		one.participants.map(({ response }) => response).join(),
	]);
}

test("of a single the person's own response changes, with the comment, and nothing else", () => {
	expect(plan([meeting], { comment: "gladly" })).toEqual({
		type: "answered",
		events: [{ ...meeting, participants: [boss, { ...me, response: "accepted", comment: "gladly" }] }],
		responseOnly: true,
	});
});

test("a new response takes an older comment away", () => {
	const commented = { ...meeting, participants: [boss, { ...me, comment: "perhaps" }] };
	expect(plan([commented])).toEqual(plan([meeting]));
});

test("who is not invited has nothing to answer", () => {
	expect(plan([{ ...meeting, participants: [boss] }])).toEqual({ type: "not_invited" });
	expect(plan([{ ...meeting, participants: [] }])).toEqual({ type: "not_invited" });
	const events = [series, override("03", { participants: [boss] })];
	expect(plan(events, { target: "20261203T120000Z" })).toEqual({ type: "not_invited" });
	expect(
		responses(plan([{ ...series, participants: [boss] }, override("03")], { target: "20261203T120000Z" })),
	).toEqual([
		["base", "accepted"],
		["03", "accepted,accepted"],
	]);
});

test("who the server does not know is known by the address", () => {
	const unknown = { ...me, self: false, email: "Me@home.example" };
	const answered = plan([{ ...meeting, participants: [boss, unknown] }]);
	expect(responses(answered)).toEqual([["base", "accepted,accepted"]]);
	expect(answered).toMatchObject({ responseOnly: false });
	expect(plan([{ ...meeting, participants: [boss, { ...unknown, email: "you@home.example" }] }])).toEqual({
		type: "not_invited",
	});
});

test("an occurrence is answered alone unless all are meant", () => {
	const events = [series, override("03")];
	expect(responses(plan(events, { target: "20261203T120000Z" }))).toEqual([
		["base", "accepted,needs_action"],
		["03", "accepted,accepted"],
	]);
	expect(responses(plan(events, { target: "20261204T120000Z" }))).toEqual([
		["base", "accepted,needs_action"],
		["03", "accepted,needs_action"],
		["04", "accepted,accepted"],
	]);
	for (const scope of ["all", null] as const) {
		expect(responses(plan(events, { target: scope === null ? null : "20261204T120000Z", scope }))).toEqual([
			["base", "accepted,accepted"],
			["03", "accepted,accepted"],
		]);
	}
});

test("an occurrence that is none, and a series where one is meant", () => {
	expect(plan([series], { target: "20261209T120000Z" })).toEqual({ type: "not_an_occurrence" });
	expect(plan([series], { scope: "this" })).toEqual({ type: "which" });
});

test("an invitation to one occurrence alone", () => {
	const events = [override("03"), override("04")];
	expect(responses(plan(events, { scope: "this" }))).toEqual([
		["03", "accepted,accepted"],
		["04", "accepted,needs_action"],
	]);
});
