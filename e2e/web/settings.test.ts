import type { Locator } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { until } from "../support/until.ts";
import { expectAccessible, lookAt, shoot } from "./support/chromium.ts";
import { type Stage, startStage } from "./support/stage.ts";

/** Settings → Calendar integration, on a real Radicale. */

const HOSTILE = `<img src=x onerror="alert(1)">`;

let stage: Stage;
let path: string;
beforeAll(async () => {
	stage = await startStage();
	path = await stage.radicale.createCalendar("work", { displayName: HOSTILE, color: "#c2388f" });
	await stage.radicale.createCalendar("home", { displayName: "Home" });
	for (let index = 0; index < 12; index++) await stage.radicale.put(path, `e${index}.ics`, event(index));
});
afterAll(() => stage?.close());

function event(index: number): string {
	const day = new Date(Date.now() + (index + 1) * 86_400_000).toISOString().slice(0, 10).replaceAll("-", "");
	return [
		...["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN", "BEGIN:VEVENT", `UID:e${index}`],
		...["DTSTAMP:20260101T000000Z", `DTSTART:${day}T090000Z`, `DTEND:${day}T100000Z`, `SUMMARY:Event ${index}`],
		...["END:VEVENT", "END:VCALENDAR", ""],
	].join("\r\n");
}

test("by keyboard a CalDAV account is connected; a wrong address says so in the form, and what was typed stays", async () => {
	const { page, complaints, close } = await stage.open();
	await page.goto("/settings/calendars");
	await page.getByRole("heading", { name: "Nothing is connected yet" }).waitFor();
	await shoot(page, "settings-empty");
	await page.getByRole("button", { name: "Connect CalDAV" }).focus();
	await page.keyboard.press("Enter");
	const dialog = page.getByRole("dialog", { name: "Connect a CalDAV account" });
	await dialog.getByLabel("Address of the server").fill("https://127.0.0.1:1/");
	await dialog.getByLabel("User name").fill(stage.radicale.username);
	await page.keyboard.press("Enter");
	await dialog.getByRole("alert").waitFor();
	expect(await dialog.getByLabel("User name").inputValue()).toBe(stage.radicale.username);
	await expectAccessible(page);
	await shoot(page, "settings-connect-failed");
	await dialog.getByLabel("Address of the server").fill(stage.radicale.url.href);
	await dialog.getByLabel("Password").fill("whatever");
	await page.keyboard.press("Enter");
	const found = page.getByRole("dialog", { name: /^Connected: / });
	await found.getByText("2 calendars were found").waitFor();
	await found.getByText("12 events were read.").waitFor();
	await found.getByText("Event 0", { exact: true }).waitFor();
	await shoot(page, "settings-found");
	await page.keyboard.press("Escape");
	await page.getByText("Up to date", { exact: false }).first().waitFor();
	await page.getByText("nobody (no mail server)").waitFor();
	// The hostile name is text, in the list and in every label.
	await page.getByText(HOSTILE, { exact: true }).first().waitFor();
	expect(await page.locator("img[src=x]").count()).toBe(0);
	expect(complaints).toEqual([]);
	await close();
});

test("a sync counts what came; toggles hold at once and after a reload", async () => {
	const { page, complaints, close } = await stage.open();
	await page.goto("/settings/calendars");
	const shown = page.getByRole("switch", { name: "Show Home" });
	await shown.waitFor();
	await shown.press("Space");
	await until("the calendar to be deselected", async () => {
		const { data } = await stage.kalends.request<{ data: { name: string; selected: boolean }[] }>(
			"GET",
			"/v1/calendars",
		);
		return data.some(({ name, selected }) => name === "Home" && !selected);
	});
	await page.reload();
	await shown.waitFor();
	expect(await shown.isChecked()).toBe(false);
	await stage.radicale.put(path, "later.ics", event(20));
	await page.getByRole("button", { name: "Sync now" }).click();
	await page.getByText("Done: 1 new, 0 changed, 0 deleted", { exact: true }).waitFor();
	await page.getByRole("button", { name: /^More for/ }).click();
	await page.getByRole("menuitem", { name: "History" }).click();
	await page.getByRole("dialog").getByText("asked for").first().waitFor();
	await shoot(page, "settings-history");
	await expectAccessible(page);
	await page.keyboard.press("Escape");
	await page.getByRole("button", { name: /^More for/ }).click();
	await page.getByRole("menuitem", { name: "Pause" }).click();
	await page.getByText("Paused", { exact: false }).first().waitFor();
	await page.getByRole("button", { name: "Sync status: Not all in sync" }).click();
	await page.getByText("is paused: what changes there is not seen here", { exact: false }).waitFor();
	await page.keyboard.press("Escape");
	await page.getByRole("button", { name: "Resume" }).press("Enter");
	await page.getByRole("button", { name: "Sync now" }).waitFor();
	await until("focus on the account's name", () =>
		focusIsOn(page.getByRole("article").getByRole("heading", { level: 3 })),
	);
	expect(complaints).toEqual([]);
	await close();
});

