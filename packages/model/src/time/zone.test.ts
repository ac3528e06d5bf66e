import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ianaName, ianaZone } from "./iana.ts";
import { formatLocal, HOUR, MINUTE, SECOND } from "./wall-clock.ts";
import type { Zone } from "./zone.ts";

const NAMES = Intl.supportedValuesOf("timeZone");

function zone(name: string): Zone {
	const found = ianaZone(name);
	if (found === null) throw new Error(`This runtime has no ${name}.`);
	return found;
}

const anyName = fc.constantFrom(...NAMES);
const anyLocal = fc
	.integer({ min: Date.UTC(1880, 0, 1) / SECOND, max: Date.UTC(2130, 0, 1) / SECOND })
	.map((seconds) => seconds * SECOND);

/** The instant that Temporal gives for a wall clock. */
function temporalInstant(name: string, local: number): number {
	return Temporal.PlainDateTime.from(formatLocal(local)).toZonedDateTime(name, { disambiguation: "compatible" })
		.epochMilliseconds;
}

describe("a zone of the tz database", () => {
	test("gives the instants that Temporal gives, in every zone", () => {
		fc.assert(
			fc.property(anyName, anyLocal, (name, local) => {
				expect(zone(name).toInstant(local)).toBe(temporalInstant(name, local));
			}),
			{ numRuns: 2000 },
		);
	});

	test("gives the instants that Temporal gives within two hours of a change", () => {
		fc.assert(
			fc.property(anyName, anyLocal, fc.integer({ min: -8, max: 8 }), (name, from, quarter) => {
				const at = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(name).getTimeZoneTransition("next");
				if (at === null) return;
				const local = at.epochMilliseconds + Math.trunc(at.offsetNanoseconds / 1e9) * SECOND + quarter * 15 * MINUTE;
				expect(zone(name).toInstant(local)).toBe(temporalInstant(name, local));
			}),
			{ numRuns: 1000 },
		);
	});

	test("gives the offsets that Temporal gives", () => {
		fc.assert(
			fc.property(anyName, anyLocal, (name, instant) => {
				const expected =
					Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(name).offsetNanoseconds / 1e6;
				expect(zone(name).offsetAt(instant)).toBe(expected);
			}),
			{ numRuns: 1000 },
		);
	});

	test("reads a wall clock in a gap with the offset before it: 02:30 becomes 03:30", () => {
		const instant = zone("Europe/Paris").toInstant(Date.UTC(2026, 2, 29, 2, 30));
		expect(instant).toBe(Date.UTC(2026, 2, 29, 1, 30));
		expect(instant + zone("Europe/Paris").offsetAt(instant)).toBe(Date.UTC(2026, 2, 29, 3, 30));
	});

	test("takes the first of two instants", () => {
		expect(zone("Europe/Paris").toInstant(Date.UTC(2026, 9, 25, 2, 30))).toBe(Date.UTC(2026, 9, 25, 0, 30));
	});

	test("skips the day that Samoa skipped", () => {
		const skipped = zone("Pacific/Apia").toInstant(Date.UTC(2011, 11, 30, 12));
		expect(skipped).toBe(temporalInstant("Pacific/Apia", Date.UTC(2011, 11, 30, 12)));
		expect(skipped + zone("Pacific/Apia").offsetAt(skipped)).toBe(Date.UTC(2011, 11, 31, 12));
	});

	test("has changes of half an hour", () => {
		const lordHowe = zone("Australia/Lord_Howe");
		expect(lordHowe.offsetAt(Date.UTC(2026, 0, 1)) - lordHowe.offsetAt(Date.UTC(2026, 6, 1))).toBe(HOUR / 2);
	});
});

describe("ianaName", () => {
	test.each([
		["europe/paris", "Europe/Paris"],
		["US/Pacific", "US/Pacific"],
		["Europe/Kyiv", "Europe/Kyiv"],
		["Europe/Kiev", "Europe/Kiev"],
		["america/argentina/buenos_aires", "America/Argentina/Buenos_Aires"],
		["utc", "UTC"],
		["Etc/GMT+5", "Etc/GMT+5"],
	])("knows %s as %s", (text, name) => expect(ianaName(text)).toBe(name));

	test.each(["", "+02:00", "Customized Time Zone", "Mars/Olympus", "Z", "Europe", "__proto__", "Europe/Paris\n"])(
		"does not know %j",
		(text) => expect(ianaName(text)).toBeNull(),
	);
});
