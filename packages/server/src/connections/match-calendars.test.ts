import { expect, it } from "vitest";
import { matchCalendars } from "./match-calendars.ts";

const row = (id: string, provider_calendar_id: string, name = id) => ({ id, provider_calendar_id, name });

it("leaves calendars alone that keep their id", () => {
	expect(matchCalendars([row("1", "/a/work/")], [{ id: "/a/work/", name: "Renamed" }])).toEqual([]);
});

it("follows a calendar whose folder moved", () => {
	expect(
		matchCalendars(
			[row("1", "/a/work/"), row("2", "/a/home/")],
			[
				{ id: "/dav/home/", name: "x" },
				{ id: "/dav/work/", name: "y" },
			],
		),
	).toEqual([
		{ id: "1", from: "/a/work/", to: "/dav/work/" },
		{ id: "2", from: "/a/home/", to: "/dav/home/" },
	]);
});

it("follows a calendar by its name where only that is left", () => {
	expect(matchCalendars([row("1", "/a/1/", "Work")], [{ id: "/b/2/", name: "Work" }])).toEqual([
		{ id: "1", from: "/a/1/", to: "/b/2/" },
	]);
});

it("guesses nothing where two could be meant", () => {
	expect(
		matchCalendars(
			[row("1", "/a/1/", "Work")],
			[
				{ id: "/b/2/", name: "Work" },
				{ id: "/b/3/", name: "Work" },
			],
		),
	).toEqual([]);
});
