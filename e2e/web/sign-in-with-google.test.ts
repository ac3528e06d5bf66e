import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ADA, startWithGoogle, type WithGoogle } from "../support/google.ts";
import { until } from "../support/until.ts";
import { expectAccessible, launchChromium, openWindow, shoot, type Window } from "./support/chromium.ts";
import { consentAs } from "./support/google-consent.ts";

/** Whom Google knows need no password here: at the first sign-in, and when their session has ended. */

const GRACE = "grace@example.org";

let google: WithGoogle;
let browser: Browser;

beforeAll(async () => {
	[google, browser] = await Promise.all([
		startWithGoogle({ seed: "demo" }, { env: { KALENDS_SIGNUP: "open" } }),
		launchChromium(),
	]);
});
afterAll(async () => {
	await browser?.close();
	await google?.stop();
});

test("who signs in with Google comes back signed in, with the account connected", async () => {
	const { page, complaints, close } = await open();
	await page.goto("/developers");
	await page.waitForURL("**/sign-in?**");
	await page.getByRole("link", { name: "Sign in with Google" }).click();
	await consentAs(page, "Grace Kim", google.kalends.url);
	await page.getByRole("heading", { name: "Developers" }).waitFor();
	expect(new URL(page.url()).pathname).toBe("/developers");
	await page.getByRole("link", { name: "Account" }).click();
	await page.getByText(GRACE).first().waitFor();
	await page.getByRole("link", { name: "Settings" }).click();
	await page.getByRole("heading", { name: GRACE, level: 3 }).waitFor();
	await meetWith(page, "ben@example.com");
	expect(complaints).toEqual([]);
	await close();
});

test("who typed while their session ended signs in with Google beside it, and goes on; nobody else reads it", async () => {
	const { page, context, complaints, close } = await open();
	await page.goto("/calendar/new");
	await page.getByRole("link", { name: "Sign in with Google" }).click();
	await consentAs(page, "Grace Kim", google.kalends.url);
	await page.getByLabel("Title").fill("Typed before");
	await page.evaluate(() => Reflect.set(globalThis, "notReloaded", true));
	const beside = async (name: string) => {
		await context.clearCookies();
		// What the page reads meanwhile may find out first, and ask over the form.
		await page.getByRole("button", { name: "Save", exact: true }).dispatchEvent("click");
		const dialog = page.getByRole("dialog", { name: "Your session has ended" });
		const opening = page.waitForEvent("popup");
		await dialog.getByRole("link", { name: "Sign in with Google" }).click();
		const popup = await opening;
		await popup.getByRole("button", { name }).click();
		await dialog.getByText("This page goes on by itself after it.").waitFor();
		await shoot(page, "session-ended-google");
		await expectAccessible(page);
		await popup.getByRole("button", { name: "Allow" }).click();
		return popup;
	};
	const popup = await beside("Grace Kim");
	await until("the window to close itself", async () => popup.isClosed());
	await page.getByRole("dialog", { name: "Your session has ended" }).waitFor({ state: "detached" });
	expect(await page.getByLabel("Title").inputValue()).toBe("Typed before");
	expect(await page.evaluate(() => Reflect.get(globalThis, "notReloaded"))).toBe(true);

	// Where no window may be opened by scripts, the link makes a tab.
	await page.evaluate(() => Reflect.set(globalThis, "open", () => null));
	await beside("Ada Berg");
	await page.getByRole("heading", { name: "Somebody else is signed in now" }).waitFor();
	await page.getByText(`${ADA} has signed in.`, { exact: false }).waitFor();
	await shoot(page, "session-of-another");
	await expectAccessible(page);
	expect(Object.values(await page.evaluate(() => ({ ...sessionStorage }))).join()).not.toContain("Typed before");
	await page.getByRole("link", { name: "Go to the dashboard" }).click();
	await page.getByRole("heading", { name: "Dashboard" }).waitFor();
	expect(await page.evaluate(() => Reflect.get(globalThis, "notReloaded"))).toBeUndefined();
	expect(complaints).toEqual([]);
	await close();
});

/** Before it is saved, the form says who will be mailed; Google makes the call. */
async function meetWith(page: Page, guest: string): Promise<void> {
	await page.goto("/calendar/new");
	await page.getByLabel("Title").fill("Talk it over");
	await page.getByLabel("Guests").fill(guest);
	await page.keyboard.press("Enter");
	await page.getByText("Guests will be mailed:").waitFor();
	await page.getByText(guest).last().waitFor();
	await page.getByLabel("Make a Google Meet call").check();
	await shoot(page, "editor-guests", { whole: true });
	await expectAccessible(page);
	await page.getByRole("button", { name: "Save" }).press("Enter");
	const talk = async () => {
		const { items } = await google.inGoogle<{ items: GoogleEvent[] }>(
			"GET",
			"calendars/primary/events",
			undefined,
			GRACE,
		);
		return items.find(({ summary }) => summary === "Talk it over") ?? null;
	};
	const made = await until("the event with its call in Google", async () => {
		const found = await talk();
		return found?.hangoutLink === undefined ? null : found;
	});
	expect(made.attendees?.map(({ email }) => email)).toContain(guest);

	await page.goto("/calendar?view=agenda");
	await page.locator("[data-event-id]", { hasText: "Talk it over" }).first().click();
	await page.getByRole("dialog").getByRole("link", { name: "Edit" }).click();
	await page.getByLabel("Place").fill("Room 2");
	await page.getByRole("button", { name: "Save" }).press("Enter");
	const asked = page.getByRole("dialog", { name: "Talk it over" });
	await asked.getByText("Guests will be mailed:").waitFor();
	await asked.getByText(guest).waitFor();
	expect((await talk())?.location).toBeUndefined();
	await asked.getByRole("button", { name: "Save" }).press("Enter");
	await until("the place in Google", async () => (await talk())?.location === "Room 2");
}

interface GoogleEvent {
	readonly summary?: string;
	readonly location?: string;
	readonly hangoutLink?: string;
	readonly attendees?: readonly { readonly email: string }[];
}

function open(): Promise<Window> {
	return openWindow(browser, google.kalends.url, { mayLeaveTo: [new URL(google.google.url).origin] });
}
