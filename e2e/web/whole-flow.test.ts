import { type FeedServer, type Radicale, startFeedServer, startRadicale } from "@kalends/providers/testing";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ADA, startWithGoogle, type WithGoogle } from "../support/google.ts";
import { type OtherClient, otherClient, withProperty } from "../support/other-client.ts";
import { until } from "../support/until.ts";
import {
	expectAccessible,
	expectNoSidewaysScroll,
	launchChromium,
	openWindow,
	PHONE,
	shoot,
	type Window,
	type WindowOptions,
} from "./support/chromium.ts";
import { allow, consentAs } from "./support/google-consent.ts";

/** As a new person would: from an empty data folder to events changed here and seen there, and the other way round. */

const PASSWORD = "correct horse battery staple";
const ZONE = "Europe/Berlin";
/** On Google's consent page. */
const BOX = "View and edit events on all your calendars";
/** A day on which neither clocks nor weeks change at midnight. */
const DAY = Temporal.Now.plainDateISO(ZONE).add({ days: 1 });

let google: WithGoogle;
let radicale: Radicale;
let feeds: FeedServer;
let browser: Browser;
let choir: OtherClient;

beforeAll(async () => {
	const nobody = { KALENDS_ADMIN_EMAIL: "", KALENDS_ADMIN_PASSWORD: "", KALENDS_ADMIN_API_KEY: "" };
	[google, radicale, feeds, browser] = await Promise.all([
		startWithGoogle({ seed: "demo" }, { env: { ...nobody, KALENDS_SIGNUP: "open" } }),
		startRadicale(),
		startFeedServer(),
		launchChromium(),
	]);
	choir = otherClient(radicale, await radicale.createCalendar("choir", { displayName: "Choir", color: "#c2388f" }));
	await google.inGoogle("POST", "calendars/primary/events", {
		summary: "Budget review",
		start: { dateTime: `${DAY}T10:00:00`, timeZone: ZONE },
		end: { dateTime: `${DAY}T11:00:00`, timeZone: ZONE },
	});
	feeds.serve("/terms.ics", ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//t//EN", "END:VCALENDAR", ""].join("\r\n"));
});
afterAll(async () => {
	await browser?.close();
	await google?.stop();
	await radicale?.stop();
	await feeds?.close();
});

test("on a desktop: account, Radicale and Google, merged; dragged here, changed there", {
	timeout: 180_000,
}, async () => {
	await rehearse("rehearsal", "Rehearsal", "14");
	const { page, complaints, close } = await open();
	await page.goto("/");
	await page.waitForURL("**/setup");
	await register(page, "first@example.com");
	await page.getByRole("heading", { name: "Set up Kalends" }).waitFor();
	await page.getByRole("link", { name: "Go to the dashboard" }).click();
	await page.getByRole("main").getByRole("link", { name: "Connect a calendar" }).click();
	await connectRadicale(page);
	await connectFeed(page);
	await appleNeedsBoth(page);
	await connectGoogleInTwo(page);
	await page.getByRole("link", { name: "Dashboard" }).click();
	await expectMerged(page, "Rehearsal");
	await shoot(page, "whole-dashboard");

	await page.goto(`/calendar?view=week&date=${DAY}`);
	const rehearsal = event(page, "Rehearsal");
	await rehearsal.waitFor();
	await page.locator("[aria-busy=false] .cal-grid").waitFor();
	await rehearsal.scrollIntoViewIfNeeded();
	const from = await middleOf(rehearsal);
	const hour = (await rowOf(page, "15:00")) - (await rowOf(page, "14:00"));
	await page.mouse.move(from.x, from.y);
	await page.mouse.down();
	await page.mouse.move(from.x, from.y + hour / 2, { steps: 5 });
	await page.mouse.move(from.x, from.y + hour, { steps: 5 });
	await page.mouse.up();
	await until("the new time on Radicale", () => startsAt("rehearsal", "15"));
	await changeThere(page, "rehearsal", "Rehearsal in the hall");
	expect(complaints).toEqual([]);
	await close();
});

test("on a phone: the same by touch, moved without dragging", { timeout: 180_000 }, async () => {
	await rehearse("lesson", "Singing lesson", "16");
	const { page, complaints, close } = await open({ size: PHONE, theme: "dark" });
	await page.goto("/sign-up");
	await register(page, "phone@example.com");
	await page.getByRole("link", { name: "Settings" }).tap();
	await connectRadicale(page);
	await connectGoogle(page);
	// A lock with its reason leaves the name its room.
	const readOnly = page.getByRole("article", { name: ADA }).getByText("Company holidays", { exact: true }).first();
	expect((await readOnly.boundingBox())?.height).toBeLessThan(30);
	await page.getByRole("link", { name: "Dashboard" }).tap();
	await expectMerged(page, "Singing lesson");
	await expectNoSidewaysScroll(page);
	await expectAccessible(page);
	await shoot(page, "whole-dashboard");

	await page.goto(`/calendar?view=day&date=${DAY}`);
	await event(page, "Singing lesson").tap();
	await page.getByRole("dialog").getByRole("button", { name: "Move…" }).tap();
	const dialog = page.getByRole("dialog", { name: "Move “Singing lesson”" });
	await dialog.getByLabel("End time").fill("18:00");
	await dialog.getByLabel("Start time").fill("17:00");
	await shoot(page, "whole-move");
	await dialog.getByRole("button", { name: "Move", exact: true }).tap();
	await until("the new time on Radicale", () => startsAt("lesson", "17"));
	await expectNoSidewaysScroll(page);
	await changeThere(page, "lesson", "Lesson at Clara's");
	expect(complaints).toEqual([]);
	await close();
});

test("by keyboard alone: account, CalDAV, a new event, and moving it", { timeout: 180_000 }, async () => {
	const { page, complaints, close } = await open();
	const keys = page.keyboard;
	await page.goto("/sign-up");
	await tabTo(page, page.getByLabel("E-mail address"));
	await keys.type("keys@example.com");
	await keys.press("Tab");
	await keys.type(PASSWORD);
	await keys.press("Enter");
	await page.getByRole("heading", { name: "Dashboard" }).waitFor();

	await keys.press("Control+k");
	const palette = page.getByRole("dialog", { name: "Go to, or do…" });
	await palette.getByRole("combobox").waitFor();
	await expectAccessible(page);
	await shoot(page, "palette");
	await keys.type("settings");
	await keys.press("Enter");
	await page.getByRole("heading", { name: "Nothing is connected yet" }).waitFor();
	await tabTo(page, page.getByRole("button", { name: "Connect CalDAV" }));
	await keys.press("Enter");
	await tabTo(page, page.getByLabel("Address of the server"));
	await keys.type(radicale.url.href);
	await keys.press("Tab");
	await keys.type(radicale.username);
	await keys.press("Tab");
	await keys.type(radicale.password || "whatever");
	await keys.press("Enter");
	await page.getByRole("dialog", { name: /^Connected: / }).waitFor();
	await keys.press("Escape");

	await keys.press("Control+k");
	await keys.type("calendar");
	await keys.press("Enter");
	await page.waitForURL("**/calendar");
	await page.getByRole("button", { name: "New event" }).waitFor();
	await keys.press("?");
	await page.getByRole("dialog", { name: "Keyboard shortcuts" }).getByText("On an event").waitFor();
	await expectAccessible(page);
	await shoot(page, "shortcuts");
	await keys.press("Escape");
	await keys.press("c");
	await page.getByRole("dialog", { name: "New event" }).waitFor();
	await keys.type("By keys");
	await keys.press("Enter");
	const made = event(page, "By keys");
	await made.waitFor();
	const before = await until("the event on Radicale", () => startOf("By keys"));
	await tabTo(page, made);
	await keys.press("Alt+ArrowDown");
	await until("its new time on Radicale", async () => {
		const start = await startOf("By keys");
		return start !== null && start !== before;
	});
	expect(complaints).toEqual([]);
	await close();
});

function open(options: WindowOptions = {}): Promise<Window> {
	return openWindow(browser, google.kalends.url, { ...options, mayLeaveTo: [new URL(google.google.url).origin] });
}

async function register(page: Page, email: string): Promise<void> {
	await page.getByLabel("E-mail address").fill(email);
	await page.getByLabel("Password").fill(PASSWORD);
	await page.keyboard.press("Enter");
}

async function connectRadicale(page: Page): Promise<void> {
	await page.getByRole("button", { name: "Connect CalDAV" }).click();
	const dialog = page.getByRole("dialog", { name: "Connect a CalDAV account" });
	await dialog.getByLabel("Address of the server").fill(radicale.url.href);
	await dialog.getByLabel("User name").fill(radicale.username);
	await dialog.getByLabel("Password").fill(radicale.password || "whatever");
	await dialog.getByLabel("Name here").fill("Radicale");
	await dialog.getByRole("button", { name: "Connect", exact: true }).click();
	const found = page.getByRole("dialog", { name: "Connected: Radicale" });
	await found.getByText("Choir", { exact: true }).waitFor();
	await found.getByRole("button", { name: "Done" }).click();
}

async function connectFeed(page: Page): Promise<void> {
	await page.getByRole("button", { name: "Add an ICS feed" }).click();
	const dialog = page.getByRole("dialog", { name: "Add an ICS feed" });
	await dialog.getByLabel("Address of the feed").fill(new URL("/terms.ics", feeds.url).href);
	await dialog.getByLabel("Name here").fill("Terms");
	await dialog.getByRole("button", { name: "Connect", exact: true }).click();
	const found = page.getByRole("dialog", { name: "Connected: Terms" });
	await found.getByText("One calendar was found.").waitFor();
	await page.keyboard.press("Escape");
	await page.getByRole("heading", { name: "Terms", level: 3 }).waitFor();
}

/** Nothing is asked of Apple before both are there. */
async function appleNeedsBoth(page: Page): Promise<void> {
	await page.getByRole("button", { name: "Connect Apple iCloud" }).click();
	const dialog = page.getByRole("dialog", { name: "Connect Apple iCloud" });
	await dialog.getByRole("button", { name: "Connect", exact: true }).click();
	await dialog.getByText("Enter your Apple Account.").waitFor();
	await dialog.getByText("Enter the password.").waitFor();
	await expectAccessible(page);
	await shoot(page, "settings-apple");
	await dialog.getByRole("button", { name: "Cancel" }).click();
}

async function connectGoogle(page: Page): Promise<void> {
	await page.getByRole("button", { name: "Connect Google" }).click();
	await consentAs(page, "Ada Berg", google.kalends.url);
	await expectGoogle(page);
}

/** A box that was left unticked is asked for again. */
async function connectGoogleInTwo(page: Page): Promise<void> {
	await page.getByRole("button", { name: "Connect Google" }).click();
	await page.getByRole("button", { name: "Ada Berg" }).click();
	await page.getByLabel(BOX).uncheck();
	await allow(page, google.kalends.url);
	const said = page.getByRole("status").filter({ hasText: `${ADA} is connected, but not everything is allowed.` });
	await said.getByText(BOX).waitFor();
	await said.getByRole("button", { name: `Grant access to ${ADA}` }).click();
	// Which account it is was said: there is none to choose.
	await allow(page, google.kalends.url);
	await expectGoogle(page);
}

async function expectGoogle(page: Page): Promise<void> {
	await page.getByRole("status").getByText("Google is connected.").waitFor();
	const account = page.getByRole("article", { name: ADA });
	await account.getByText("Up to date", { exact: false }).waitFor();
	await account.getByText("Family", { exact: true }).first().waitFor();
}

/** Both accounts' events are in one list, each in its calendar's colour and with its name. */
async function expectMerged(page: Page, title: string): Promise<void> {
	const colors: string[] = [];
	for (const [name, calendar] of [
		[title, "Choir"],
		["Budget review", ADA],
	] as const) {
		const row = page.getByRole("listitem").getByRole("button").filter({ hasText: name }).first();
		await row.waitFor();
		expect(await row.textContent()).toContain(calendar);
		colors.push(await row.evaluate((element) => getComputedStyle(element).getPropertyValue("--cal-bar")));
	}
	expect(new Set(colors).size).toBe(2);
}

/** Another program renames the event; the page syncs and shows it, and is not reloaded. */
async function changeThere(page: Page, uid: string, title: string): Promise<void> {
	await page.evaluate(() => Reflect.set(globalThis, "notReloaded", true));
	await choir.edit(uid, (ics) => withProperty(ics, "SUMMARY", title));
	await page.locator("body").press("r");
	await event(page, title).waitFor();
	expect(await page.evaluate(() => Reflect.get(globalThis, "notReloaded"))).toBe(true);
}

async function rehearse(uid: string, title: string, hour: string): Promise<void> {
	const at = (time: number) => `${DAY.toString().replaceAll("-", "")}T${String(time).padStart(2, "0")}0000`;
	await choir.create(uid, [
		`SUMMARY:${title}`,
		`DTSTART;TZID=${ZONE}:${at(Number(hour))}`,
		`DTEND;TZID=${ZONE}:${at(Number(hour) + 1)}`,
	]);
}

async function startsAt(uid: string, hour: string): Promise<boolean> {
	const [stored] = (await choir.list()).get(uid)?.events ?? [];
	return stored?.properties.DTSTART?.endsWith(`T${hour}0000`) ?? false;
}

async function startOf(title: string): Promise<string | null> {
	const all = [...(await choir.list()).values()].flatMap(({ events }) => events);
	return all.find(({ properties }) => properties.SUMMARY === title)?.properties.DTSTART ?? null;
}

function event(page: Page, title: string): Locator {
	return page.locator("[data-event-id]", { hasText: title }).first();
}

async function middleOf(locator: Locator): Promise<{ x: number; y: number }> {
	const box = await locator.boundingBox();
	if (box === null) throw new Error("it is not to be seen");
	return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** Of the hour at the side; events say their times too. */
async function rowOf(page: Page, time: string): Promise<number> {
	const hour = page.locator(`xpath=//*[text()="${time}" and not(ancestor::*[@data-event-id])]`);
	return (await middleOf(hour.first())).y;
}

/** As far as Tab leads there at all. */
async function tabTo(page: Page, target: Locator): Promise<void> {
	await target.waitFor();
	for (let presses = 0; presses < 80; presses++) {
		if (await target.evaluate((element) => element.contains(document.activeElement))) return;
		await page.keyboard.press("Tab");
	}
	throw new Error(`Tab does not lead to ${target}`);
}
