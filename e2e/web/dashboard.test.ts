import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ADMIN_EMAIL } from "../support/kalends.ts";
import { type OtherClient, otherClient } from "../support/other-client.ts";
import { until } from "../support/until.ts";
import { expectAccessible, expectNoSidewaysScroll, lookAt, PHONE, shoot } from "./support/chromium.ts";
import { type Stage, startStage } from "./support/stage.ts";

/** The dashboard on a real Radicale: what is next, merged from two calendars. */

const HOSTILE = `<p>Agenda:</p><ul><li>numbers</li></ul><img src=x onerror="alert(1)"> <a href="https://example.org/doc">the paper</a> <a href="javascript:alert(1)">no link</a>`;
const MINUTE = 60_000;

/** For four windows, or a reminder that has to become due, on a machine with much else to do. */
const SLOW = 180_000;

let stage: Stage;
let work: OtherClient;
let home: OtherClient;
let connection: { readonly id: string };

beforeAll(async () => {
	stage = await startStage();
	work = otherClient(
		stage.radicale,
		await stage.radicale.createCalendar("work", { displayName: "Work", color: "#2f6fde" }),
	);
	home = otherClient(
		stage.radicale,
		await stage.radicale.createCalendar("home", { displayName: "Home", color: "#d9643a" }),
	);
	// Where it is about noon now, so that what comes in a few hours is still today.
	const hours = 12 - new Date().getUTCHours();
	const zone = hours === 0 ? "UTC" : `Etc/GMT${hours > 0 ? "-" : "+"}${Math.abs(hours)}`;
	await stage.kalends.request("PATCH", "/v1/me", { time_zone: zone });
});
afterAll(() => stage?.close());

function stamp(at: number): string {
	return `${new Date(at).toISOString().slice(0, 19).replaceAll(/[-:]/g, "")}Z`;
}

/** @param from minutes from now */
function put(
	calendar: OtherClient,
	uid: string,
	title: string,
	from: number,
	minutes: number,
	more: readonly string[] = [],
) {
	const start = Date.now() + from * MINUTE;
	return calendar.create(uid, [
		`SUMMARY:${title}`,
		`DTSTART:${stamp(start)}`,
		`DTEND:${stamp(start + minutes * MINUTE)}`,
		...more,
	]);
}

const sync = () => stage.kalends.request("POST", `/v1/connections/${connection.id}/sync?wait=true`);
/** By its title alone: names of others are in what it says of clashes. */
const row = (page: Page, title: string) =>
	page
		.getByRole("listitem")
		.getByRole("button")
		.filter({ has: page.locator("[data-title]").getByText(title, { exact: true }) });

test("with nothing connected it says what to do; with nothing to come, until when", async () => {
	const { page, complaints, close } = await stage.open();
	await page.goto("/");
	await page.getByRole("heading", { name: "Nothing is connected yet" }).waitFor();
	await page.getByRole("main").getByRole("link", { name: "Connect a calendar" }).waitFor();
	await shoot(page, "dashboard-nothing-connected");
	await expectAccessible(page);
	await put(home, "far", "Far away", 40 * 24 * 60, 60);
	connection = await stage.connectRadicale("Radicale");
	await page.getByRole("heading", { name: /^Nothing until \w+/ }).waitFor();
	await page.getByText("Far away").waitFor();
	await shoot(page, "dashboard-nothing-soon");
	await expectAccessible(page);
	expect(complaints).toEqual([]);
	await close();
});

test("what is next counts down and lets one in; one event in two calendars is one row; clashes are marked", async () => {
	await put(work, "standup", "Stand-up", 25, 30, [
		"CONFERENCE;VALUE=URI:https://meet.example.org/stand-up",
		"LOCATION:Room 4",
		`DESCRIPTION:${HOSTILE}`,
	]);
	await put(work, "both", "Dinner with Ann", 120, 60);
	const { ics } = (await work.list()).get("both") ?? { ics: "" };
	await home.create(
		"both",
		ics.split(/\r?\n/).filter((line) => /^(SUMMARY|DTSTART|DTEND)/.test(line)),
	);
	await put(home, "plumber", "Plumber", 150, 60);
	await put(work, "invited", "Board meeting", 24 * 60, 60, [
		"ORGANIZER;CN=Boss:mailto:boss@example.org",
		"ATTENDEE;CN=Boss;PARTSTAT=ACCEPTED:mailto:boss@example.org",
		`ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:${ADMIN_EMAIL}`,
	]);
	await sync();
	const { page, complaints, close } = await stage.open();
	await page.goto("/");
	const next = page.getByRole("region", { name: "Next" });
	await next.getByRole("button", { name: "Stand-up" }).waitFor();
	expect(await next.getByRole("timer").textContent()).toMatch(/^in 2\d mins?$/);
	expect(await next.getByRole("link", { name: "Join" }).getAttribute("href")).toBe("https://meet.example.org/stand-up");
	const dinner = row(page, "Dinner with Ann");
	expect(await dinner.count()).toBe(1);
	const name = (await dinner.textContent()) ?? "";
	expect(name).toContain("Work");
	expect(name).toContain("Home");
	await dinner.getByText("Clashes with Plumber").waitFor();
	await row(page, "Plumber").getByText("Clashes with Dinner with Ann").waitFor();
	expect(await row(page, "Stand-up").getByText("Clashes").count()).toBe(0);
	expect(complaints).toEqual([]);
	await close();
});

