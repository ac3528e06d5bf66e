import { expect, test } from "vitest";
import { CONTEXT, canonical, google } from "../testing/sample.ts";
import { reminders } from "./reminders.ts";

test("default reminders are those of the calendar, own ones are listed", () => {
	expect(reminders.read(google(), CONTEXT)).toEqual({ reminders: { use_default: true, overrides: [] } });
	const overrides = [
		{ method: "email", minutes: 1440 },
		{ method: "popup", minutes: 10 },
		{ method: "sms", minutes: 5 },
		{ method: "popup" },
	];
	expect(reminders.read(google({ reminders: { useDefault: false, overrides } }), CONTEXT)).toEqual({
		reminders: {
			use_default: false,
			overrides: [
				{ method: "email", minutes: 1440 },
				{ method: "popup", minutes: 10 },
				{ method: "popup", minutes: 5 },
			],
		},
	});
	const { reminders: _, ...none } = google();
	expect(reminders.read(none, CONTEXT)).toEqual({ reminders: { use_default: false, overrides: [] } });
});

test("both kinds are written", () => {
	expect(reminders.write?.(canonical(), null, CONTEXT)).toEqual({ reminders: { useDefault: true, overrides: [] } });
	const overrides = [{ method: "popup", minutes: 0 }] as const;
	const own = canonical({}, { reminders: { use_default: false, overrides } });
	expect(reminders.write?.(own, null, CONTEXT)).toEqual({ reminders: { useDefault: false, overrides } });
});

test.each([
	["more than five", Array.from({ length: 6 }, (_, minutes) => ({ method: "popup" as const, minutes }))],
	["after the start", [{ method: "popup" as const, minutes: -5 }]],
	["earlier than four weeks before", [{ method: "popup" as const, minutes: 40_321 }]],
])("%s are refused", (_, overrides) => {
	const event = canonical({}, { reminders: { use_default: false, overrides } });
	expect(() => reminders.write?.(event, null, CONTEXT)).toThrow(
		expect.objectContaining({ kind: "invalid", reason: "event_refused" }),
	);
});
