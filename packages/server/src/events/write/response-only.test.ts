import type { ParticipantResponse } from "@kalends/model";
import { event, zoned } from "@kalends/model/testing";
import { expect, it } from "vitest";
import { isResponseOnly } from "./response-only.ts";

const guest = (email: string, response: ParticipantResponse, self = false) => ({
	email,
	name: null,
	response,
	optional: false,
	organizer: false,
	self,
});
const start = zoned("2026-12-07T09:00:00", "Europe/Berlin");
const slot = zoned("2026-12-14T09:00:00", "Europe/Berlin");
const invited = event({
	start,
	participants: [guest("ann@example.com", "accepted"), guest("me@example.com", "needs_action", true)],
});
const answered = {
	...invited,
	participants: [guest("ann@example.com", "accepted"), guest("me@example.com", "accepted", true)],
};

it("is one's own answer", () => expect(isResponseOnly([invited], [{ ...answered, sequence: 4 }])).toBe(true));
it("is the answer to one occurrence", () => {
	const series = { ...invited, recurrence: ["RRULE:FREQ=WEEKLY"] };
	const one = { ...answered, recurrence_id: slot, start: slot, end: zoned("2026-12-14T10:00:00", "Europe/Berlin") };
	expect(isResponseOnly([series], [series, one])).toBe(true);
	expect(isResponseOnly([series], [series, { ...one, location: "Room 2" }])).toBe(false);
});
it.each([
	["nothing", [invited], [invited]],
	["more than an answer", [invited], [{ ...answered, title: "Mine" }]],
	[
		"the answer of another",
		[invited],
		[
			{
				...invited,
				participants: [guest("ann@example.com", "declined"), invited.participants[1] ?? guest("", "accepted")],
			},
		],
	],
	["leaving", [invited], [{ ...invited, participants: [guest("ann@example.com", "accepted")] }]],
	["a deletion", [invited], null],
	["a deletion of one", [invited, { ...invited, recurrence_id: slot }], [answered]],
])("is not %s", (_, before, after) => expect(isResponseOnly(before, after)).toBe(false));
