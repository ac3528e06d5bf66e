import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ADMIN_EMAIL, ADMIN_PASSWORD } from "../support/kalends.ts";
import { until } from "../support/until.ts";
import { expectAccessible, expectNoSidewaysScroll, lookAt, PHONE, shoot } from "./support/chromium.ts";
import { type Stage, signIn, startStage } from "./support/stage.ts";

/** Account: preferences that hold in every browser, sessions, one's data, and the end of an account. */

const OTHER = { email: "bea@example.org", password: "a long enough password" };

/** For four windows, or a reminder that has to become due, on a machine with much else to do. */
const SLOW = 180_000;

let stage: Stage;
beforeAll(async () => {
	stage = await startStage();
	await stage.kalends.request("POST", "/v1/users", { ...OTHER, name: "Bea" });
});
afterAll(() => stage?.close());

const me = () => stage.kalends.request<{ name: string; preferences: Record<string, unknown> }>("GET", "/v1/me");

test("what one prefers holds at once, and in another browser too", async () => {
	const { page, complaints, close } = await stage.open();
	await page.goto("/account");
	const help = page.getByRole("dialog", { name: "Keyboard shortcuts" });
	await page.getByLabel("Theme").waitFor();
	await page.keyboard.press("?");
	await help.waitFor();
	await page.keyboard.press("Escape");
	await help.waitFor({ state: "detached" });
	await page.getByLabel("Theme").selectOption("dark");
	await page.waitForFunction(() => document.documentElement.dataset.theme === "dark");
	await page.getByLabel("Density").selectOption("compact");
	await page.waitForFunction(() => document.documentElement.dataset.density === "compact");
	await page.getByLabel("Clock").selectOption("12");
	await page.getByText(/It is .*\b[AP]M\b/i).waitFor();
	await page.getByLabel("Your time zone").selectOption("Asia/Tokyo");
	await page.getByLabel("Language of dates").selectOption("de");
	await page.getByText(/It is (Montag|Dienstag|Mittwoch|Donnerstag|Freitag|Samstag|Sonntag)/).waitFor();
	await page.getByRole("switch", { name: /^Single-key shortcuts/ }).press("Space");
	await page.getByLabel("Name").fill("Ada");
	await page.keyboard.press("Enter");
	await until("everything to be kept", async () => {
		const { name, preferences } = await me();
		return name === "Ada" && preferences.shortcuts === false && preferences.locale === "de";
	});
	await page.getByRole("link", { name: "Export my data" }).focus();
	await page.keyboard.press("?");
	expect(await help.count()).toBe(0);
	await shoot(page, "account-compact-dark-by-choice");
	expect(complaints).toEqual([]);
	await close();
	const other = await stage.open();
	await other.page.goto("/account");
	await other.page.waitForFunction(() => document.documentElement.dataset.theme === "dark");
	expect(await other.page.getByLabel("Your time zone").inputValue()).toBe("Asia/Tokyo");
	await other.close();
	await stage.kalends.request("PATCH", "/v1/me", {
		time_zone: null,
		preferences: { theme: null, density: null, locale: null, shortcuts: null, hour_cycle: null },
	});
});

test("another browser is signed out from here; the data is a file without secrets", async () => {
	const elsewhere = await stage.openAnonymous();
	await elsewhere.page.goto("/sign-in");
	await signIn(elsewhere.page);
	await elsewhere.page.getByRole("heading", { name: "Dashboard", level: 1 }).waitFor();
	const { page, complaints, close } = await stage.open();
	await page.goto("/account");
	await page.getByText("This browser").waitFor();
	await page.getByRole("button", { name: /^Sign out the other/ }).click();
	await page.getByRole("button", { name: /^Sign out the other/ }).waitFor({ state: "detached" });
	await elsewhere.page.reload();
	await elsewhere.page.waitForURL("**/sign-in**");
	await elsewhere.close();
	const waiting = page.waitForEvent("download");
	await page.getByRole("link", { name: "Export my data" }).click();
	const data = JSON.parse(await readFile(await (await waiting).path(), "utf8"));
	expect(data).toMatchObject({ format: "kalends-export-1", complete: true });
	expect(JSON.stringify(data)).toContain(ADMIN_EMAIL);
	expect(complaints).toEqual([]);
	await close();
});

test(
	"the account is accessible in both themes and widths",
	async () => {
		await lookAt(stage.browser, stage, {
			name: "account",
			path: "/account",
			ready: (page) => page.getByText("This browser").waitFor(),
		});
	},
	SLOW,
);

test("the password is changed; a wrong one says so in place", async () => {
	const { page, complaints, close } = await stage.open();
	await page.goto("/account");
	const section = page.getByRole("region", { name: "Password" });
	await section.getByLabel("Password now").fill("not the password");
	await section.getByLabel("New password").fill("another long password");
	await page.keyboard.press("Enter");
	await section.getByRole("alert").waitFor();
	await section.getByLabel("Password now").fill(ADMIN_PASSWORD);
	await page.keyboard.press("Enter");
	await section.getByText("The password is changed.").waitFor();
	await section.getByLabel("Password now").fill("another long password");
	await section.getByLabel("New password").fill(ADMIN_PASSWORD);
	await page.keyboard.press("Enter");
	await until("the old password to hold again", async () => {
		const { status } = await fetch(`${stage.url}/api/auth/sign-in/email`, {
			method: "POST",
			headers: { "content-type": "application/json", origin: stage.url },
			body: JSON.stringify({ email: ADMIN_EMAIL, password: ADMIN_PASSWORD }),
		});
		return status === 200;
	});
	expect(complaints).toEqual([]);
	await close();
});

test("on a phone an account is deleted, after the address and the password were typed", async () => {
	const { page, complaints, close } = await stage.openAnonymous({ size: PHONE });
	await page.goto("/account");
	await signIn(page, OTHER.email, OTHER.password);
	await page.getByRole("button", { name: "Delete my account" }).click();
	const dialog = page.getByRole("dialog", { name: "Delete your account?" });
	await dialog.getByLabel("Password").fill(OTHER.password);
	await page.keyboard.press("Enter");
	await dialog.getByText("Type your e-mail address as it is above.").waitFor();
	await dialog.getByLabel(`Type ${OTHER.email} to go on`).fill("Bea@example.org");
	await dialog.getByLabel("Password").fill("wrong");
	await page.keyboard.press("Enter");
	await dialog.getByText("This is not your password.").waitFor();
	await shoot(page, "account-delete");
	await expectAccessible(page);
	await expectNoSidewaysScroll(page);
	await dialog.getByLabel("Password").fill(OTHER.password);
	await page.keyboard.press("Enter");
	await page.waitForURL("**/sign-in**");
	await signIn(page, OTHER.email, OTHER.password);
	await page.getByRole("alert").getByText("e-mail address or the password is wrong").waitFor();
	expect(complaints).toEqual([]);
	await close();
});
