import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { otherClient } from "../support/other-client.ts";
import { DESKTOP, launchChromium, openWindow, shoot, sidewaysScroll } from "./support/chromium.ts";
import { type Stage, startStage } from "./support/stage.ts";

/** Every screen as some people need it: enlarged, from right to left, in the system's own colours. */

const LONG = "A title that goes on and on as titles of invitations that were forwarded twice do";

let stage: Stage;
let eventId: string;
beforeAll(async () => {
	stage = await startStage();
	const path = await stage.radicale.createCalendar("work", { displayName: "Work and everything", color: "#2f6fde" });
	const work = otherClient(stage.radicale, path);
	// As a calendar that is called by its owner's address.
	const long = `${"w".repeat(64)}@${"a-department.".repeat(8)}example.org`;
	await stage.radicale.createCalendar("long", { displayName: long });
	const tomorrow = Temporal.Now.plainDateISO("UTC").add({ days: 1 }).toString().replaceAll("-", "");
	for (const [uid, title, hour] of [
		["long", LONG, "09"],
		["short", "Tea", "13"],
	]) {
		await work.create(`${uid}`, [
			`SUMMARY:${title}`,
			`DTSTART:${tomorrow}T${hour}0000Z`,
			`DTEND:${tomorrow}T${hour}4500Z`,
			"LOCATION:Großer Saal\\, Friedrichstraße 101",
		]);
	}
	await stage.connectRadicale("Radicale at home");
	const { data } = await stage.kalends.request<{ data: { id: string }[] }>("GET", "/v1/events/upcoming");
	eventId = data[0]?.id ?? "";
});
afterAll(() => stage?.close());

/** What says that a screen is there. */
const SCREENS: readonly { name: string; path: () => string; heading: RegExp }[] = [
	{ name: "dashboard", path: () => "/", heading: /^Dashboard$/ },
	{ name: "agenda", path: () => "/calendar?view=agenda", heading: /./ },
	{ name: "week", path: () => "/calendar?view=week", heading: /./ },
	{ name: "event", path: () => `/calendar/event/${eventId}`, heading: /./ },
	{ name: "settings", path: () => "/settings/calendars", heading: /^Calendar integration$/ },
	{ name: "setup", path: () => "/setup", heading: /^Set up Kalends$/ },
	{ name: "developers", path: () => "/developers", heading: /^Developers$/ },
	{ name: "admin", path: () => "/admin", heading: /./ },
	{ name: "account", path: () => "/account", heading: /./ },
	{ name: "notifications", path: () => "/notifications", heading: /./ },
];

async function arrive(page: Page, screen: (typeof SCREENS)[number]): Promise<void> {
	await page.goto(screen.path());
	await page.getByRole("heading", { name: screen.heading }).first().waitFor();
	if (screen.name === "week") await page.locator(".cal-grid").waitFor();
	await page.waitForFunction(() => document.querySelector("[aria-busy=true]") === null);
}

test("from right to left, in the system's colours, and at 400 % zoom", { timeout: 180_000 }, async () => {
	const { page, complaints, close } = await stage.open();
	const found: (string | null)[] = [];
	for (const screen of SCREENS) {
		await page.setViewportSize(DESKTOP);
		await arrive(page, screen);
		await page.evaluate(() => document.documentElement.setAttribute("dir", "rtl"));
		await shoot(page, `rtl-${screen.name}`);
		found.push(await tooWide(page, "from right to left"));
		await page.evaluate(() => document.documentElement.removeAttribute("dir"));
		await page.emulateMedia({ forcedColors: "active", colorScheme: "dark" });
		await shoot(page, `forced-${screen.name}`);
		found.push(await looksAlike(page));
		await page.emulateMedia({ forcedColors: "none", colorScheme: "light" });
		// 1280 by 1024 pixels, each four times as wide and high.
		await page.setViewportSize({ width: 320, height: 256 });
		await page.evaluate(() => new Promise(requestAnimationFrame));
		found.push(await tooWide(page, "at 400 %"));
		await page.setViewportSize({ width: 320, height: 568 });
		await shoot(page, `zoom-${screen.name}`);
	}
	expect(found.filter((fault) => fault !== null)).toEqual([]);
	expect(complaints).toEqual([]);
	await close();
});

test("at 200 % zoom the lowest button of the rail can be seen; with text of 200 % the calendar fits", async () => {
	const { page, complaints, close } = await stage.open();
	// 1280 by 800 pixels, each twice as wide and high.
	await page.setViewportSize({ width: 640, height: 400 });
	await page.goto("/");
	const status = page.getByRole("button", { name: /^Sync status/ });
	await status.focus();
	const box = await status.boundingBox();
	expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(400);
	expect(box).not.toBeNull();
	// Where a style of one's own enlarges the text, media queries know nothing of it.
	await page.setViewportSize(DESKTOP);
	for (const path of ["/calendar?view=week", "/calendar?view=month&q=Tea"]) {
		await page.goto(path);
		await page.getByRole("heading", { level: 1 }).waitFor();
		await page.waitForFunction(() => document.querySelector("[aria-busy=true]") === null);
		await page.evaluate(() => document.documentElement.style.setProperty("font-size", "200%"));
		await page.evaluate(() => new Promise(requestAnimationFrame));
		expect(await tooWide(page, "with a large root")).toBeNull();
	}
	await shoot(page, "text-root-month");
	expect(complaints).toEqual([]);
	await close();
});

test("where the browser's text is twice as large", { timeout: 180_000 }, async () => {
	const browser = await launchChromium(["--blink-settings=defaultFontSize=32"]);
	const { page, context, complaints, close } = await openWindow(browser, stage.url);
	await context.addCookies([...stage.cookies]);
	const found: (string | null)[] = [];
	for (const screen of SCREENS) {
		await arrive(page, screen);
		await shoot(page, `text-${screen.name}`);
		found.push(await tooWide(page, "with large text"));
		await page.setViewportSize({ width: 640, height: 800 });
		await page.evaluate(() => new Promise(requestAnimationFrame));
		found.push(await tooWide(page, "with large text in half a window"));
		await page.setViewportSize(DESKTOP);
	}
	expect(found.filter((fault) => fault !== null)).toEqual([]);
	expect(complaints).toEqual([]);
	await close();
	await browser.close();
});

async function tooWide(page: Page, when: string): Promise<string | null> {
	const beyond = await sidewaysScroll(page);
	return beyond > 0 ? `${page.url()} ${when}: ${beyond} px too wide` : null;
}

/** What is chosen has a frame where backgrounds are gone. */
async function looksAlike(page: Page): Promise<string | null> {
	const chosen = page.locator("nav [aria-current=page]").first();
	if ((await chosen.count()) === 0) return null;
	const outline = await chosen.evaluate((element) => getComputedStyle(element).outlineStyle);
	return outline === "none" ? `${page.url()}: the current page looks like the others` : null;
}
