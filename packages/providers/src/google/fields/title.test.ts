import { expect, test } from "vitest";
import { CONTEXT, canonical, google } from "../testing/sample.ts";
import type { GoogleEvent } from "../types.ts";
import { isStub, title } from "./title.ts";

const NAMELESS: readonly (readonly [string, Partial<GoogleEvent>, string])[] = [
	["a plain event", {}, ""],
	["out of office", { eventType: "outOfOffice" }, "Out of office"],
	["focus time", { eventType: "focusTime" }, "Focus time"],
	["a birthday", { eventType: "birthday" }, "Birthday"],
	["working at home", { eventType: "workingLocation", workingLocationProperties: { type: "homeOffice" } }, "Home"],
	[
		"working at an office",
		{
			eventType: "workingLocation",
			workingLocationProperties: { type: "officeLocation", officeLocation: { label: "B12" } },
		},
		"B12",
	],
	["working somewhere", { eventType: "workingLocation" }, "Working location"],
	[
		"a private event of somebody else",
		{ visibility: "private", organizer: { email: "x@example.com" }, creator: { email: "x@example.com" } },
		"Busy",
	],
];

test.each(NAMELESS)("%s without a summary has a name", (_, parts, name) => {
	const event = google(parts);
	expect(title.read({ ...event, summary: null }, CONTEXT)).toEqual({ title: name });
});

test("a summary is the title, whatever the type", () => {
	expect(title.read(google({ eventType: "focusTime", summary: "Deep work" }), CONTEXT)).toEqual({ title: "Deep work" });
	expect(title.read(google({ summary: null }), { ...CONTEXT, hidden: true })).toEqual({ title: "Busy" });
});

test("a name that Kalends made is not written as one", () => {
	const base = google({ eventType: "outOfOffice", summary: null });
	expect(title.write?.(canonical({}, { title: "Out of office" }), base, CONTEXT)).toEqual({ summary: "" });
	expect(title.write?.(canonical({}, { title: "Holiday" }), base, CONTEXT)).toEqual({ summary: "Holiday" });
});

test("the person's own private event without a title is no stub", () => {
	expect(isStub(google({ summary: null, visibility: "private" }))).toBe(false);
});
