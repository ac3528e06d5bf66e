import { afterAll, beforeAll, expect, test } from "vitest";
import { type MailServer, startMailServer } from "../../packages/server/src/notify/testing.ts";
import { until } from "../support/until.ts";
import { expectAccessible, lookAt, shoot } from "./support/chromium.ts";
import { type Stage, signIn, startStage } from "./support/stage.ts";

/** Admin: people, everybody's connections without their events, the mail switch. */

const BEA = { email: "bea@example.org", password: "a long enough password" };

/** For four windows, or a reminder that has to become due, on a machine with much else to do. */
const SLOW = 180_000;

let stage: Stage;
let mail: MailServer;
beforeAll(async () => {
	mail = await startMailServer();
	stage = await startStage({ env: { SMTP_URL: mail.url, MAIL_FROM: "Kalends <kalends@example.org>" } });
	const path = await stage.radicale.createCalendar("work", { displayName: "Work" });
	await stage.radicale.put(path, "secret.ics", SECRET);
	await stage.connectRadicale("Radicale");
});
afterAll(async () => {
	await stage?.close();
	await mail?.close();
});

const SECRET = [
	...["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN", "BEGIN:VEVENT", "UID:secret", "DTSTAMP:20260101T000000Z"],
	...[
		"DTSTART:20270101T090000Z",
		"DTEND:20270101T100000Z",
		"SUMMARY:A secret meeting",
		"END:VEVENT",
		"END:VCALENDAR",
		"",
	],
].join("\r\n");

test("an account is made, made an administrator's, shut out, let in and deleted", async () => {
	const { page, complaints, close } = await stage.open();
	await page.goto("/admin");
	await page.getByRole("button", { name: "New account" }).click();
	const dialog = page.getByRole("dialog", { name: "New account" });
	await dialog.getByLabel("E-mail address").fill(BEA.email);
	await dialog.getByLabel("Password").fill("short");
	await page.keyboard.press("Enter");
	await dialog.getByText("Use at least 8 characters.").waitFor();
	await dialog.getByLabel("Password").fill(BEA.password);
	await shoot(page, "admin-new-account");
	await expectAccessible(page);
	await page.keyboard.press("Enter");
	const more = page.getByRole("button", { name: `More for ${BEA.email}` });
	await more.click();
	await page.getByRole("menuitem", { name: "Make an administrator" }).click();
	await until("the role", async () => (await bea())?.role === "admin");
	await more.click();
	await page.getByRole("menuitem", { name: "Make an ordinary user" }).click();
	await until("the role", async () => (await bea())?.role === "user");

	const hers = await stage.openAnonymous();
	await hers.page.goto("/admin");
	await signIn(hers.page, BEA.email, BEA.password);
	await hers.page.getByRole("heading", { name: "This page is for administrators" }).waitFor();
	expect(await hers.page.getByRole("link", { name: "Admin" }).count()).toBe(0);

	await more.click();
	await page.getByRole("menuitem", { name: "Shut out" }).click();
	await page.getByText("Shut out", { exact: true }).waitFor();
	await hers.page.reload();
	await hers.page.waitForURL("**/sign-in**");
	await hers.close();
	await more.click();
	await page.getByRole("menuitem", { name: "Let in again" }).click();
	await page.getByText("Shut out", { exact: true }).waitFor({ state: "detached" });
	await more.click();
	await page.getByRole("menuitem", { name: "Delete" }).click();
	await page.getByRole("alertdialog").getByRole("button", { name: "Delete the account" }).click();
	await more.waitFor({ state: "detached" });
	expect(await bea()).toBeUndefined();
	expect(complaints).toEqual([]);
	await close();
});

async function bea() {
	const { data } = await stage.kalends.request<{ data: { email: string; role: string }[] }>("GET", "/v1/users");
	return data.find(({ email }) => email === BEA.email);
}

test("connections of everybody are shown without events, and mail is stopped and started", async () => {
	const { page, complaints, close } = await stage.open();
	await page.goto("/admin");
	await page.getByRole("list", { name: "Connections" }).getByText("Radicale").waitFor();
	expect(await page.getByText("A secret meeting").count()).toBe(0);
	await page.getByRole("switch", { name: "Only those that need somebody" }).press("Space");
	await page.getByText("None: every connection works.").waitFor();
	const sending = page.getByRole("switch", { name: "Send mail" });
	await sending.press("Space");
	await page.getByText("Stopped: mails wait").waitFor();
	expect(await stage.kalends.request("GET", "/v1/mail-settings")).toMatchObject({ sending: false });
	await sending.press("Space");
	await page.getByText("are sent from Kalends <kalends@example.org>").waitFor();
	expect(complaints).toEqual([]);
	await close();
});

test(
	"the admin page is accessible in both themes and widths",
	async () => {
		await lookAt(stage.browser, stage, {
			name: "admin",
			path: "/admin",
			ready: (page) => page.getByRole("list", { name: "Connections" }).getByText("Radicale").waitFor(),
		});
	},
	SLOW,
);
