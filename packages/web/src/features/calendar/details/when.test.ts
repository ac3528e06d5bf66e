import { expect, test } from "vitest";
import { ownTimesText } from "./when.ts";

const BERLIN = { locale: "en-GB", zone: "Europe/Berlin", hour12: null };
const at = (date_time: string, time_zone: string | null) => ({ date_time, time_zone });

test.each([
	[
		"the reader's own zone",
		at("2026-11-26T17:30:00", "Europe/Berlin"),
		at("2026-11-26T18:30:00", "Europe/Berlin"),
		null,
	],
	["floating times", at("2026-11-26T17:30:00", null), at("2026-11-26T18:30:00", null), null],
	[
		"another zone",
		at("2026-11-26T09:00:00", "America/New_York"),
		at("2026-11-26T10:00:00", "America/New_York"),
		"09:00 – 10:00 New York",
	],
	[
		"another zone, where it is another day",
		at("2026-11-26T20:00:00", "America/New_York"),
		at("2026-11-26T21:00:00", "America/New_York"),
		"Thu 26 Nov, 20:00 – 21:00 New York",
	],
	[
		"a flight from here",
		at("2026-11-26T17:30:00", "Europe/Berlin"),
		at("2026-11-26T20:15:00", "America/New_York"),
		"17:30 Berlin – Thu 26 Nov, 20:15 New York",
	],
	[
		"a flight between other places",
		at("2026-11-26T08:00:00", "Europe/London"),
		at("2026-11-26T10:00:00", "Europe/Helsinki"),
		"08:00 London – 10:00 Helsinki",
	],
])("times of %s", (_, start, end, text) => {
	expect(ownTimesText({ start, end }, BERLIN)?.replaceAll(/(?<=Thu),/g, "") ?? null).toBe(text);
});

test("days have no zone", () => {
	expect(ownTimesText({ start: { date: "2026-11-26" }, end: { date: "2026-11-27" } }, BERLIN)).toBeNull();
});
