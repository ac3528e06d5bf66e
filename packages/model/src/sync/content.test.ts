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

const OTHERS: Partial<Record<keyof CalendarEvent, unknown>> = {
	start: { type: "floating", local: "x" },
	end: { type: "floating", local: "x" },
	recurrence: ["RRULE:FREQ=DAILY"],
};

it("moves with every field that a person can see, and only with those", () => {
	const silent = ["sequence", "created_at", "updated_at"];
	for (const field of Object.keys(event) as (keyof CalendarEvent)[]) {
		const other = {
			...event,
			[field]: OTHERS[field] ?? "other",
		};
		expect([field, contentHash(other) === contentHash(event)]).toEqual([field, silent.includes(field)]);
		expect([field, changedFields(event, other).length === 0]).toEqual([field, silent.includes(field)]);
	}
});

it("does not depend on how a server orders what has no order", () => {
	const zone = (...lines: readonly string[]) => ["BEGIN:VTIMEZONE", ...lines, "END:VTIMEZONE"].join("\r\n");
	const part = (...lines: readonly string[]) => ["BEGIN:STANDARD", ...lines, "END:STANDARD"];
	const ours = {
		...event,
		recurrence: [
			"RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=3",
			"EXDATE;VALUE=DATE:20260309,20260316",
			"RDATE;VALUE=DATE:20260310",
		],
		custom_zones: { Ours: zone("TZID:Ours", ...part("TZOFFSETTO:+0100", "TZNAME:A"), ...part("TZOFFSETTO:+0200")) },
	};
	const theirs = {
		...event,
		recurrence: [
			"EXDATE;VALUE=DATE:20260316",
			"EXDATE;VALUE=DATE:20260309",
			"RDATE;VALUE=DATE:20260310",
			"RRULE:FREQ=WEEKLY;COUNT=3;BYDAY=MO",
		],
		custom_zones: { Ours: zone(...part("TZOFFSETTO:+0200"), ...part("TZNAME:A", "TZOFFSETTO:+0100"), "TZID:Ours") },
	};
	expect(contentHash(theirs)).toBe(contentHash(ours));
	expect(changedFields(ours, theirs)).toEqual([]);
	const other = { ...ours, recurrence: ours.recurrence.slice(0, 2) };
	expect(contentHash(other)).not.toBe(contentHash(ours));
	const moved = { ...ours, custom_zones: { Ours: ours.custom_zones.Ours.replace("+0200", "+0300") } };
	expect(contentHash(moved)).not.toBe(contentHash(ours));
});

it("tells the order of a list apart", () => {
	expect(contentHash({ ...event, categories: ["y", "x"] })).not.toBe(contentHash(event));
});
