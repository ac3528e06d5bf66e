import { expect, it } from "vitest";
import type { CalendarEvent } from "../event/event.ts";
import { changedFields, contentHash } from "./content.ts";

const event: CalendarEvent = {
	uid: "u1",
	recurrence_id: null,
	this_and_future: false,
	title: "Lunch",
	description: "",
	location: "",
	status: "confirmed",
	start: { type: "date", date: "2026-03-02" },
	end: { type: "date", date: "2026-03-03" },
	duration_kind: "exact",
	recurrence: null,
	participants: [{ email: "a@b.c", name: null, response: "accepted", optional: false, organizer: true, self: false }],
	reminders: { use_default: false, overrides: [{ method: "popup", minutes: 10 }] },
	visibility: "default",
	busy: true,
	color: null,
	categories: ["x", "y"],
	conference: null,
	attachments: [],
	html_link: null,
	sequence: 0,
	created_at: null,
	updated_at: null,
};

function reversedKeys(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(reversedKeys);
	if (value === null || typeof value !== "object") return value;
	return Object.fromEntries(
		Object.entries(value)
			.reverse()
			.map(([key, member]) => [key, reversedKeys(member)]),
	);
}

it("does not depend on the order of keys, which JSONB changes", () => {
	expect(contentHash(reversedKeys(event) as CalendarEvent)).toBe(contentHash(event));
});

it("moves with every field that a person can see, and only with those", () => {
	const silent = ["sequence", "created_at", "updated_at"];
	for (const field of Object.keys(event) as (keyof CalendarEvent)[]) {
		const other = {
			...event,
			[field]: field === "start" || field === "end" ? { type: "floating", local: "x" } : "other",
		};
		expect([field, contentHash(other) === contentHash(event)]).toEqual([field, silent.includes(field)]);
		expect([field, changedFields(event, other).length === 0]).toEqual([field, silent.includes(field)]);
	}
});

it("tells the order of a list apart", () => {
	expect(contentHash({ ...event, categories: ["y", "x"] })).not.toBe(contentHash(event));
});
