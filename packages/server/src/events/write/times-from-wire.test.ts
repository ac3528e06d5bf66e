import { day, floating, zoned } from "@kalends/model/testing";
import { describe, expect, it } from "vitest";
import { TimeInput } from "./time-from-wire.ts";
import { type PresentTimes, timesFromWire } from "./times-from-wire.ts";

const NEW = { start: null, end: null };
const read = (input: { start?: object | null; end?: object | null }, present: PresentTimes = NEW) => {
	const parsed = (part: object | null | undefined) => (part == null ? part : TimeInput.parse(part));
	return timesFromWire({ start: parsed(input.start), end: parsed(input.end) }, present);
};
const faults = (...args: Parameters<typeof read>) =>
	read(...args).faults.map(({ field, detail }) => `${field}: ${detail}`);
const berlin = (date_time: string) => ({ date_time, time_zone: "Europe/Berlin" });

describe("of a new event", () => {
	it("are a start and an end", () =>
		expect(read({ start: berlin("2026-12-05T09:00:00"), end: { date_time: "2026-12-05T11:00:00Z" } })).toEqual({
			start: zoned("2026-12-05T09:00:00", "Europe/Berlin"),
			end: zoned("2026-12-05T11:00:00"),
			fixedStart: false,
			faults: [],
		}));
	it("are one day where the end is left out", () => {
		for (const end of [undefined, null]) {
			expect(read({ start: { date: "2026-12-31" }, ...(end === null ? { end } : {}) })).toMatchObject({
				end: day("2027-01-01"),
				faults: [],
			});
		}
	});
	it("say where the clocks go over what was written, which is then an hour later (RFC 5545 §3.3.5)", () => {
		const gap = (start: string, end: string) =>
			faults({ start: berlin(`2027-03-28T${start}:00`), end: berlin(`2027-03-28T${end}:00`) });
		expect(gap("02:30", "03:30")).toEqual([
			"end: The end must be after the start. The clocks of Europe/Berlin go forward then: 2027-03-28T02:30:00 is 2027-03-28T03:30:00.",
		]);
		expect(gap("03:15", "02:10")).toEqual([
			"end: The end must be after the start. The clocks of Europe/Berlin go forward then: 2027-03-28T02:10:00 is 2027-03-28T03:10:00.",
		]);
		expect(gap("03:30", "03:00")).toEqual(["end: The end must be after the start."]);
		expect(read({ start: berlin("2027-03-28T02:30:00"), end: berlin("2027-03-28T03:31:00") }).faults).toEqual([]);
	});
	it.each([
		["no start", {}, /^start: An event must have a start/],
		["a start that is null", { start: null }, /^start: An event must have a start/],
		["a timed start alone", { start: berlin("2026-12-05T09:00:00") }, /^end: .*needs an end/],
		[
			"an end before the start",
			{ start: berlin("2026-12-05T09:00:00"), end: berlin("2026-12-05T08:59:59") },
			/^end: .*after/,
		],
		[
			"an end at the start",
			{ start: berlin("2026-12-05T09:00:00"), end: { date_time: "2026-12-05T08:00:00Z" } },
			/^end: .*after/,
		],
		[
			"a day that ends as it begins",
			{ start: { date: "2026-12-05" }, end: { date: "2026-12-05" } },
			/^end: .*day after/,
		],
		[
			"a day that ends at a time",
			{ start: { date: "2026-12-05" }, end: berlin("2026-12-05T09:00:00") },
			/^end: .*a date/,
		],
		[
			"a floating start with a zoned end",
			{ start: { date_time: "2026-12-05T09:00:00", time_zone: null }, end: berlin("2026-12-05T10:00:00") },
			/^end: .*a floating time/,
		],
		[
			"a time of no zone",
			{ start: { date: "2026-12-05" }, end: { date_time: "2026-12-06T09:00:00" } },
			/^end\.time_zone: /,
		],
	])("are not %s", (_, input, fault) => expect(faults(input)).toEqual([expect.stringMatching(fault)]));
});

describe("of an event that is there", () => {
	const present = {
		start: zoned("2026-12-05T09:00:00", "Europe/Berlin"),
		end: zoned("2026-12-05T10:00:00", "Europe/Berlin"),
	};
	it("stay as they are where nothing is sent", () =>
		expect(read({}, present)).toMatchObject({ ...present, faults: [] }));
	it("change one by one", () =>
		expect(read({ end: { date_time: "2026-12-05T12:30:00" } }, present)).toMatchObject({
			start: present.start,
			end: zoned("2026-12-05T12:30:00", "Europe/Berlin"),
			faults: [],
		}));
	it("cannot be cleared", () =>
		expect(faults({ start: null, end: null }, present)).toEqual([
			expect.stringMatching(/^start: An event must have a start/),
			expect.stringMatching(/^end: An event must have an end/),
		]));
	it("may go on to be one moment", () => {
		const moment = { start: floating("2026-12-05T09:00:00"), end: floating("2026-12-05T09:00:00") };
		const at = { date_time: "2026-12-05T10:00:00" };
		expect(read({ start: at, end: at }, moment).faults).toEqual([]);
		expect(faults({ start: at }, moment)).toEqual([expect.stringMatching(/^end: .*after/)]);
	});
	it("are told apart where the one that stays does not fit", () => {
		expect(faults({ start: { date_time: "2026-12-05T10:00:00" } }, present)).toEqual([expect.stringMatching(/^end: /)]);
		expect(faults({ start: { date: "2026-12-05" } }, present)).toEqual([expect.stringMatching(/^end: .*a date/)]);
		expect(
			read(
				{ start: { date_time: "2026-12-05T08:00:00" } },
				{ start: floating("2026-12-05T09:00:00"), end: floating("2026-12-05T10:00:00") },
			),
		).toMatchObject({ start: floating("2026-12-05T08:00:00"), faults: [] });
	});
});
