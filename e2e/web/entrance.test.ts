import { afterAll, beforeAll, expect, test } from "vitest";
import { expectAccessible, lookAt, openWindow, shoot } from "./support/chromium.ts";
import { type Stage, signIn, startStage } from "./support/stage.ts";

let stage: Stage;
beforeAll(async () => {
	stage = await startStage();
});
afterAll(() => stage?.close());

test("signing in by keyboard leads to where one wanted to go; a wrong password says so", async () => {
	const { page, complaints, close } = await stage.openAnonymous();
	await page.goto("/settings/calendars");
	await page.waitForURL("**/sign-in?**");
	await signIn(page, undefined, "not the password");
	await page.getByRole("alert").getByText("e-mail address or the password is wrong").waitFor();
	await page.getByLabel("Password").fill("correct horse battery staple");
	await page.keyboard.press("Enter");
	await page.waitForURL("**/settings/calendars");
	await page.getByRole("heading", { name: "Calendar integration", level: 1 }).waitFor();
	expect(complaints).toEqual([]);
	await close();
});

test("the entrance is accessible in both themes and widths", async () => {
	await lookAt(
		stage.browser,
		{ url: stage.url, cookies: [] },
		{
			name: "sign-in",
			path: "/sign-in",
			ready: (page) => page.getByRole("heading", { name: "Sign in to Kalends" }).waitFor(),
		},
	);
});

test("the checklist of what is left to set up is accessible in both themes and widths", async () => {
	await lookAt(stage.browser, stage, {
		name: "setup",
		path: "/setup",
		ready: (page) => page.getByText("/connect/google/callback").first().waitFor(),
	});
});

test("a page that is not there is told so, and is a 404", async () => {
	const { page, complaints, close } = await openWindow(stage.browser, stage.url);
	const answer = await page.goto("/no-such-page");
	expect(answer?.status()).toBe(404);
	await page.getByRole("heading", { name: "There is no page at this address" }).waitFor();
	await shoot(page, "not-found");
	await expectAccessible(page);
	expect(complaints).toEqual([]);
	await close();
});
