import { expect, it } from "vitest";
import { unknownZone, zoneFromWire } from "./zone-from-wire.ts";

it.each([
	["Europe/Berlin", "Europe/Berlin"],
	["europe/berlin", "Europe/Berlin"],
	["US/Pacific", "US/Pacific"],
	["W. Europe Standard Time", "Europe/Berlin"],
	["UTC", "UTC"],
	["Etc/UTC", "UTC"],
	["Mars/Olympus", null],
	["+02:00", null],
	["", null],
])("%j is %s", (text, name) => expect(zoneFromWire(text)).toBe(name));

it.each([
	["Europe/Berln", "Europe/Berlin"],
	["Berlin", "Europe/Berlin"],
	["america/new york", "America/New_York"],
	["Asia/Tokio", "Asia/Tokyo"],
])("names the zone that %j is near", (text, name) => expect(unknownZone(text)).toContain(`Did you mean ${name}?`));

it("guesses nothing where none is near", () => {
	for (const text of ["Mars/Olympus", "", "x", "a".repeat(100)])
		expect(unknownZone(text)).toContain("e.g. Europe/Berlin");
});