test("events that vanish at once are listed, and kept or deleted as one says", async () => {
	const { page, complaints, close } = await stage.open();
	for (let index = 0; index < 12; index++) await stage.radicale.remove(path, `e${index}.ics`);
	await page.goto("/settings/calendars");
	await page.getByRole("button", { name: "Sync now" }).click();
	await page.getByText("12 events vanished at the provider at once").waitFor();
	await page.getByText("Which events").click();
	await page.getByText("Event 3", { exact: true }).waitFor();
	await shoot(page, "settings-held");
	await expectAccessible(page);
	await page.getByRole("button", { name: /^Sync status: / }).click();
	await page.getByRole("dialog", { name: "Sync status" }).getByText("suddenly lacks many events").waitFor();
	await shoot(page, "status-panel");
	await page.keyboard.press("Escape");
	await page.getByRole("button", { name: "Apply" }).click();
	await page.getByRole("alertdialog").getByRole("button", { name: "Delete them" }).click();
	await page.getByText("vanished at the provider").waitFor({ state: "detached" });
	await until("focus on the account's name", () =>
		focusIsOn(page.getByRole("article").getByRole("heading", { level: 3 })),
	);
	await page.getByRole("button", { name: "Sync status: All in sync" }).waitFor();
	expect(complaints).toEqual([]);
	await close();
});

test("a session that ends is asked for in place, and nothing typed is lost", async () => {
	const { page, context, close } = await stage.open();
	await page.goto("/settings/calendars");
	await page.getByRole("button", { name: "Add an ICS feed" }).click();
	await page.getByLabel("Address of the feed").fill("https://example.com/feed.ics");
	const kept = await context.cookies();
	await context.clearCookies();
	await page.getByRole("button", { name: "Connect", exact: true }).click();
	const again = page.getByRole("dialog", { name: "Your session has ended" });
	await again.getByLabel("Password").fill("correct horse battery staple");
	await shoot(page, "session-ended");
	await page.keyboard.press("Enter");
	await again.waitFor({ state: "detached" });
	expect(await page.getByLabel("Address of the feed").inputValue()).toBe("https://example.com/feed.ics");
	expect((await context.cookies()).map(({ value }) => value)).not.toEqual(kept.map(({ value }) => value));
	await context.setOffline(true);
	await page.getByText("You are offline").waitFor();
	await close();
});

test("the settings are accessible in both themes and widths", async () => {
	await lookAt(stage.browser, stage, {
		name: "settings",
		path: "/settings/calendars",
		ready: (page) => page.getByRole("switch").first().waitFor(),
	});
});

test("disconnecting says what is erased and what stays", async () => {
	const { page, complaints, close } = await stage.open();
	await page.goto("/settings/calendars");
	await page.getByRole("button", { name: /^More for/ }).click();
	await page.getByRole("menuitem", { name: "Disconnect" }).click();
	const dialog = page.getByRole("alertdialog");
	await dialog.getByText("Stays: everything at CalDAV.").waitFor();
	await shoot(page, "settings-disconnect");
	await dialog.getByRole("button", { name: "Disconnect" }).click();
	await page.getByRole("heading", { name: "Nothing is connected yet" }).waitFor();
	await until("focus on the list's heading", () =>
		focusIsOn(page.getByRole("heading", { name: "Connected", exact: true })),
	);
	for (const view of ["week", "month", "agenda"]) {
		await page.goto(`/calendar?view=${view}`);
		await page.getByRole("main").getByRole("link", { name: "Connect a calendar" }).waitFor();
		await shoot(page, `calendar-nothing-${view}`);
	}
	expect(complaints).toEqual([]);
	await close();
});

async function focusIsOn(place: Locator): Promise<true | null> {
	return (await place.evaluate((element) => element === document.activeElement)) || null;
}
