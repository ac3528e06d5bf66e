import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { drawn, eventOn, openCalendar, radicaleCalendar } from "./support/calendar.ts";
import { lookAt } from "./support/chromium.ts";
import { type Stage, startStage } from "./support/stage.ts";

/** How the calendar looks and what its address says. */

let stage: Stage;
const MONDAY = "2027-02-01";

beforeAll(async () => {
	stage = await startStage();
	const work = await radicaleCalendar(stage, "work", { displayName: "Work", color: "#2f6fde" });
	await work.put("review", "Design review", "20270202T100000", "20270202T110000");
	await work.put("overlap", "Architecture", "20270202T103000", "20270202T120000", ["STATUS:TENTATIVE"]);
	await work.put("trip", "Trip", "20270203", "20270205");
	await work.put("series", "Stand-up", "20270201T090000", "20270201T093000", ["RRULE:FREQ=DAILY;COUNT=5"]);
	await stage.connectRadicale("Radicale");
	await stage.kalends.request("PATCH", "/v1/me", { time_zone: "Europe/Berlin" });
});
afterAll(() => stage?.close());

test("an address opens its event on its day; closed, the address forgets it", async () => {
	const { data } = await stage.kalends.request<{ data: { id: string }[] }>(
		"GET",
		"/v1/events?from=2027-02-02T00:00:00Z&to=2027-02-03T00:00:00Z&q=Design",
	);
	const { page, complaints, close } = await openCalendar(stage, `/calendar?event=${data[0]?.id}`);
	const dialog = page.getByRole("dialog", { name: /Design review/ });
	await dialog.waitFor();
	await page.waitForURL(/date=2027-02-02/);
	await page.keyboard.press("Escape");
	await dialog.waitFor({ state: "detached" });
	await page.waitForURL((url) => !url.searchParams.has("event"));
	await eventOn(page, "Design review").waitFor();
	expect(complaints).toEqual([]);
	await close();
});

test.each([
	["week", `/calendar?view=week&date=${MONDAY}&second_zone=America/New_York`],
	["month", `/calendar?view=month&date=${MONDAY}`],
	["day", "/calendar?view=day&date=2027-02-02"],
	["agenda", `/calendar?view=agenda&date=${MONDAY}`],
])("%s is accessible in both themes and widths", async (view, path) => {
	const ready = async (page: Page) => {
		if (view !== "agenda") await drawn(page);
		await eventOn(page, view === "month" ? "Stand-up" : "Design review").waitFor();
	};
	await lookAt(stage.browser, stage, { name: `calendar-${view}`, path, ready });
});
