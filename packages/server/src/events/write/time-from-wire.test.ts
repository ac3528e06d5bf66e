import { type EventDateTime, ianaZone } from "@kalends/model";
import { zoned } from "@kalends/model/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dateTimeToWire } from "../date-time-to-wire.ts";
import { placeTime, TimeInput } from "./time-from-wire.ts";

const faults = (input: object) =>
	(TimeInput.safeParse(input).error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`);
const placed = (input: object, present: EventDateTime | null = null, zones = {}) =>
	placeTime(TimeInput.parse(input), present, zones);
const time = (...args: Parameters<typeof placed>) => placed(...args).time;
const berlin = (local: string) => zoned(local, "Europe/Berlin");

describe("a new time", () => {
	it.each([
		["a day", { date: "2028-02-29" }, { type: "date", date: "2028-02-29" }],
		[
			"a day with nulls beside it",
			{ date: "2026-12-05", date_time: null, time_zone: null },
			{ type: "date", date: "2026-12-05" },
		],
		[
			"a wall clock in a zone",
			{ date_time: "2026-07-05T09:00:00", time_zone: "Europe/Berlin" },
			berlin("2026-07-05T09:00:00"),
		],
		[
			"with the zone's offset",
			{ date_time: "2026-07-05T09:00:00+02:00", time_zone: "Europe/Berlin" },
			berlin("2026-07-05T09:00:00"),
		],
		[
			"without seconds",
			{ date_time: "2026-07-05T09:00+02:00", time_zone: "Europe/Berlin" },
			berlin("2026-07-05T09:00:00"),
		],
		[
			"in UTC, as its instant in the zone",
			{ date_time: "2026-07-05T07:00:00.000Z", time_zone: "Europe/Berlin" },
			berlin("2026-07-05T09:00:00"),
		],
		["cut to the second", { date_time: "2026-07-05T06:59:59.9Z" }, zoned("2026-07-05T06:59:59")],
		[
			"as Python writes it",
			{ date_time: "2026-07-05T09:00:00.123456", time_zone: "Europe/Berlin" },
			berlin("2026-07-05T09:00:00"),
		],
		["to any precision", { date_time: "2026-07-05T07:00:00.00000000000001Z" }, zoned("2026-07-05T07:00:00")],
		["as JavaScript writes it", { date_time: "2026-07-05T07:00:00.000Z" }, zoned("2026-07-05T07:00:00")],
		[
			"by a Windows zone",
			{ date_time: "2026-07-05T09:00:00", time_zone: "W. Europe Standard Time" },
			berlin("2026-07-05T09:00:00"),
		],
		[
			"floating",
			{ date_time: "2026-07-05T09:00:00", time_zone: null },
			{ type: "floating", local: "2026-07-05T09:00:00" },
		],
		["an offset alone, as its instant", { date_time: "2026-07-05T09:00:00+05:30" }, zoned("2026-07-05T03:30:00")],
		[
			"an offset with a null zone",
			{ date_time: "2026-07-05T09:00:00-03:00", time_zone: null },
			zoned("2026-07-05T12:00:00"),
		],
		[
			"in a gap, an hour later",
			{ date_time: "2026-03-29T02:30:00", time_zone: "Europe/Berlin" },
			berlin("2026-03-29T02:30:00"),
		],
		[
			"the first of two",
			{ date_time: "2026-10-25T02:30:00+02:00", time_zone: "Europe/Berlin" },
			berlin("2026-10-25T02:30:00"),
		],
		[
			"the second of two, as its instant",
			{ date_time: "2026-10-25T02:30:00+01:00", time_zone: "Europe/Berlin" },
			zoned("2026-10-25T01:30:00"),
		],
	])("%s", (_, input, expected) => expect(time(input)).toEqual(expected));

	it("of local mean time is what it was written as", () => {
		const given = zoned("1604-05-05T09:00:00", "Europe/Berlin");
		expect(time(dateTimeToWire(given))).toEqual(given);
	});

	it("is fixed where no zone can carry it on", () => {
		expect(placed({ date_time: "2026-07-05T09:00:00+05:30" })).toMatchObject({ fixed: true });
		expect(placed({ date_time: "2026-10-25T02:30:00+01:00", time_zone: "Europe/Berlin" })).toMatchObject({
			fixed: true,
		});
		expect(placed({ date_time: "2026-07-05T09:00:00Z" })).toMatchObject({ fixed: false });
	});

	it("needs a zone, an offset, or null for floating", () => {
		expect(placed({ date_time: "2026-07-05T09:00:00" })).toMatchObject({ time: null, field: "time_zone" });
		expect(placed({ time_zone: "Europe/Berlin" })).toMatchObject({ time: null, field: "date_time" });
	});
});

describe("what is no time", () => {
	it.each([
		[{}, [/^: Send date/]],
		[{ date: "2026-02-29" }, [/^date: There is no such day/]],
		[{ date: "05.12.2026" }, [/^date: /]],
		[{ date: "1200-01-01" }, [/^date: .*1583/]],
		[{ date_time: "2026-12-05T24:00:00Z" }, [/^date_time: There is no such time/]],
		[{ date_time: "2026-12-05T09:00:60Z" }, [/^date_time: /]],
		[{ date_time: "2026-12-05T09:00:00.Z" }, [/^date_time: There is no such time/]],
		[{ date_time: "2026-12-05T09:00:00+25:00" }, [/^date_time: /]],
		[{ date_time: "9999-12-05T09:00:00Z" }, [/^date_time: .*9998/]],
		[{ date_time: "2026-12-05" }, [/^date_time: /]],
		[
			{ date: "2026-12-05", date_time: "2026-12-05T09:00:00Z", time_zone: "Europe/Berlin" },
			[/^date_time: /, /^time_zone: /],
		],
		[
			{ date_time: "tomorrow", time_zone: "Europe/Berln" },
			[/^date_time: /, /^time_zone: .*Did you mean Europe\/Berlin\?/],
		],
		[
			{ date_time: "2026-12-05T09:00:00+05:00", time_zone: "Europe/Berlin" },
			[/^date_time: The offset \+05:00 is not the one of Europe\/Berlin .* Send 2026-12-05T09:00:00\+01:00,/],
		],
		[{ date: 5 }, [/^date: /]],
		[{ dateTime: "2026-12-05T09:00:00Z" }, [/Unrecognized key/, /Send date/]],
	])("%j", (input, expected) => expect(faults(input)).toEqual(expected.map((one) => expect.stringMatching(one))));
});

describe("a change of a time", () => {
	const present = berlin("2026-12-05T09:00:00");
	const spelled: EventDateTime = { ...(present as Extract<EventDateTime, { type: "zoned" }>), tzid: "Berlin custom" };
	const base: EventDateTime = {
		type: "zoned",
		local: "2026-12-05T09:00:00",
		zone: null,
		tzid: "Base",
		instant: "2026-12-05T02:00:00Z",
	};

	it.each([
		["keeps the zone that is not said", { date_time: "2026-12-06T10:00:00" }, present, berlin("2026-12-06T10:00:00")],
		[
			"shows an instant in the zone that is not said",
			{ date_time: "2026-12-06T10:00:00Z" },
			present,
			berlin("2026-12-06T11:00:00"),
		],
		[
			"of the zone keeps the wall clock",
			{ time_zone: "Asia/Tokyo" },
			present,
			zoned("2026-12-05T09:00:00", "Asia/Tokyo"),
		],
		[
			"to floating",
			{ date_time: "2026-12-06T10:00:00", time_zone: null },
			present,
			{ type: "floating", local: "2026-12-06T10:00:00" },
		],
		[
			"of a floating one",
			{ date_time: "2026-12-06T10:00:00" },
			{ type: "floating", local: "2026-12-05T09:00:00" },
			{ type: "floating", local: "2026-12-06T10:00:00" },
		],
		["to a day", { date: "2026-12-06" }, present, { type: "date", date: "2026-12-06" }],
		[
			"keeps how the zone is spelled",
			{ date_time: "2026-12-06T10:00:00", time_zone: "Europe/Berlin" },
			spelled,
			{ ...spelled, local: "2026-12-06T10:00:00", instant: "2026-12-06T09:00:00Z" },
		],
		[
			"keeps a zone without a name",
			{ date_time: "2026-12-06T10:00:00+07:00", time_zone: null },
			base,
			{ ...base, local: "2026-12-06T10:00:00", instant: "2026-12-06T03:00:00Z" },
		],
	] as const)("%s", (_, input, now, expected) => expect(time(input, now)).toEqual(expected));

	it("sends back as it is what was read", () => {
		const local = fc
			.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2030, 0) })
			.map((ms) => new Date(ms).toISOString().slice(0, 19));
		const zone = fc.constantFrom("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu");
		fc.assert(
			fc.property(local, zone, (text, name) => {
				const given = zoned(text, name);
				expect(time(dateTimeToWire(given), given)).toEqual(given);
				// Without knowing what is there: the same instant, unless the clock says a wall clock twice.
				const fresh = time(dateTimeToWire(given));
				expect(fresh).toMatchObject({ type: "zoned", instant: given.type === "zoned" ? given.instant : "" });
			}),
		);
		for (const given of [
			spelled,
			base,
			{ type: "floating", local: "2026-12-05T09:00:00" },
			{ type: "date", date: "2026-12-05" },
		] as const) {
			expect(time(dateTimeToWire(given), given)).toEqual(given);
		}
	});

	it("has the instant of its offset, whatever the zone", () => {
		const zone = fc.constantFrom("Europe/Berlin", "America/New_York", "Australia/Lord_Howe");
		fc.assert(
			fc.property(
				fc.integer({ min: Date.UTC(2026, 0) / 60_000, max: Date.UTC(2027, 0) / 60_000 }),
				zone,
				(minute, name) => {
					const instant = minute * 60_000;
					const wall = instant + (ianaZone(name)?.offsetAt(instant) ?? 0);
					const offset = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(name).offset;
					const found = time({ date_time: `${new Date(wall).toISOString().slice(0, 19)}${offset}`, time_zone: name });
					expect(found).toMatchObject({ instant: new Date(instant).toISOString().replace(".000", "") });
				},
			),
		);
	});
});
