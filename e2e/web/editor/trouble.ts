import type { Page } from "playwright-core";
import { afterEach, beforeAll, expect, test } from "vitest";
import type { ChaosProxy } from "../../support/chaos-proxy.ts";
import { ADMIN_PASSWORD } from "../../support/kalends.ts";
import { withProperty } from "../../support/other-client.ts";
import { until } from "../../support/until.ts";
import { DESKTOP, expectAccessible, PHONE, shoot } from "../support/chromium.ts";
import { type Stage, signIn } from "../support/stage.ts";
import { closeCard, drawn, focusIsOn, openCalendar, openEditor, type WorkCalendar } from "../support/work-calendar.ts";
import type { EditorScene } from "./scene.ts";

/** Popovers that are closed have the role too. */
const OPEN_DIALOG = "[role=dialog]:not([popover])";

/** Where a write does not get through, nothing typed is lost, and nothing is told otherwise than it is. */
export function testTrouble(scene: () => EditorScene): void {
	let stage: Stage;
	let work: WorkCalendar;
	let week: EditorScene["week"];
	let proxy: ChaosProxy;
	let sync: EditorScene["sync"];
	beforeAll(() => {
		({ stage, work, week, proxy, sync } = scene());
	});
	afterEach(() => {
		proxy.setDown(false);
		proxy.refuseWrites(null);
	});

	test("a field that both sides changed is shown with both; mine is restored by choice, what else changed there stays", async () => {
		const { page, complaints, close } = await openCalendar(stage, week.path);
		await openEditor(page, "Review");
		await page.getByLabel("Place").fill("Mine");
		await page.getByLabel("Description").fill("Only mine");
		const theirs = (ics: string) => withProperty(withProperty(ics, "LOCATION", "Theirs"), "SUMMARY", "Review there");
		await work.client.edit("review", theirs);
		await sync();
		await save(page);
		const dialog = page.getByRole("dialog", { name: "This event was changed meanwhile" });
		await dialog.getByRole("row", { name: "Place Mine Theirs" }).waitFor();
		await shoot(page, "editor-conflict");
		await expectAccessible(page, OPEN_DIALOG);
		// Escape decides nothing: what was typed is still in the form.
		await page.keyboard.press("Escape");
		expect(await page.getByLabel("Place").inputValue()).toBe("Mine");
		await save(page);
		await dialog.getByRole("button", { name: "Restore mine" }).press("Enter");
		const { properties } = await work.awaited("Review there", (event) => event.properties.LOCATION === "Mine");
		expect(properties.DESCRIPTION).toBe("Only mine");
		expect(complaints).toEqual([]);
		await close();
	});

	test("a conflict that only the provider knows of is told too; what is there can be kept", async () => {
		const { page, complaints, close } = await openCalendar(stage, week.path);
		await openEditor(page, "Retro");
		await page.getByLabel("Place").fill("Mine");
		await work.client.edit("retro", (ics) => withProperty(ics, "LOCATION", "Theirs"));
		await save(page);
		const dialog = page.getByRole("dialog", { name: "This event was changed meanwhile" });
		await dialog.getByRole("row", { name: "Place Mine Theirs" }).waitFor();
		await dialog.getByRole("button", { name: "Keep what is there" }).press("Enter");
		await closeCard(page, "Retro");
		await until("focus on the event", focusIsOn(page, "Retro"));
		// The history keeps what was lost, and can bring it back.
		await openEditor(page, "Retro");
		expect(await page.getByLabel("Place").inputValue()).toBe("Theirs");
		await page.getByRole("button", { name: "History" }).press("Enter");
		const lost = page
			.getByRole("dialog", { name: "History" })
			.getByRole("listitem")
			.filter({ hasText: "Lost a conflict" });
		await lost.getByText("Mine").waitFor();
		await shoot(page, "editor-history");
		await expectAccessible(page, OPEN_DIALOG);
		await lost.getByRole("button", { name: /^Restore the version/ }).press("Enter");
		await work.awaited("Retro", ({ properties }) => properties.LOCATION === "Mine");
		await drawn(page, "Retro").waitFor();
		expect(complaints).toEqual([]);
		await close();
	});

	test("keys that were pressed before one knew that others had moved the event undo nothing of theirs", async () => {
		const { page, complaints, close } = await openCalendar(stage, week.path);
		const held = Promise.withResolvers<void>();
		await page.route("**/v1/events/**", async (route) => {
			if (route.request().method() === "PATCH") await held.promise;
			await route.fallback();
		});
		const begins = (at: string) => drawn(page, "Standup").filter({ hasText: `${at} – ` });
		await begins("12:00").waitFor();
		const theirs = week.at(4, "110000");
		await work.client.edit("standup", (ics) =>
			ics.replace(week.at(4, "120000"), theirs).replace(week.at(4, "130000"), week.at(4, "120000")),
		);
		for (const at of ["12:00", "12:15", "12:30"]) await begins(at).press("Alt+ArrowDown");
		await begins("12:45").waitFor();
		held.resolve();
		const dialog = page.getByRole("dialog", { name: "This event was changed meanwhile" });
		// Of each in turn it asks, the last at last.
		await dialog.getByRole("row", { name: /^Start .*12:45.* .*11:00/ }).waitFor();
		await dialog.getByRole("button", { name: "Keep what is there" }).press("Enter");
		await begins("11:00").waitFor();
		await work.awaited("Standup", ({ properties }) => properties.DTSTART === theirs);
		// From there on, and not from where the keys would have had it.
		await begins("11:00").press("Alt+ArrowDown");
		await work.awaited("Standup", ({ properties }) => properties.DTSTART === week.at(4, "111500"));
		expect(await dialog.count()).toBe(0);
		expect(complaints).toEqual([]);
		await close();
	});

	test("a new event begins in the person's zone, not in the browser's, however late theirs is known", async () => {
		const { page, complaints, context } = await stage.open({ timeZone: "Asia/Tokyo" });
		let tell = () => {};
		const told = new Promise<void>((resolve) => {
			tell = resolve;
		});
		await page.route("**/v1/me", async (route) => {
			await told;
			await route.fallback();
		});
		const calendars = page.waitForResponse((response) => response.url().includes("/v1/calendars"));
		await page.goto("/calendar/new");
		await (await calendars).finished();
		// What could be drawn of the calendars alone is.
		await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
		tell();
		await page.getByRole("button", { name: "Time zone: Europe/Berlin" }).waitFor();
		expect(complaints).toEqual([]);
		await context.close();
	});

	test("where the person's zone cannot be read a new event begins in the browser's, and it is not asked for on and on", async () => {
		const { page, context } = await stage.open({ timeZone: "Asia/Tokyo" });
		let asked = 0;
		await page.route("**/v1/me", (route) => {
			asked++;
			return route.fulfill({ status: 400, body: "" });
		});
		await page.goto("/calendar/new");
		await page.getByRole("button", { name: "Time zone: Asia/Tokyo" }).waitFor();
		await page.getByLabel("Title").fill("Typed");
		expect(asked).toBeLessThan(10);
		await context.close();
	});

	test("what is read anew in vain takes nothing of a new event away", async () => {
		const { page, context, close } = await openCalendar(stage, week.path);
		await page.goto("/calendar/new");
		await page.getByLabel("Title").fill("Typed");
		await page.route("**/v1/calendars*", (route) => route.fulfill({ status: 400, body: "" }));
		const failed = page.waitForResponse((answer) => answer.url().includes("/v1/calendars") && answer.status() === 400);
		await context.setOffline(true);
		await context.setOffline(false);
		await failed;
		await page.evaluate(() => new Promise((drawn) => setTimeout(() => requestAnimationFrame(drawn))));
		expect(await page.getByText("Your calendars could not be read.").count()).toBe(0);
		expect(await page.getByLabel("Title").inputValue({ timeout: 5_000 })).toBe("Typed");
		await close();
	});

	test("while the provider is away a change waits and says so; then it gets there", async () => {
		const { page, complaints, close } = await openCalendar(stage, week.path);
		await openEditor(page, "Planning");
		proxy.setDown(true);
		await page.getByLabel("Place").fill("Later");
		await save(page);
		await page.getByText("“Planning” was changed, and waits for its provider").first().waitFor();
		const card = page.getByRole("dialog", { name: "Planning" });
		await card.getByText("Not yet with the provider. Kalends goes on trying.").waitFor();
		await closeCard(page, "Planning");
		await page.locator(".cal-chip-pending", { hasText: "Planning" }).waitFor();
		await drawn(page, "not yet with the provider").and(drawn(page, "Planning")).waitFor();
		await openEditor(page, "Planning");
		await page.getByText("Not yet with the provider. Kalends goes on trying.").waitFor();
		await shoot(page, "editor-pending");
		proxy.setDown(false);
		await page.getByRole("button", { name: "Try again" }).press("Enter");
		await work.awaited("Planning", ({ properties }) => properties.LOCATION === "Later");
		await drawn(page, "Planning").waitFor();
		await until("the event without the mark", async () =>
			(await drawn(page, "Planning").innerText()).includes("not yet") ? null : true,
		);
		expect(complaints).toEqual([]);
		await close();
	});

	test("what the provider refuses says why; it is tried again, or discarded", async () => {
		const { page, complaints, close } = await openCalendar(stage, week.path);
		await openEditor(page, "Dinner");
		proxy.refuseWrites(403);
		await page.getByLabel("Place").fill("Refused");
		await save(page);
		const notice = page.getByRole("alert").filter({ hasText: "The provider refused this change. It is kept here." });
		await notice.waitFor();
		expect(await page.getByLabel("Place").inputValue()).toBe("Refused");
		await shoot(page, "editor-refused");
		await expectAccessible(page, "[role=alert]");
		proxy.refuseWrites(null);
		await page.getByRole("button", { name: "Try again" }).press("Enter");
		await work.awaited("Dinner", ({ properties }) => properties.LOCATION === "Refused");
		await closeCard(page, "Dinner");
		// Moved in the calendar, where the reason is above the grid.
		proxy.refuseWrites(403);
		await drawn(page, "Dinner").press("Alt+ArrowDown");
		await page.getByText("The provider refused the change of “Dinner”").first().waitFor();
		await drawn(page, "could not be saved with the provider").and(drawn(page, "Dinner")).waitFor();
		await shoot(page, "editor-refused-move");
		await drawn(page, "Dinner").press("Enter");
		const card = page.getByRole("dialog", { name: "Dinner" });
		await card.getByText("The provider refused this change.").waitFor();
		await card.getByRole("button", { name: "Try again" }).waitFor();
		await shoot(page, "editor-refused-card");
		await expectAccessible(page, OPEN_DIALOG);
		await closeCard(page, "Dinner");
		proxy.refuseWrites(null);
		await page.getByRole("button", { name: "Discard the change" }).press("Enter");
		await drawn(page, "Dinner").filter({ hasText: "14:00 – 15:00" }).waitFor();
		expect((await work.awaited("Dinner")).properties.DTSTART).toBe(week.at(3, "140000"));
		expect(complaints).toEqual([]);
		await close();
	});

	test("a session that ends in mid-edit is asked for in place, and what was typed is saved after it", async () => {
		const { page, context, complaints, close } = await openCalendar(stage, week.path);
		await openEditor(page, "Talk");
		await page.getByLabel("Place").fill("Typed before");
		await context.clearCookies();
		await save(page);
		const dialog = page.getByRole("dialog", { name: "Your session has ended" });
		await dialog.getByLabel("Password").fill(ADMIN_PASSWORD);
		await shoot(page, "editor-session-ended");
		await page.keyboard.press("Enter");
		await dialog.waitFor({ state: "detached" });
		expect(await page.getByLabel("Place").inputValue()).toBe("Typed before");
		await save(page);
		await work.awaited("Talk", ({ properties }) => properties.LOCATION === "Typed before");
		expect(complaints).toEqual([]);
		await close();
	});

	test("who signs in after somebody else in the same tab sees nothing of what that one typed", async () => {
		const other = { email: "next@example.org", name: "Next", password: "a passphrase of their own" };
		await stage.kalends.request("POST", "/v1/users", other);
		const { page, complaints, close } = await stage.openAnonymous();
		await page.goto("/calendar/new");
		await signIn(page);
		await page.getByLabel("Title").fill("Not yours to read");
		await page.goto("/account");
		await page.getByRole("button", { name: "Sign out", exact: true }).click();
		await page.waitForURL("**/sign-in");
		await signIn(page, other.email, other.password);
		await page.getByRole("heading", { name: "Dashboard" }).waitFor();
		await page.goto("/calendar/new");
		await page.getByLabel("Title").waitFor();
		expect(await page.getByText("What you typed before is here again.").count()).toBe(0);
		expect(await page.content()).not.toContain("Not yours to read");
		expect(Object.values(await page.evaluate(() => ({ ...sessionStorage }))).join()).not.toContain("Not yours to read");
		expect(complaints).toEqual([]);
		await close();
	});

	test("offline in mid-edit and reloaded, what was typed is still there; others' changes are not undone by it", async () => {
		const { page, context, close } = await openCalendar(stage, week.path);
		await openEditor(page, "Call");
		await page.getByLabel("Place").fill("Typed offline");
		await context.setOffline(true);
		await page.getByText("You are offline.").waitFor();
		await save(page);
		await page.getByText("It was not saved. What you typed is still here.").waitFor();
		await shoot(page, "editor-offline");
		// It stays in sight wherever one is in the form, and what has the focus is not below it.
		for (const size of [DESKTOP, PHONE]) {
			await page.setViewportSize(size);
			expect(await page.evaluate(coveredOnTheWayUp)).toEqual([]);
		}
		await work.client.edit("call", (ics) => withProperty(ics, "DESCRIPTION", "Theirs"));
		await sync();
		await context.setOffline(false);
		await page.reload();
		await page.getByText("What you typed before is here again.").waitFor();
		expect(await page.getByLabel("Place").inputValue()).toBe("Typed offline");
		await save(page);
		const { properties } = await work.awaited("Call", (event) => event.properties.LOCATION === "Typed offline");
		expect(properties.DESCRIPTION).toBe("Theirs");
		await close();
	});
}

async function save(page: Page): Promise<void> {
	await page.getByRole("button", { name: "Save" }).press("Enter");
}

/** Focuses what is in the page from its end to its begin. @returns what cannot be seen then; the bar each time that cannot be */
function coveredOnTheWayUp(): string[] {
	const isSeen = (element: Element) => {
		const { left, right, top, bottom } = element.getBoundingClientRect();
		const shown = [top + 2, (top + bottom) / 2, bottom - 2].map((y) =>
			document.elementFromPoint((left + right) / 2, y),
		);
		return shown.some((there) => there !== null && (element.contains(there) || there.contains(element)));
	};
	const fields = [...document.querySelectorAll<HTMLElement>("main :is(input, select, textarea, button)")];
	return fields.reverse().flatMap((field) => {
		field.focus();
		const bar = document.querySelector(".offline-bar");
		return [bar, field.closest("label") ?? field]
			.filter((one) => one === null || !isSeen(one))
			.map((one) => one?.outerHTML ?? "no bar");
	});
}
