import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startRadicale } from "../../packages/providers/src/testing/radicale.ts";
import { ADMIN_EMAIL, startKalends } from "../support/kalends.ts";
import { until } from "../support/until.ts";
import { drawn, eventOn, openCalendar, radicaleCalendar } from "./support/calendar.ts";
import { DESKTOP, expectAccessible, launchChromium, lookAt, shoot } from "./support/chromium.ts";
import { type Stage, stageOf } from "./support/stage.ts";

/** How the calendar looks and what its address says. */

let stage: Stage;
let connection: { readonly id: string };
let calendars: ReadonlyMap<string, string>;
const MONDAY = "2027-02-01";
const MANY = 500;
/** At one time. */
const TALKS = [..."ABCDEFGHIJKLM"];
/** Of the page's own processor time, which other work on the machine does not lengthen; about 0.35 when it was written. */
const MOST_WORK_S = 1.5;

beforeAll(async () => {
	const radicale = startRadicale({ password: "first" });
	stage = await stageOf(...(await Promise.all([startKalends(), radicale, launchChromium()])));
	const work = await radicaleCalendar(stage, "work", { displayName: "Work", color: "#2f6fde" });
	await work.put("review", "Design review", "20270202T100000", "20270202T110000");
	await work.put("overlap", "Architecture", "20270202T103000", "20270202T120000", ["STATUS:TENTATIVE"]);
	await work.put("trip", "Trip", "20270203", "20270205");
	await work.put("series", "Stand-up", "20270201T090000", "20270201T093000", ["RRULE:FREQ=DAILY;COUNT=5"]);
	for (const letter of TALKS) await work.put(`talk-${letter}`, `Talk ${letter}`, "20270316T100000", "20270316T110000");
	const home = await radicaleCalendar(stage, "home", { displayName: "Home", color: "#d9643a" });
	await home.put("party", "Party", "20270206T190000", "20270206T230000", [
		"ORGANIZER:mailto:ann@example.org",
		"ATTENDEE;PARTSTAT=ACCEPTED:mailto:ann@example.org",
		`ATTENDEE;PARTSTAT=DECLINED:mailto:${ADMIN_EMAIL}`,
	]);
	await stage.radicale.putWhole(await stage.radicale.createCalendar("many", { displayName: "Many" }), fullMonth());
	connection = await stage.connectRadicale("Radicale");
	await stage.kalends.request("PATCH", "/v1/me", { time_zone: "Europe/Berlin" });
	const { data } = await stage.kalends.request<{ data: { id: string; name: string }[] }>("GET", "/v1/calendars");
	calendars = new Map(data.map(({ id, name }) => [name, id]));
});
afterAll(() => stage?.close());

/** June 2027, with sixteen events or more on each day. */
function fullMonth(): string {
	const events = Array.from({ length: MANY }, (_, index) => {
		const day = `202706${String((index % 30) + 1).padStart(2, "0")}`;
		const hour = String(6 + Math.floor(index / 30)).padStart(2, "0");
		return [
			...["BEGIN:VEVENT", `UID:many-${index}`, "DTSTAMP:20260101T000000Z", `SUMMARY:Meeting ${index}`],
			...[`DTSTART:${day}T${hour}0000Z`, `DTEND:${day}T${hour}4500Z`, "END:VEVENT"],
		];
	});
	return [
		"BEGIN:VCALENDAR",
		"VERSION:2.0",
		"PRODID:-//test//EN",
		"X-WR-CALNAME:Many",
		...events.flat(),
		"END:VCALENDAR",
		"",
	].join("\r\n");
}

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

