import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { until } from "../support/until.ts";
import { testNotLoaded } from "./calendar/not-loaded.ts";
import {
	boxOf,
	drag,
	dragByTouch,
	eventOn,
	gripOf,
	lift,
	openCalendar,
	type RadicaleCalendar,
	radicaleCalendar,
	slotOn,
} from "./support/calendar.ts";
import { PHONE } from "./support/chromium.ts";
import { type Stage, startStage } from "./support/stage.ts";

/** What people change in the calendar, in Chromium, is what Radicale then has; and the other way round. */

let stage: Stage;
let work: RadicaleCalendar;
let connection: { readonly id: string };
/** A Monday with no clock change near, so that the tests mean the same on every day. */
const MONDAY = "2027-02-01";

beforeAll(async () => {
	stage = await startStage();
	work = await radicaleCalendar(stage, "work", { displayName: "Work", color: "#2f6fde" });
	await work.put("review", "Design review", "20270202T100000", "20270202T110000");
	await work.put("series", "Stand-up", "20270201T090000", "20270201T093000", ["RRULE:FREQ=DAILY;COUNT=5"]);
	await work.put("night", "Before the change", "20270327T100000", "20270327T110000");
	await work.put("trip", "Trip", "20270203", "20270205");
	await work.put("fair", "Fair", "20270309", "20270310");
	await work.put("hostile", "<img src=x onerror=window.pwned=1>", "20270205T140000", "20270205T150000");
	await work.put("finger", "By finger", "20270210T100000", "20270210T110000");
	await work.put("card", "From its card", "20270211T100000", "20270211T110000");
	connection = await stage.connectRadicale("Radicale");
	await stage.kalends.request("PATCH", "/v1/me", { time_zone: "Europe/Berlin" });
});
afterAll(() => stage?.close());

test("what is selected in the grid becomes an event, and is undone", async () => {
	const { page, complaints, close } = await openCalendar(stage, `/calendar?date=${MONDAY}`);
	const end = await slotOn(page, "2027-02-03", 12, 45);
	await drag(page, await slotOn(page, "2027-02-03", 12), end);
	await page.getByRole("dialog", { name: "New event" }).getByLabel("Title").fill("Lunch");
	await page.keyboard.press("Enter");
	await eventOn(page, "Lunch").waitFor();
	await becomes("Lunch", "20270203T120000–20270203T130000");
	await page.getByRole("button", { name: "Undo" }).click();
	await becomes("Lunch", null);
	await eventOn(page, "Lunch").waitFor({ state: "detached" });
	expect(complaints).toEqual([]);
	await close();
});

test("an event is dragged to another day and time (Escape calls it off), made longer by its edge, and undone", async () => {
	const { page, complaints, close } = await openCalendar(stage, `/calendar?date=${MONDAY}`);
	const goal = await slotOn(page, "2027-02-04", 15);
	await lift(page, await gripOf(page, "Design review"), goal);
	const ghost = page.locator(".cal-chip-lifted", { hasText: "15:00 – 16:00" });
	await ghost.waitFor();
	await page.keyboard.press("Escape");
	await ghost.waitFor({ state: "detached" });
	await page.mouse.up();
	await eventOn(page, "Design review, Tue 2 Feb, 10:00").waitFor();
	await lift(page, await gripOf(page, "Design review"), goal);
	await ghost.waitFor();
	// Keys that would go elsewhere do nothing meanwhile: it is dropped on what is shown.
	const shown = page.url();
	for (const key of ["j", "m", "ArrowRight"]) await page.keyboard.press(key);
	await page.mouse.up();
	await becomes("Design review", "20270204T150000–20270204T160000");
	expect(page.url()).toBe(shown);
	const box = await boxOf(page, "Design review");
	const edge = { x: box.x + box.width / 2, y: box.y + box.height - 2 };
	await page.mouse.move(edge.x, edge.y - 10);
	await drag(page, edge, await slotOn(page, "2027-02-04", 16, 15));
	await becomes("Design review", "20270204T150000–20270204T163000");
	const undo = page.getByRole("button", { name: "Undo" });
	await until("both can be undone", async () => (await undo.count()) === 2);
	await page.keyboard.press("z");
	await becomes("Design review", "20270204T150000–20270204T160000");
	await page.keyboard.press("Escape");
	expect(complaints).toEqual([]);
	await close();
});

