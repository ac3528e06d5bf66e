import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { drawn } from "../support/calendar.ts";
import { expectAccessible, shoot } from "../support/chromium.ts";
import type { Stage } from "../support/stage.ts";

/** Parts of the app that are loaded when they are needed: while they come, without a network, and where they do not come. */

const PATH = "/calendar?view=week&date=2027-05-03";
const TYPED = "dentist at ten, zoe";
const NOT_LOADED = "This could not be shown.";

export function testNotLoaded(stage: () => Stage): void {
	test("what is typed after the key that opens a field goes into it, however long that takes to come", async () => {
		const { page, complaints, close } = await stage().open();
		const held = await hold(page, "quick-create", "overlay");
		await page.goto(PATH);
		await drawn(page);
		const { href } = new URL(page.url());
		await page.keyboard.press("c");
		await page.keyboard.type(`${TYPED}xx`, { delay: 60 });
		await page.keyboard.press("Backspace");
		await page.keyboard.press("Backspace");
		// It would open what has the focus, or send what is not there yet.
		await page.keyboard.press("Enter");
		held.resolve();
		const title = page.getByRole("dialog", { name: "New event" }).getByLabel("Title");
		await title.waitFor();
		await hasValue(page, TYPED);
		await page.keyboard.type("!");
		await hasValue(page, `${TYPED}!`);
		expect(page.url()).toBe(href);
		await page.keyboard.press("Escape");
		await title.waitFor({ state: "detached" });
		// By now it is loaded.
		await page.keyboard.press("c");
		await page.keyboard.type(TYPED);
		await hasValue(page, TYPED);
		await page.keyboard.press("Escape");
		await title.waitFor({ state: "detached" });
		await page.keyboard.press("/");
		await page.keyboard.type("made");
		await hasValue(page, "made");
		expect(complaints).toEqual([]);
		await close();
	});

	test("what is typed after Ctrl+K while the palette is not there yet is looked for in it", async () => {
		const { page, complaints, close } = await stage().open();
		const held = await hold(page, "overlay");
		await page.goto(PATH);
		await drawn(page);
		const { href } = new URL(page.url());
		await page.keyboard.press("Control+k");
		await page.keyboard.type("dev tam", { delay: 60 });
		held.resolve();
		await page.getByRole("dialog", { name: "Go to, or do…" }).waitFor();
		await hasValue(page, "dev tam");
		expect(page.url()).toBe(href);
		expect(complaints).toEqual([]);
		await close();
	});

	test("without a network everything that opens over the page is there, and the whole form of a new event", async () => {
		const { page, context, close } = await stage().open();
		await page.goto(PATH);
		await drawn(page);
		for (const part of ["quick-create", "event-page", "event-card", "overlay", "status-panel", "session-dialog"]) {
			await loaded(page, part);
		}
		await context.setOffline(true);
		await page.getByText("You are offline.").waitFor();
		await page.keyboard.press("Control+k");
		await page.getByRole("dialog", { name: "Go to, or do…" }).waitFor();
		await page.keyboard.press("Escape");
		await page.getByRole("button", { name: /^Sync status/ }).click();
		await page.getByRole("link", { name: "Calendar settings" }).waitFor();
		await page.keyboard.press("Escape");
		await page.keyboard.press("c");
		await page.keyboard.type("Kept");
		await hasValue(page, "Kept");
		await page.getByRole("link", { name: "More options" }).click();
		await page.getByRole("heading", { name: "New event", level: 1 }).waitFor();
		expect(await page.getByLabel("Title").inputValue()).toBe("Kept");
		await close();
	});

	test("what cannot be loaded says so and leaves the page with what was typed in it; it can be tried again", async () => {
		const { page, close } = await stage().open();
		const refused = /assets\/(quick-create|overlay|developers-page)-/;
		await page.route(refused, (route) => route.abort());
		await page.goto("/account");
		await page.getByLabel("Name").fill("Typed, not saved");
		const notice = page.getByRole("alert").filter({ hasText: NOT_LOADED });
		await page.keyboard.press("Control+k");
		await notice.waitFor();
		await shoot(page, "not-loaded");
		await expectAccessible(page, "[role=alert]");
		await notice.getByRole("button", { name: "Dismiss" }).click();
		await notice.waitFor({ state: "detached" });
		await page.keyboard.press("Control+k");
		await notice.waitFor();
		expect(await page.getByLabel("Name").inputValue()).toBe("Typed, not saved");
		await page.unroute(refused);
		await notice.getByRole("button", { name: "Try again" }).click();
		await page.getByRole("dialog", { name: "Go to, or do…" }).waitFor();
		await page.keyboard.press("Escape");
		expect(await page.getByLabel("Name").inputValue()).toBe("Typed, not saved");

		await page.route(refused, (route) => route.abort());
		await page.goto(PATH);
		await drawn(page);
		const { href } = new URL(page.url());
		await page.keyboard.press("c");
		await page.keyboard.type(TYPED);
		await notice.waitFor();
		expect(page.url()).toBe(href);
		await drawn(page);
		await close();
	});

	test("a page that cannot be loaded says so within the app, also once more, and is there when it can be", async () => {
		const { page, context, close } = await stage().open();
		await page.goto("/account");
		await page.getByLabel("Name").waitFor();
		await context.setOffline(true);
		await page.getByRole("link", { name: "Developers" }).click();
		const alert = page.getByRole("main").getByRole("alert");
		await alert.getByText("This page could not be shown.").waitFor();
		await alert.getByRole("button", { name: "Try again" }).click();
		await alert.getByText("Kalends cannot be reached.").waitFor();
		await page.getByRole("navigation", { name: "Main" }).waitFor();
		await shoot(page, "page-not-loaded");
		await context.setOffline(false);
		await alert.getByRole("button", { name: "Try again" }).click();
		await page.getByRole("heading", { name: "Developers", level: 1 }).waitFor();
		await close();
	});
}

/** Keeps chunks back until it is resolved. */
async function hold(page: Page, ...names: readonly string[]): Promise<PromiseWithResolvers<void>> {
	const held = Promise.withResolvers<void>();
	await page.route(new RegExp(`assets/(${names.join("|")})-`), async (route) => {
		await held.promise;
		await route.continue();
	});
	return held;
}

async function hasValue(page: Page, value: string): Promise<void> {
	await page.waitForFunction((wanted) => Reflect.get(document.activeElement ?? {}, "value") === wanted, value);
}

async function loaded(page: Page, name: string): Promise<void> {
	await page.waitForFunction(
		(part) =>
			performance
				.getEntriesByType("resource")
				.some(
					(entry) => entry.name.includes(`/assets/${part}-`) && (entry as PerformanceResourceTiming).responseEnd > 0,
				),
		name,
	);
}
