import { describe, expect, it } from "vitest";
import { daysShown, hideParam, isZone, searchShowing, stateOf, stepped, weekStartOf } from "./state.ts";

const defaults = { today: "2026-11-21", zone: "Europe/Berlin", secondZone: null, isPhone: false };

describe("the address", () => {
	it("says nothing: today's week in the person's zone, on phones the agenda", () => {
		expect(stateOf({}, defaults)).toEqual({
			view: "week",
			date: "2026-11-21",
			zone: "Europe/Berlin",
			secondZone: null,
			q: null,
			hidden: new Set(),
			event: null,
		});
		expect(stateOf({}, { ...defaults, isPhone: true }).view).toBe("agenda");
	});

	it("says everything", () => {
		const search = {
			view: "month",
			date: "2026-12-01",
			zone: "Asia/Tokyo",
			second_zone: "UTC",
			q: "x",
			hide: "b,a",
			event: "evt_1",
		};
		expect(stateOf(search, defaults)).toEqual({
			view: "month",
			date: "2026-12-01",
			zone: "Asia/Tokyo",
			secondZone: "UTC",
			q: "x",
			hidden: new Set(["a", "b"]),
			event: "evt_1",
		});
	});

	it("says what means nothing", () => {
		const state = stateOf({ view: "decade", date: "2026-13-45", zone: "Moon/Crater" }, defaults);
		expect(state).toMatchObject({ view: "week", date: "2026-11-21", zone: "Europe/Berlin" });
	});

	it("shows three days of a week on a phone, and can leave out the person's second zone", () => {
		expect(stateOf({ view: "week" }, { ...defaults, isPhone: true }).view).toBe("days");
		expect(stateOf({ second_zone: "none" }, { ...defaults, secondZone: "UTC" }).secondZone).toBeNull();
		expect(stateOf({}, { ...defaults, secondZone: "UTC" }).secondZone).toBe("UTC");
	});

	it("lists hidden calendars in one order", () => {
		expect(hideParam(new Set(["b", "a"]))).toBe("a,b");
		expect(hideParam(new Set())).toBeUndefined();
	});
});

describe("the days of a view", () => {
	it("begin with the week", () => {
		expect(daysShown("week", "2026-11-21", 1)).toEqual({ from: "2026-11-16", to: "2026-11-23" });
		expect(daysShown("week", "2026-11-21", 0)).toEqual({ from: "2026-11-15", to: "2026-11-22" });
		expect(daysShown("month", "2026-11-21", 1)).toEqual({ from: "2026-10-26", to: "2026-12-07" });
	});

	it("are stepped through", () => {
		expect(stepped("month", "2026-01-31", 1)).toBe("2026-02-01");
		expect(stepped("week", "2026-11-21", -1)).toBe("2026-11-14");
		expect(stepped("days", "2026-11-21", 1)).toBe("2026-11-24");
	});
});

it("knows zones and where weeks begin", () => {
	expect(isZone("Europe/Berlin")).toBe(true);
	expect(isZone("+02:00")).toBe(false);
	expect(isZone("Nowhere")).toBe(false);
	expect(weekStartOf("de-DE")).toBe(1);
	expect(weekStartOf("en-US")).toBe(0);
});

describe("what was made", () => {
	const shown = (search: Record<string, string>, first: string, last = first) =>
		searchShowing(search, stateOf(search, defaults), { first, last, calendarId: "work" }, 1);

	it("is in sight already on any day of the view", () => {
		expect(shown({ date: "2026-11-17" }, "2026-11-22")).toBeNull();
		expect(shown({ view: "month", hide: "home" }, "2026-11-30")).toBeNull();
		expect(shown({ view: "agenda" }, "2026-12-20")).toBeNull();
		expect(shown({ view: "day" }, "2026-11-20", "2026-11-21")).toBeNull();
	});

	it("is gone to where it is on another, in the same view and zone", () => {
		expect(shown({}, "2026-11-23")).toEqual({ date: "2026-11-23" });
		expect(shown({ view: "day", date: "2026-11-02", zone: "UTC" }, "2026-11-01")).toEqual({
			view: "day",
			date: "2026-11-01",
			zone: "UTC",
		});
	});

	it("is shown though its calendar was hidden, or something else was searched for", () => {
		expect(shown({ date: "2026-11-17", hide: "home,work", q: "x" }, "2026-11-18")).toEqual({
			date: "2026-11-17",
			hide: "home",
		});
		expect(shown({ hide: "work" }, "2026-11-18")).toEqual({});
	});
});
