import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type OtherClient, otherClient } from "../support/other-client.ts";
import { until } from "../support/until.ts";
import { type Stage, startStage } from "./support/stage.ts";

/** The calendar in Chromium, on a real server with a real Radicale behind it. */

let stage: Stage;
let work: OtherClient;
let connection: { readonly id: string };
/** A Monday with no clock change near, so that the tests mean the same on every day. */
const MONDAY = "2027-02-01";

beforeAll(async () => {
	stage = await startStage();
	const path = await stage.radicale.createCalendar("work", { displayName: "Work", color: "#2f6fde" });
	work = otherClient(stage.radicale, path);
	await put(
		"hostile",
		"<img src=x onerror=window.pwned=1><script>pwned=2</script>",
		"20270205T140000",
		"20270205T150000",
	);
	connection = await stage.connectRadicale("Radicale");
	await stage.kalends.request("PATCH", "/v1/me", { time_zone: "Europe/Berlin" });
});
afterAll(() => stage?.close());

test("what is selected in the grid becomes an event, and is undone", async () => {
	const { page, complaints, close } = await openCalendar(`/calendar?date=${MONDAY}`);
	const from = await slot(page, "2027-02-03", 12);
	const to = await slot(page, "2027-02-03", 13);
	await drag(page, from, { x: to.x, y: to.y - 4 });
	const dialog = page.getByRole("dialog", { name: "New event" });
	await dialog.getByLabel("Title").fill("Lunch");
	await page.keyboard.press("Enter");
	await event(page, "Lunch").waitFor();
	const stored = await until("the event on Radicale", () => named("Lunch"));
	expect(stored.properties.DTSTART).toBe("20270203T120000");
	expect(stored.properties.DTEND).toBe("20270203T130000");
	await page.getByRole("button", { name: "Undo" }).click();
	await until("its end on Radicale", async () => (await named("Lunch")) === null);
	await event(page, "Lunch").waitFor({ state: "detached" });
	expect(complaints).toEqual([]);
	await close();
});

test("what Radicale changes is shown without reload; titles are text", async () => {
	const { page, complaints, close } = await openCalendar(`/calendar?date=${MONDAY}`);
	await event(page, "<img src=x").waitFor();
	await put("later", "Added elsewhere", "20270206T100000", "20270206T110000");
	await stage.kalends.request("POST", `/v1/connections/${connection.id}/sync?wait=true`);
	await event(page, "Added elsewhere").waitFor();
	expect(await page.evaluate(() => Reflect.get(globalThis, "pwned"))).toBeUndefined();
	expect(complaints).toEqual([]);
	await close();
});

async function put(
	uid: string,
	title: string,
	start: string,
	end: string,
	more: readonly string[] = [],
): Promise<void> {
	const zone = "TZID=Europe/Berlin";
	await work.create(uid, [`SUMMARY:${title}`, `DTSTART;${zone}:${start}`, `DTEND;${zone}:${end}`, ...more]);
}

async function named(title: string) {
	const all = [...(await work.list()).values()].flatMap(({ events }) => events);
	return all.find(({ properties }) => properties.SUMMARY === title) ?? null;
}

async function openCalendar(path: string, options: Parameters<Stage["open"]>[0] = {}) {
	const window = await stage.open(options);
	await window.page.goto(path);
	await window.page.getByRole("button", { name: "New event" }).waitFor();
	await window.page.locator(".cal-grid").waitFor();
	await window.page.locator("[aria-busy=false] .cal-grid").waitFor();
	return window;
}

function event(page: Page, title: string) {
	return page.locator("[data-event-id]", { hasText: title }).first();
}

/** The middle of a day's column at an hour, which is scrolled into view. */
async function slot(page: Page, day: string, hour: number): Promise<{ x: number; y: number }> {
	const columns = page.locator(`[data-date="${day}"]`);
	await columns.first().waitFor();
	const label = page.getByText(`${String(hour).padStart(2, "0")}:00`, { exact: true }).first();
	await label.scrollIntoViewIfNeeded();
	const column = await columns.first().boundingBox();
	const line = await label.boundingBox();
	if (column === null || line === null) throw new Error(`${day} ${hour} is not to be seen`);
	return { x: column.x + column.width / 2, y: line.y + line.height / 2 + 4 };
}

async function drag(page: Page, from: { x: number; y: number }, to: { x: number; y: number }): Promise<void> {
	await page.mouse.move(from.x, from.y);
	await page.mouse.down();
	await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2, { steps: 5 });
	await page.mouse.move(to.x, to.y, { steps: 5 });
	await page.mouse.up();
}
