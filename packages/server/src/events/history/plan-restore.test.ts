import type { CalendarEvent } from "@kalends/model";
import { event, guest, zoned } from "@kalends/model/testing";
import { expect, test } from "vitest";
import { planRestore } from "./plan-restore.ts";

const lunch = event({ uid: "u1", title: "Lunch", start: zoned("2026-12-02T12:00:00") });
const slot = (day: string, patch: Partial<CalendarEvent> = {}): CalendarEvent => ({
	...lunch,
	recurrence_id: zoned(`2026-12-${day}T12:00:00`),
	...patch,
});

test("every part is as it was, under the present UID", () => {
	const series = { ...lunch, recurrence: ["RRULE:FREQ=DAILY"] };
	const then = [series, slot("03", { title: "Soup" })];
	const now = [{ ...lunch, uid: "u2", title: "Dinner", sequence: 4, created_at: "2026-11-01T00:00:00Z" }, slot("04")];
	expect(planRestore(now, then, "u2")).toEqual([
		{ ...series, uid: "u2", sequence: 4, created_at: "2026-11-01T00:00:00Z" },
		{ ...slot("03", { title: "Soup" }), uid: "u2" },
	]);
});

test("the counter goes back for nobody", () => {
	expect(planRestore([{ ...lunch, sequence: 2 }], [{ ...lunch, sequence: 5 }], "u1")[0]?.sequence).toBe(5);
});

test("guests' responses are theirs and stay, the person's own comes back", () => {
	const then = {
		...lunch,
		participants: [
			guest("me@example.com", { self: true, response: "accepted" }),
			guest("Ann@example.com", { response: "accepted", comment: "early" }),
			guest("bob@example.com"),
		],
	};
	const now = {
		...lunch,
		participants: [
			guest("me@example.com", { self: true, response: "declined" }),
			guest("ann@example.com", { response: "declined" }),
			guest("eve@example.com"),
		],
	};
	expect(planRestore([now], [then], "u1")[0]?.participants).toEqual([
		guest("me@example.com", { self: true, response: "accepted" }),
		guest("Ann@example.com", { response: "declined" }),
		guest("bob@example.com"),
	]);
});

test("what is gone comes back whole", () => {
	const then = { ...lunch, participants: [guest("ann@example.com", { response: "accepted" })] };
	expect(planRestore([], [then], "u9")).toEqual([{ ...then, uid: "u9" }]);
});
