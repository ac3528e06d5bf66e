import { expect, it } from "vitest";
import { eventOf } from "../testing.ts";
import { byDay, partOn } from "./by-day.ts";

const days = { from: "2026-12-05", to: "2026-12-08" };
const trip = eventOf({ id: "trip", all_day: true, start: { date: "2026-12-04" }, end: { date: "2026-12-07" } });
const lunch = eventOf({ id: "lunch", start: at("12:00"), end: at("13:00") });
const early = eventOf({ id: "early", start: at("08:00"), end: at("09:00") });

function at(time: string) {
	return { date_time: `2026-12-06T${time}:00Z`, time_zone: "UTC" };
}

const shown = (groups: ReturnType<typeof byDay>) =>
	groups.map(({ day, events }) => [day, ...events.map(({ id }) => id)]);

it("lists what lasts longer under each of its days that are shown", () => {
	expect(shown(byDay([lunch, trip, early], days, "UTC"))).toEqual([
		["2026-12-05", "trip"],
		["2026-12-06", "trip", "early", "lunch"],
	]);
});

it("lists what was found once", () => {
	expect(shown(byDay([trip, lunch], null, "UTC"))).toEqual([
		["2026-12-04", "trip"],
		["2026-12-06", "lunch"],
	]);
});

it("goes by the days of the zone", () => {
	expect(shown(byDay([early], days, "America/Los_Angeles"))[0]?.[0]).toBe("2026-12-06");
	expect(shown(byDay([early], days, "Pacific/Honolulu"))[0]?.[0]).toBe("2026-12-05");
});

it("knows what of an event is on each of its days", () => {
	const night = eventOf({
		id: "night",
		start: { date_time: "2026-12-08T18:00:00+01:00", time_zone: "Europe/Berlin" },
		end: { date_time: "2026-12-10T09:00:00+01:00", time_zone: "Europe/Berlin" },
	});
	const parts = (zone: string) => ["08", "09", "10"].map((day) => partOn(`2026-12-${day}`, night, zone));
	expect(parts("Europe/Berlin")).toEqual(["beginning", "middle", "end"]);
	expect(partOn("2026-12-06", lunch, "UTC")).toBe("whole");
	expect(partOn("2026-12-07", lunch, "Pacific/Kiritimati")).toBe("whole");
});
