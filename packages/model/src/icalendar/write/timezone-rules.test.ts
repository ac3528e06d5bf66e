import fc from "fast-check";
import ICAL from "ical.js";
import { describe, expect, test } from "vitest";
import { ianaZone, UTC } from "../../time/iana.ts";
import { customZone } from "../../time/vtimezone.ts";
import { formatLocal, HOUR, SECOND } from "../../time/wall-clock.ts";
import { timezoneText } from "./timezone-rules.ts";

const NAMES = Intl.supportedValuesOf("timeZone");

/** The text without the name that would let a reader skip its rules. */
function rulesOnly(name: string, fromYear: number): string {
	return (timezoneText("Rules", name, fromYear) ?? "").replace(/X-LIC-LOCATION.*\r\n/, "");
}

describe("timezoneText", () => {
	test("is right in every zone from its first year to 2098", () => {
		for (const name of NAMES) {
			expect(rulesOnly(name, 1995).length).toBeLessThan(12_000);
			const zone = ianaZone(name) ?? UTC;
			const written = customZone(rulesOnly(name, 1995));
			const step = 24.3 * 24 * HOUR;
			for (let at = Date.UTC(1995, 0, 2); at < Date.UTC(2099, 0, 1); at += step) {
				const same = written?.offsetAt(at) === zone.offsetAt(at);
				expect(same ? "same" : `${name} ${formatLocal(at)}`).toBe("same");
			}
		}
	});

	test("is right to the second around each change", () => {
		const year = fc.integer({ min: 1975, max: 2097 });
		fc.assert(
			fc.property(fc.constantFrom(...NAMES), year, fc.integer({ min: -2, max: 2 }), (name, from, seconds) => {
				const start = Temporal.Instant.from(`${from}-01-02T00:00:00Z`).toZonedDateTimeISO(name);
				const change = start.getTimeZoneTransition("next");
				if (change === null || change.epochMilliseconds > Date.UTC(2098, 0, 1)) return;
				const at = change.epochMilliseconds + seconds * SECOND;
				expect(customZone(rulesOnly(name, from))?.offsetAt(at)).toBe(ianaZone(name)?.offsetAt(at));
			}),
		);
	});

	test("ical.js reads the same offsets from it", () => {
		const anyName = fc.constantFrom(
			"Europe/Paris",
			"America/New_York",
			"Asia/Jerusalem",
			"America/Nuuk",
			"Asia/Tokyo",
			"Australia/Lord_Howe",
			"Africa/Cairo",
		);
		const hours = fc.integer({ min: Date.UTC(2015, 0, 2) / HOUR, max: Date.UTC(2034, 0, 1) / HOUR });
		fc.assert(
			fc.property(anyName, hours, (name, hour) => {
				const zone = ianaZone(name) ?? UTC;
				const local = hour * HOUR + zone.offsetAt(hour * HOUR);
				// Of two readings of one wall clock ical.js takes another; those are not compared.
				if (
					zone.toInstant(local) !== hour * HOUR ||
					zone.offsetAt((hour - 2) * HOUR) !== zone.offsetAt((hour + 2) * HOUR)
				)
					return;
				const component = new ICAL.Component(ICAL.parse(rulesOnly(name, 2014)));
				const time = ICAL.Time.fromDateTimeString(formatLocal(local), undefined);
				time.zone = new ICAL.Timezone(component);
				expect(time.toUnixTime() * SECOND).toBe(hour * HOUR);
			}),
			{ numRuns: 60 },
		);
	});

	test("gives yearly rules and the name of the zone", () => {
		const text = timezoneText("Romance Standard Time", "Europe/Paris", 2026) ?? "";
		expect(text).toContain("TZID:Romance Standard Time\r\nX-LIC-LOCATION:Europe/Paris\r\n");
		expect(text).toContain("RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\n");
		expect(timezoneText("America/New_York", "America/New_York", 2026)).toContain(
			"RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU\r\n",
		);
		expect(text.length).toBeLessThan(600);
	});

	test("a zone without changes is one observance", () =>
		expect(timezoneText("Asia/Kolkata", "Asia/Kolkata", 2026)?.match(/BEGIN/g)).toHaveLength(2));

	test("is null for a zone that does not exist", () => expect(timezoneText("X", "Nowhere/Town", 2026)).toBeNull());
});