test("by keyboard alone: views, days, arrows from event to event, and what one opens", async () => {
	const { page, complaints, close } = await openCalendar(stage, `/calendar?view=week&date=${MONDAY}`);
	const focused = () => page.evaluate(() => document.activeElement?.closest("[data-event-id]")?.textContent ?? "");
	const expectFocus = (title: string) => until(`focus on ${title}`, async () => (await focused()).startsWith(title));
	await eventOn(page, "Design review").waitFor();
	const oneStop = () =>
		until("one event that the tab key reaches", async () => {
			return (await page.locator("[data-event-id][tabindex='0']").count()) === 1;
		});
	await oneStop();
	await until("the tab key reaches an event", async () => {
		await page.keyboard.press("Tab");
		return (await focused()) !== "";
	});
	const steps = [
		["Home", "Stand-up, Mon 1"],
		["ArrowRight", "Stand-up, Tue 2"],
		["ArrowDown", "Design review"],
		["ArrowDown", "Architecture"],
		["ArrowRight", "Stand-up, Wed 3"],
		["ArrowUp", "Trip"],
		["ArrowLeft", "Stand-up, Tue 2"],
		["End", "Party"],
	] as const;
	for (const [key, title] of steps) {
		await page.keyboard.press(key);
		await expectFocus(title);
	}
	await page.keyboard.press("Enter");
	const card = page.getByRole("dialog", { name: /Party/ });
	await card.waitFor();
	await page.keyboard.press("Escape");
	await card.waitFor({ state: "detached" });
	await expectFocus("Party");
	const views = [
		["m", /view=month/, "February 2027"],
		["j", /date=2027-03/, "March 2027"],
		["k", /date=2027-02/, "February 2027"],
		["d", /view=day/, "1 February 2027"],
		["j", /date=2027-02-02/, "2 February 2027"],
		["a", /view=agenda/, "2 Feb – 3 Mar 2027"],
		["w", /view=week/, "1 – 7 Feb 2027"],
	] as const;
	for (const [key, address, heading] of views) {
		await page.keyboard.press(key);
		await page.waitForURL(address);
		await page.getByRole("heading", { level: 1, name: heading, exact: true }).waitFor();
		if (key === "m" || key === "d" || key === "a") {
			await eventOn(page, "Stand-up").waitFor();
			await oneStop();
		}
	}
	await page.keyboard.press("t");
	await page.waitForURL((url) => !url.searchParams.has("date"));
	expect(complaints).toEqual([]);
	await close();
});

test("calendars are hidden and shown; the address keeps it", async () => {
	const { page, complaints, close } = await openCalendar(stage, `/calendar?view=week&date=${MONDAY}`);
	await eventOn(page, "Party, Sat 6 Feb").getByText("declined").waitFor({ state: "attached" });
	const home = page.getByRole("checkbox", { name: "Home" });
	await home.uncheck();
	await eventOn(page, "Party").waitFor({ state: "detached" });
	await page.reload();
	await eventOn(page, "Design review").waitFor();
	expect(await eventOn(page, "Party").count()).toBe(0);
	expect(new URL(page.url()).searchParams.get("hide")).toBe(calendars.get("Home"));
	await home.check();
	await eventOn(page, "Party").waitFor();
	expect(new URL(page.url()).searchParams.has("hide")).toBe(false);
	expect(complaints).toEqual([]);
	await close();
});

test("search finds by any word, says where nothing is found, and ends with Escape", async () => {
	const day = Temporal.Now.plainDateISO("UTC").add({ days: 20 }).toString();
	const { id } = await stage.kalends.request<{ id: string }>("POST", "/v1/events", {
		calendar_id: calendars.get("Home"),
		title: "Dentist",
		location: "Friedrichstraße 101",
		start: { date: day },
	});
	const { page, complaints, close } = await openCalendar(stage, `/calendar?view=week&date=${MONDAY}`);
	await page.keyboard.press("/");
	const field = page.getByRole("searchbox", { name: "Search in the calendar" });
	await field.fill("friedrichstr");
	await eventOn(page, "Dentist").waitFor();
	expect(await page.locator("[data-event-id]").count()).toBe(1);
	expect(new URL(page.url()).searchParams.get("q")).toBe("friedrichstr");
	await field.fill("nobody wrote this");
	await page.getByRole("heading", { name: "Nothing was found" }).waitFor();
	await page.keyboard.press("Escape");
	await eventOn(page, "Design review").waitFor();
	expect(new URL(page.url()).searchParams.has("q")).toBe(false);
	await page.locator(":focus[aria-label=Search]").waitFor();
	await stage.kalends.request("DELETE", `/v1/events/${id}`);
	expect(complaints).toEqual([]);
	await close();
});