test("a whole-day event is dragged in the month", async () => {
	const { page, complaints, close } = await openCalendar(stage, `/calendar?view=month&date=${MONDAY}`);
	const from = await boxOf(page, "Trip");
	const day = await page.locator('[role=cell][data-date="2027-02-17"]').boundingBox();
	if (day === null) throw new Error("17 February is not drawn");
	await drag(page, { x: from.x + 30, y: from.y + 8 }, { x: day.x + 40, y: day.y + 60 });
	await becomes("Trip", "20270217–20270219");
	expect(complaints).toEqual([]);
	await close();
});

test("“Move…” is the way without dragging", async () => {
	const { page, complaints, close } = await openCalendar(stage, `/calendar?date=${MONDAY}`);
	await eventOn(page, "<img src=x").click();
	await page.getByRole("button", { name: "Move…" }).click();
	const dialog = page.getByRole("dialog", { name: /^Move/ });
	await dialog.getByLabel("Start time").fill("16:00");
	await dialog.getByRole("button", { name: "Move" }).click();
	await becomes("<img src=x onerror=window.pwned=1>", "20270205T160000–20270205T170000");
	expect(await page.evaluate(() => Reflect.get(globalThis, "pwned"))).toBeUndefined();
	expect(complaints).toEqual([]);
	await close();
});

test("what was edited from an event's card can be undone while the card is open again", async () => {
	const { page, complaints, close } = await openCalendar(stage, "/calendar?view=day&date=2027-02-11");
	await eventOn(page, "From its card").click();
	await page.getByRole("dialog", { name: "From its card" }).getByRole("link", { name: "Edit" }).click();
	await page.getByLabel("Start time").fill("12:00");
	await page.getByRole("button", { name: "Save" }).click();
	await becomes("From its card", "20270211T120000–20270211T130000");
	await page.getByRole("dialog", { name: "From its card" }).waitFor();
	await page.getByRole("button", { name: "Undo" }).click();
	await becomes("From its card", "20270211T100000–20270211T110000");
	await page.getByRole("dialog", { name: "From its card" }).waitFor();
	expect(complaints).toEqual([]);
	await close();
});

test("by keyboard alone an event is made, moved, made longer, deleted and brought back", async () => {
	const { page, complaints, close } = await openCalendar(stage, "/calendar?view=day&date=2027-02-08");
	await page.keyboard.press("c");
	await page.getByRole("dialog", { name: "New event" }).getByLabel("Title").waitFor();
	await page.keyboard.type("By hand");
	await page.keyboard.press("Enter");
	await becomes("By hand", "20270208T090000–20270208T100000");
	await page.getByRole("dialog", { name: "New event" }).waitFor({ state: "detached" });
	await eventOn(page, "By hand").waitFor();
	const isFocused = () =>
		page.evaluate(() => document.activeElement?.closest("[data-event-id]")?.textContent?.includes("By hand") ?? false);
	await until("the tab key reaches it", async () => {
		await page.keyboard.press("Tab");
		return isFocused();
	});
	await page.keyboard.press("Alt+ArrowDown");
	await becomes("By hand", "20270208T091500–20270208T101500");
	await until("focus on the moved event", isFocused);
	await page.keyboard.press("Alt+Shift+ArrowDown");
	await becomes("By hand", "20270208T091500–20270208T103000");
	await page.locator(".cal-chip-pending").waitFor({ state: "detached" });
	await until("focus on the longer event", isFocused);
	await page.keyboard.press("Delete");
	await page.getByText("“By hand” was deleted").first().waitFor();
	await becomes("By hand", null);
	await page.keyboard.press("z");
	await becomes("By hand", "20270208T091500–20270208T103000");
	await eventOn(page, "By hand").waitFor();
	expect(complaints).toEqual([]);
	await close();
});

test("one of a series is dragged: who is meant is asked; called off, it goes back", async () => {
	const { page, complaints, close } = await openCalendar(stage, `/calendar?date=${MONDAY}`);
	const tuesday = "Stand-up, Tue";
	const before = await boxOf(page, tuesday);
	const goal = await slotOn(page, "2027-02-02", 13);
	const dialog = page.getByRole("dialog", { name: /Change “Stand-up”/ });
	await drag(page, await gripOf(page, tuesday), goal);
	await dialog.getByRole("button", { name: "Cancel" }).click();
	await dialog.waitFor({ state: "detached" });
	await until("it goes back", async () => Math.abs((await boxOf(page, tuesday)).y - before.y) < 2);
	await drag(page, await gripOf(page, tuesday), goal);
	await dialog.getByLabel("This event").check();
	await dialog.getByRole("button", { name: "Save" }).click();
	await until("one override on Radicale", async () => {
		const [override] = (await work.named("Stand-up")).filter(({ recurrenceId }) => recurrenceId !== null);
		return override?.properties.DTSTART === "20270202T130000";
	});
	expect((await work.named("Stand-up")).length).toBe(2);
	expect(complaints).toEqual([]);
	await close();
});