test("by keyboard an event is opened: its description is inert, and closing gives the focus back", async () => {
	const { page, complaints, close } = await stage.open();
	await page.goto("/");
	await row(page, "Stand-up").focus();
	await page.keyboard.press("Enter");
	const card = page.getByRole("dialog");
	await card.getByText("numbers").waitFor();
	expect(await card.getByRole("link", { name: "the paper" }).getAttribute("href")).toBe("https://example.org/doc");
	await card.getByText("no link").waitFor();
	expect(await card.getByRole("link", { name: "no link" }).count()).toBe(0);
	expect(await page.locator("img[src=x]").count()).toBe(0);
	await shoot(page, "dashboard-details");
	await expectAccessible(page);
	await page.keyboard.press("Escape");
	await card.waitFor({ state: "detached" });
	expect(await row(page, "Stand-up").evaluate((element) => element === document.activeElement)).toBe(true);
	expect(complaints).toEqual([]);
	await close();
});

test("an invitation is answered on a phone, and the answer is on Radicale", async () => {
	const { page, complaints, close } = await stage.open({ size: PHONE, theme: "dark" });
	await page.goto("/");
	await row(page, "Board meeting").click();
	const card = page.getByRole("dialog");
	await card.getByRole("group", { name: "Your answer" }).waitFor();
	await shoot(page, "dashboard-invitation");
	await expectAccessible(page);
	await expectNoSidewaysScroll(page);
	await card.getByRole("button", { name: "Yes" }).click();
	await card.getByRole("button", { name: "Yes", pressed: true }).waitFor();
	await until("the answer on Radicale", async () =>
		(await work.list())
			.get("invited")
			?.ics.replaceAll(/\r?\n[ \t]/g, "")
			.split(/\r?\n/)
			.some((line) => line.includes(ADMIN_EMAIL) && line.includes("PARTSTAT=ACCEPTED")),
	);
	expect(complaints).toEqual([]);
	await close();
});

test("what is added on Radicale is shown after a sync, without reload", async () => {
	const { page, complaints, close } = await stage.open();
	await page.goto("/");
	await row(page, "Plumber").waitFor();
	await put(home, "later", "Added elsewhere", 24 * 60 + 120, 30);
	await sync();
	await row(page, "Added elsewhere").waitFor();
	expect(complaints).toEqual([]);
	await close();
});

test("an event that was deleted since is brought back where a notification or an address leads to it", async () => {
	const { data } = await stage.kalends.request<{ data: { id: string; name: string }[] }>("GET", "/v1/calendars");
	const { page, complaints, close } = await stage.open();
	for (const path of ["/", "/calendar"]) {
		const { id } = await stage.kalends.request<{ id: string }>("POST", "/v1/events", {
			calendar_id: data.find(({ name }) => name === "Home")?.id,
			title: "Deleted too soon",
			start: { date: "2031-05-05" },
		});
		await stage.kalends.request("DELETE", `/v1/events/${id}`);
		await page.goto(`${path}?event=${id}`);
		const gone = page.getByRole("dialog", { name: "This event is no longer there" });
		await gone.getByText("Deleted", { exact: true }).waitFor();
		await expectAccessible(page, "[role=dialog]");
		await gone.getByRole("button", { name: "Restore" }).first().click();
		await page.getByText("“Deleted too soon” was restored").first().waitFor();
		await stage.kalends.request("GET", `/v1/events/${id}`);
	}
	await page.goto("/?event=evt_00000000000000000000000000");
	await page.getByRole("dialog").getByRole("alert").waitFor();
	expect(complaints).toEqual([]);
	await close();
});

test(
	"the dashboard is accessible in both themes and widths",
	async () => {
		await lookAt(stage.browser, stage, {
			name: "dashboard",
			path: "/",
			ready: (page) => row(page, "Added elsewhere").waitFor(),
		});
	},
	SLOW,
);