test("times are shown in another zone, a second stands beside it; week, clock and zone are as one prefers", async () => {
	const { page, complaints, close } = await openCalendar(stage, `/calendar?view=week&date=${MONDAY}`);
	const firstDay = () => page.locator(".cal-grid [role=columnheader] button").first();
	await eventOn(page, "Design review, Tue 2 Feb, 10:00 – 11:00").waitFor();
	await firstDay().getByText("Monday").waitFor({ state: "attached" });
	await page.getByRole("button", { name: "Time zone: Berlin (GMT+1)" }).click();
	await until("what is typed to name a zone", () =>
		page.getByLabel("Show times in").evaluate((select) => select === document.activeElement),
	);
	await page.getByLabel("Show times in").selectOption("America/New_York");
	await eventOn(page, "Design review, Tue 2 Feb, 04:00 – 05:00").waitFor();
	await page.getByLabel("Second time zone").selectOption("Asia/Tokyo");
	await page.keyboard.press("Escape");
	await page.getByRole("button", { name: "Time zone: New York (GMT−5)" }).waitFor();
	// What stands beside 18:00 in New York.
	const gutter = page.locator(".cal-grid").getByText("08:0018:00").first();
	await gutter.waitFor({ state: "attached" });
	await stage.kalends.request("PATCH", "/v1/me", {
		time_zone: "Asia/Kolkata",
		preferences: { week_start: "sunday", hour_cycle: 12, secondary_time_zone: "UTC" },
	});
	await page.goto(`/calendar?view=week&date=${MONDAY}`);
	await eventOn(page, "Design review, Tue 2 Feb, 2:30 pm – 3:30 pm").waitFor();
	await firstDay().getByText("Sunday").waitFor({ state: "attached" });
	await page.locator(".cal-grid").getByText("9:30 am3:00 pm").first().waitFor({ state: "attached" });
	await stage.kalends.request("PATCH", "/v1/me", {
		time_zone: "Europe/Berlin",
		preferences: { week_start: null, hour_cycle: null, secondary_time_zone: null },
	});
	expect(complaints).toEqual([]);
	await close();
});

test("five hundred events in a month: little is drawn at once, and all of a day by a press", async () => {
	const { page, complaints, close } = await openCalendar(stage, "/calendar?view=month&date=2027-05-01");
	const session = await page.context().newCDPSession(page);
	await session.send("Performance.enable", { timeDomain: "threadTicks" });
	const work = async () => {
		const { metrics } = await session.send("Performance.getMetrics");
		return metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN;
	};
	const before = await work();
	await page.keyboard.press("j");
	const more = page.getByRole("button", { name: /^1\d more events on \w+ \d+ June$/ });
	await more.nth(29).waitFor();
	expect((await work()) - before).toBeLessThan(MOST_WORK_S);
	const perDay = (await page.locator("[data-event-id]").count()) / 30;
	expect([2, 3, 4]).toContain(perDay);
	// All weeks are seen at once.
	const last = await page.locator('[role=cell][data-date="2027-06-30"]').boundingBox();
	expect((last?.y ?? 0) + (last?.height ?? 0)).toBeLessThanOrEqual(DESKTOP.height);
	await more.first().click();
	await page.getByText("Meeting 480", { exact: true }).waitFor();
	expect(complaints).toEqual([]);
	await close();
});

test("of thirteen events at one time as many stand side by side as can be read; the others are opened by keys", async () => {
	const { page, complaints, close } = await openCalendar(stage, "/calendar?view=week&date=2027-03-15");
	await eventOn(page, "Talk A").waitFor();
	const talks = page.locator("[data-event-id]", { hasText: "Talk " });
	const shown = await talks.count();
	expect(shown).toBeLessThan(6);
	const more = page.getByRole("button", { name: `${TALKS.length - shown} more events on Tuesday 16 March` });
	const beside = await more.boundingBox();
	for (const talk of await talks.all()) {
		const { x, width } = (await talk.boundingBox()) ?? { x: 0, width: 0 };
		expect(width).toBeGreaterThanOrEqual(24);
		expect(x + width).toBeLessThanOrEqual(beside?.x ?? 0);
	}
	await shoot(page, "calendar-side-by-side");
	await expectAccessible(page);
	await more.focus();
	await page.keyboard.press("Enter");
	await page.getByRole("dialog").getByText("Talk M", { exact: true }).waitFor();
	await page.keyboard.press("Escape");
	await page.getByRole("dialog").waitFor({ state: "detached" });
	await until("focus back", () => more.evaluate((element) => element === document.activeElement));
	// In the day there is room for all.
	await page.goto("/calendar?view=day&date=2027-03-16");
	await eventOn(page, "Talk M").waitFor();
	expect(complaints).toEqual([]);
	await close();
});

test("an account that does not sync is named above the calendar, until it is put right", async () => {
	const { page, complaints, close } = await openCalendar(stage, `/calendar?view=week&date=${MONDAY}`);
	const sync = () => stage.kalends.request("POST", `/v1/connections/${connection.id}/sync?wait=true`);
	const strip = page.getByText(/^Radicale /).filter({ has: page.locator("strong") });
	await eventOn(page, "Design review").waitFor();
	expect(await strip.count()).toBe(0);
	await stage.radicale.changePassword("second");
	await sync();
	await strip.waitFor();
	await eventOn(page, "Design review").waitFor();
	await stage.kalends.request("PATCH", `/v1/connections/${connection.id}`, { password: "second" });
	await sync();
	await strip.waitFor({ state: "detached" });
	expect(complaints).toEqual([]);
	await close();
});
