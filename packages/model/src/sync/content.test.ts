import { expect, it } from "vitest";
import type { CalendarEvent } from "../event/event.ts";
import { event as anyEvent, day } from "../recurrence/testing/series.ts";
import { changedFields, contentHash } from "./content.ts";

const event = anyEvent({
	start: day("2026-03-02"),
	participants: [{ email: "a@b.c", name: null, response: "accepted", optional: false, organizer: true, self: false }],
	reminders: { use_default: false, overrides: [{ method: "popup", minutes: 10 }] },
	categories: ["x", "y"],
});

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