test("dragged over a clock change, an event keeps the wall clock of the zone that is shown", async () => {
	const { page, complaints, close } = await openCalendar(
		stage,
		"/calendar?date=2027-03-27&zone=Europe/Berlin&second_zone=none",
		{ timeZone: "America/New_York" },
	);
	await page.getByText("clocks +1 hr").waitFor();
	const goal = await slotOn(page, "2027-03-28", 10);
	await drag(page, await gripOf(page, "Before the change"), goal);
	await becomes("Before the change", "20270328T100000–20270328T110000");
	expect(complaints).toEqual([]);
	await close();
});

test("an all-day event is made longer by the edge that is seen", async () => {
	const { page, complaints, close } = await openCalendar(stage, "/calendar?date=2027-03-08");
	const { x, y, width, height } = await boxOf(page, "Fair");
	const edge = { x: x + width - 2, y: y + height / 2 };
	await drag(page, edge, { x: edge.x + width, y: edge.y });
	await becomes("Fair", "20270309–20270311");
	expect(complaints).toEqual([]);
	await close();
});

test("on a phone an event is held and dragged through three days", async () => {
	const { page, complaints, close } = await openCalendar(stage, "/calendar?view=days&date=2027-02-10", { size: PHONE });
	const goal = await slotOn(page, "2027-02-11", 12);
	const from = await gripOf(page, "By finger");
	await dragByTouch(page, from, goal, () => page.locator(".cal-resize-touch:visible").first().waitFor());
	await becomes("By finger", "20270211T120000–20270211T130000");
	expect(complaints).toEqual([]);
	await close();
});

test("what Radicale changes is shown without reload, and never under the pointer", async () => {
	const { page, complaints, close } = await openCalendar(stage, "/calendar?date=2027-02-15");
	await work.put("mine", "Mine", "20270216T100000", "20270216T110000");
	await sync();
	const goal = await slotOn(page, "2027-02-17", 14);
	await lift(page, await gripOf(page, "Mine"), goal);
	await work.put("later", "Added elsewhere", "20270218T100000", "20270218T110000");
	const heard = page.waitForResponse((response) => response.url().includes("/v1/events?") && response.ok());
	await sync();
	await heard;
	expect(await eventOn(page, "Added elsewhere").count()).toBe(0);
	await page.mouse.up();
	await eventOn(page, "Added elsewhere").waitFor();
	await becomes("Mine", "20270217T140000–20270217T150000");
	expect(complaints).toEqual([]);
	await close();
});

test("Back and Forward bring a search again with its words; its key goes to the field where it is open", async () => {
	const { page, complaints, close } = await openCalendar(stage, `/calendar?date=${MONDAY}`);
	const field = page.getByRole("searchbox", { name: "Search in the calendar" });
	const said = (words: string) => page.waitForURL((url) => url.searchParams.get("q") === words);
	await page.keyboard.press("/");
	await page.keyboard.type("review");
	await said("review");
	await eventOn(page, "Design review").waitFor();
	await page.getByRole("button", { name: "End the search" }).click();
	await field.waitFor({ state: "detached" });
	await page.goBack();
	await until("the words", async () => (await field.inputValue()) === "review");
	await eventOn(page, "Design review").focus();
	await page.keyboard.press("/");
	await page.keyboard.type("s");
	await until("the words with more", async () => (await field.inputValue()) === "reviews");
	await said("reviews");
	await page.getByText("Nothing was found").waitFor();
	await page.keyboard.press("Escape");
	await field.waitFor({ state: "detached" });
	await page.goBack();
	await until("the words", async () => (await field.inputValue()) === "reviews");
	expect(complaints).toEqual([]);
	await close();
});

describe("what is not loaded yet", () => testNotLoaded(() => stage));

function sync(): Promise<unknown> {
	return stage.kalends.request("POST", `/v1/connections/${connection.id}/sync?wait=true`);
}

/** @param times null: it is gone */
async function becomes(title: string, times: string | null): Promise<void> {
	await until(`${title} to be ${times ?? "gone"} on Radicale`, async () => (await work.timesOf(title)) === times);
}
