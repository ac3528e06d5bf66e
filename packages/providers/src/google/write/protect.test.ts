import { expect, test } from "vitest";
import { SINGLE } from "../testing/client.ts";
import { stored, update } from "../testing/writing.ts";

test.each([
	["a birthday", { eventType: "birthday" }, { location: "Hall" }, "event_protected"],
	["an event made of a mail", { eventType: "fromGmail" }, { title: "New" }, "event_protected"],
	["locked fields", { locked: true }, { title: "New" }, "event_protected"],
	["an all-day focus time", { eventType: "focusTime" }, { busy: false }, "event_kind_restricted"],
	[
		"a busy working location",
		{ eventType: "workingLocation", transparency: "transparent" },
		{ busy: true },
		"event_kind_restricted",
	],
	[
		"a private event of which only the time is shown",
		{ summary: null, visibility: "private", organizer: { email: "x@example.com" } },
		{ title: "New" },
		"read_only",
	],
] as const)("%s is refused before anything is sent", async (_, body, change, reason) => {
	const scene = await stored({ ...SINGLE, ...body });
	await expect(update(scene, () => change)).rejects.toMatchObject({ kind: "forbidden", reason });
	expect(scene.client.asked).toEqual([]);
});

test.each([
	["a birthday's colour", { eventType: "birthday" }, { color: "#dc2127" }],
	["whether an event made of a mail is shown as busy", { eventType: "fromGmail" }, { busy: false }],
	["the colour of what is locked", { locked: true }, { color: "#dc2127" }],
] as const)("%s can be changed", async (_, body, change) => {
	const scene = await stored({ ...SINGLE, ...body });
	expect((await update(scene, () => change)).writes).toHaveLength(1);
});
