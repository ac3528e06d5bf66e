import { describe, expect, test } from "vitest";
import { type ResolvedZone, resolveTzid, type TzidContext } from "./resolve-tzid.ts";
import { customZone } from "./vtimezone.ts";
import { HOUR } from "./wall-clock.ts";

const NOTHING: TzidContext = { definitions: new Map(), fallback: null };

function withDefinition(tzid: string, lines: readonly string[], fallback: string | null = null): TzidContext {
	const text = ["BEGIN:VTIMEZONE", `TZID:${tzid}`, ...lines, "END:VTIMEZONE", ""].join("\r\n");
	const location = lines.find((line) => line.startsWith("X-LIC-LOCATION:"))?.slice(15) ?? null;
	return {
		definitions: new Map([[tzid, { text: () => text, location, zone: () => customZone(text) }]]),
		fallback,
	};
}

const FIXED = ["BEGIN:STANDARD", "DTSTART:16010101T000000", "TZOFFSETFROM:+0400", "TZOFFSETTO:+0400", "END:STANDARD"];

const nameOf = (resolved: ResolvedZone): string | null => resolved.name;

describe("resolveTzid", () => {
	test.each([
		["Europe/Paris", "Europe/Paris"],
		['"Europe/Paris"', "Europe/Paris"],
		["europe/paris", "Europe/Paris"],
		["US/Eastern", "US/Eastern"],
		["Europe/Kyiv", "Europe/Kyiv"],
		["W. Europe Standard Time", "Europe/Berlin"],
		["w. europe standard time", "Europe/Berlin"],
		["GMT Standard Time 1", "Europe/London"],
		["FLE Standard Time", "Europe/Kiev"],
		["Mexico Standard Time 2", "America/Chihuahua"],
		["/freeassociation.sourceforge.net/Tzfile/Europe/Paris", "Europe/Paris"],
		["/freeassociation.sourceforge.net/Europe/Paris", "Europe/Paris"],
		["/mozilla.org/20050126_1/Europe/Paris", "Europe/Paris"],
		["/softwarestudio.org/Tzfile/America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"],
		["/citadel.org/20210210_1/America/New_York", "America/New_York"],
		["tzone://Microsoft/Utc", "UTC"],
	])("%s is %s", (tzid, name) => {
		const resolved = resolveTzid(tzid, NOTHING);
		expect(nameOf(resolved)).toBe(name);
		expect(resolved).toMatchObject({ uncertain: false, definition: null, tzid });
	});

	test("a known IANA name wins over the rules in the file", () =>
		expect(nameOf(resolveTzid("Europe/Paris", withDefinition("Europe/Paris", FIXED)))).toBe("Europe/Paris"));

	test("X-LIC-LOCATION wins over a Windows name", () => {
		const context = withDefinition("GMT Standard Time", ["X-LIC-LOCATION:Africa/Abidjan", ...FIXED]);
		expect(nameOf(resolveTzid("GMT Standard Time", context))).toBe("Africa/Abidjan");
	});

	test.each(["Customized Time Zone", "tzone://Microsoft/Custom", "(UTC+04:00) Somewhere"])(
		"%s is defined by its VTIMEZONE",
		(tzid) => {
			const resolved = resolveTzid(tzid, withDefinition(tzid, FIXED, "Europe/Paris"));
			expect(resolved).toMatchObject({ name: null, uncertain: false });
			expect(resolved.definition).toContain(`TZID:${tzid}`);
			expect(resolved.zone.offsetAt(0)).toBe(4 * HOUR);
		},
	);

	test("without any definition the calendar's zone is taken and flagged", () => {
		const resolved = resolveTzid("Customized Time Zone", { definitions: new Map(), fallback: "Asia/Tokyo" });
		expect(resolved).toMatchObject({ name: null, uncertain: true });
		expect(resolved.zone.id).toBe("Asia/Tokyo");
		expect(customZone(resolved.definition ?? "")?.id).toBe("Asia/Tokyo");
	});

	test("a VTIMEZONE without usable rules is no definition", () =>
		expect(resolveTzid("Custom", withDefinition("Custom", [], "Asia/Tokyo"))).toMatchObject({ uncertain: true }));

	test.each([null, "Nowhere/Town"])("with the fallback %s it is UTC, flagged", (fallback) => {
		const resolved = resolveTzid("Custom", { definitions: new Map(), fallback });
		expect(resolved).toMatchObject({ name: null, uncertain: true });
		expect(resolved.zone.id).toBe("UTC");
	});
});
