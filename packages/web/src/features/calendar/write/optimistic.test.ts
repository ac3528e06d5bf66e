import { describe, expect, it } from "vitest";
import { eventOf } from "../testing.ts";
import { applied } from "./optimistic.ts";

const berlin = (date_time: string) => ({ date_time, time_zone: "Europe/Berlin" });
const occurrence = (day: string) =>
	eventOf({
		id: `evt_s.2026120${day}T080000Z`,
		recurring_event_id: "evt_s",
		original_start: berlin(`2026-12-0${day}T09:00:00+01:00`),
		start: berlin(`2026-12-0${day}T09:00:00+01:00`),
		end: berlin(`2026-12-0${day}T10:00:00+01:00`),
	});
const [one, two, three] = [occurrence("1"), occurrence("2"), occurrence("3")] as const;
const other = eventOf({ id: "evt_2", title: "Other" });
const list = [one, two, three, other];
const titles = (events: readonly { title: string }[]) => events.map(({ title }) => title);

describe("a change is shown at once", () => {
	const rename = (scope: "this" | "following" | "all") =>
		titles(applied(list, { kind: "update", target: two, patch: { title: "New" }, scope }, "UTC"));

	it("on the occurrences that the scope means", () => {
		expect(rename("this")).toEqual(["Event", "New", "Event", "Other"]);
		expect(rename("following")).toEqual(["Event", "New", "New", "Other"]);
		expect(rename("all")).toEqual(["New", "New", "New", "Other"]);
	});

	it("as waiting for the provider", () => {
		const [event] = applied(
			[other],
			{ kind: "update", target: other, patch: { location: "Here" }, scope: null },
			"UTC",
		);
		expect(event).toMatchObject({ location: "Here", sync: { state: "pending" } });
	});

	it("moves the others of a series by as much", () => {
		const patch = { start: berlin("2026-12-02T10:30:00+01:00"), end: berlin("2026-12-02T11:00:00+01:00") };
		const moved = applied(list, { kind: "update", target: two, patch, scope: "following" }, "UTC");
		expect(moved.map(({ start }) => start).slice(0, 3)).toEqual([
			one.start,
			patch.start,
			berlin("2026-12-03T10:30:00+01:00"),
		]);
		expect(moved[2]?.end).toEqual(berlin("2026-12-03T11:00:00+01:00"));
	});

	it("makes a timed event a day", () => {
		const patch = { start: { date: "2026-12-07" }, end: { date: "2026-12-08" } };
		const [event] = applied([other], { kind: "update", target: other, patch, scope: null }, "UTC");
		expect(event).toMatchObject({ ...patch, all_day: true });
	});
});

it("takes away what is deleted", () => {
	const left = applied(list, { kind: "delete", target: two, scope: "following" }, "UTC");
	expect(left).toEqual([one, other]);
	expect(applied(list, { kind: "delete", target: two, scope: "this" }, "UTC")).toEqual([one, three, other]);
});

it("adds what is made, once", () => {
	const made = eventOf({ id: "new", title: "Made" });
	const once = applied(list, { kind: "create", event: made }, "UTC");
	expect(applied(once, { kind: "create", event: { ...made, title: "Again" } }, "UTC").at(-1)?.title).toBe("Again");
	expect(once).toHaveLength(5);
});
