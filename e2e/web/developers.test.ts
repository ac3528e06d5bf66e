import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Receiver, startReceiver } from "../../packages/server/src/testing/receiver.ts";
import { clientOf } from "../support/client.ts";
import { until } from "../support/until.ts";
import { expectAccessible, expectNoSidewaysScroll, lookAt, PHONE, shoot } from "./support/chromium.ts";
import { type Stage, startStage } from "./support/stage.ts";
import { heldAnswer } from "./support/work-calendar.ts";

/** Developers: keys and webhooks, with a real receiver. */

/** For four windows, or a reminder that has to become due, on a machine with much else to do. */
const SLOW = 180_000;

let stage: Stage;
let receiver: Receiver;
beforeAll(async () => {
	[stage, receiver] = await Promise.all([startStage(), startReceiver()]);
	await stage.radicale.createCalendar("work", { displayName: "Work" });
	await stage.connectRadicale("Radicale");
});
afterAll(async () => {
	await stage?.close();
	await receiver?.close();
});

test("by keyboard a key is made; it is shown once, and works as it says", async () => {
	const { page, complaints, close } = await stage.open();
	await page.goto("/developers");
	await page.getByRole("heading", { name: "No webhooks yet" }).waitFor();
	await page.getByRole("button", { name: "New key" }).focus();
	await page.keyboard.press("Enter");
	const dialog = page.getByRole("dialog", { name: "New API key" });
	await dialog.getByLabel("Name").and(page.locator(":focus")).waitFor();
	await page.keyboard.press("Enter");
	await dialog.getByText("Enter a name.").waitFor();
	await shoot(page, "developers-new-key");
	await expectAccessible(page);
	await page.keyboard.type("Wall display");
	const making = await heldAnswer(page, "POST", "api-keys");
	await page.keyboard.press("Enter");
	await dialog.getByRole("button", { name: "Make the key", exact: true }).and(page.locator("[aria-busy]")).waitFor();
	// It is made by now, and shown only once.
	await page.keyboard.press("Escape");
	await dialog.getByRole("button", { name: "Cancel" }).press("Enter");
	await dialog.getByRole("button", { name: "Close" }).click();
	making.release();
	const shown = page.getByRole("dialog", { name: "The key “Wall display”" });
	const key = (await shown.getByText(/^kal_/).textContent()) ?? "";
	await shown.getByRole("button", { name: "Copy the key" }).waitFor();
	await page.keyboard.press("Escape");
	await page.locator("button:focus", { hasText: "New key" }).waitFor();
	await page.getByText(`${key.slice(0, 8)}`, { exact: false }).waitFor();
	expect(await page.getByText(key).count()).toBe(0);
	const client = clientOf(stage.url, key);
	expect(await client.request("GET", "/v1/me")).toMatchObject({ scopes: ["read"] });
	await page.getByRole("button", { name: /^Delete\s+Wall display$/ }).click();
	await page.getByRole("alertdialog").getByRole("button", { name: "Delete the key" }).click();
	await page.getByRole("listitem").filter({ hasText: "Wall display" }).waitFor({ state: "detached" });
	expect((await client.fetch("GET", "/v1/me")).status).toBe(401);
	expect(complaints).toEqual([]);
	await close();
});

test("a webhook is made and tested; what fails is in the log, and is sent again", async () => {
	const { page, complaints, close } = await stage.open();
	await page.goto("/developers");
	await page.getByRole("button", { name: "New webhook" }).click();
	const dialog = page.getByRole("dialog", { name: "New webhook" });
	await dialog.getByLabel("Address").fill("https://user:secret@example.org/hook");
	await dialog.getByRole("button", { name: "Make the webhook" }).click();
	await dialog.getByText("Leave user name and password out").first().waitFor();
	await dialog.getByLabel("Address").fill(receiver.url);
	await dialog.getByRole("checkbox", { name: /event\.\*/ }).check();
	await dialog.getByRole("checkbox", { name: "Work", exact: true }).check();
	await shoot(page, "developers-new-webhook");
	await expectAccessible(page);
	const making = await heldAnswer(page, "POST", "webhooks");
	await dialog.getByRole("button", { name: "Make the webhook" }).click();
	await page.locator("[aria-busy]", { hasText: "Make the webhook" }).waitFor();
	await page.keyboard.press("Escape");
	making.release();
	const secret = page.getByRole("dialog", { name: "The webhook's secret" });
	await secret.getByText(/^whsec_/).waitFor();
	await page.keyboard.press("Escape");
	await page.locator("button:focus", { hasText: "New webhook" }).waitFor();
	await page.unrouteAll();

	receiver.answers = [{ status: 500, body: "out of order" }, { status: 200 }];
	await page.getByRole("button", { name: "Send a test" }).click();
	await page.getByText("It answered 500: it did not take the test message.").waitFor();
	await page.getByRole("button", { name: "Send a test" }).click();
	await page.getByText("It answered 200: the test message has arrived.").waitFor();
	expect(receiver.received.map(({ message }) => message.type)).toEqual(["webhook.test", "webhook.test"]);

	await page.getByRole("button", { name: "Log", exact: true }).click();
	const log = page.getByRole("dialog", { name: "Log of the webhook" });
	await log.getByText("· 500").first().click();
	await log.getByText("out of order").waitFor();
	await shoot(page, "developers-log");
	await expectAccessible(page);
	await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
	await log.getByRole("button", { name: "Copy as curl" }).click();
	const command = await page.evaluate(() => navigator.clipboard.readText());
	await promisify(execFile)("sh", ["-c", command]);
	await receiver.until(3);
	expect(receiver.received[2]?.body).toBe(receiver.received[0]?.body);
	expect(receiver.received[2]?.headers["webhook-id"]).toBe(receiver.received[0]?.headers["webhook-id"]);
	expect(complaints).toEqual([]);
	await close();
});

test(
	"one delivery is sent again, then those of a time; a long log is read page by page",
	async () => {
		const webhook = await onlyWebhook();
		for (let count = 0; count < 52; count += 1) {
			await stage.kalends.request("POST", `/v1/webhooks/${webhook.id}/test`);
		}
		const { page, complaints, close } = await stage.open();
		await page.goto("/developers");
		await page.getByRole("button", { name: "Log", exact: true }).click();
		const log = page.getByRole("dialog", { name: "Log of the webhook" });
		const rows = log.getByRole("list", { name: "Deliveries" }).locator("> li");
		await until("all rows", async () => (await rows.count()) === 50);
		await log.getByRole("button", { name: /^Show more/ }).focus();
		await page.keyboard.press("Enter");
		await until("all rows", async () => (await rows.count()) === 54);
		await until("focus on the first that came", () => rows.nth(50).evaluate((row) => row === document.activeElement));
		await page.getByRole("status").getByText("4 more are shown").waitFor({ state: "attached" });
		expect(await log.getByRole("button", { name: /^Show more/ }).count()).toBe(0);
		await shoot(page, "developers-log-long");

		const before = receiver.received.length;
		const first = rows.filter({ hasText: "500" });
		await first.click();
		await first.getByRole("button", { name: "Send again" }).click();
		await log.getByText("One is sent again, as a new entry.").waitFor();
		await receiver.until(before + 1);
		const again = receiver.received[before];
		expect(again?.headers["webhook-id"]).toBe(receiver.received[0]?.headers["webhook-id"]);
		expect(again?.headers["kalends-delivery"]).not.toBe(receiver.received[0]?.headers["kalends-delivery"]);

		await log.getByRole("button", { name: "Send a period again" }).click();
		await log.getByLabel("To", { exact: true }).fill("2020-01-01T00:00");
		await log.getByRole("button", { name: "Send these again" }).click();
		await log.getByText("The end comes after the start.").waitFor();
		await log.getByLabel("From", { exact: true }).fill("2020-01-01T00:00");
		await log.getByLabel("To", { exact: true }).fill("2040-01-01T00:00");
		await log.getByLabel("Which").selectOption("failed");
		await shoot(page, "developers-replay");
		await expectAccessible(page);
		await log.getByRole("button", { name: "Send these again" }).click();
		await receiver.until(before + 2);
		expect(receiver.received[before + 1]?.headers["webhook-id"]).toBe(again?.headers["webhook-id"]);
		expect(complaints).toEqual([]);
		await close();
	},
	SLOW,
);

async function firstCalendar(): Promise<string> {
	const { data } = await stage.kalends.request<{ data: { id: string }[] }>("GET", "/v1/calendars");
	return data[0]?.id ?? "";
}

async function onlyWebhook(): Promise<{ readonly id: string; readonly status: string }> {
	const { data } = await stage.kalends.request<{ data: { id: string; status: string }[] }>("GET", "/v1/webhooks");
	const [webhook] = data;
	if (webhook === undefined || data.length > 1) throw new Error(`there are ${data.length} webhooks`);
	return webhook;
}

test("a webhook is given a new secret, disabled, resumed and deleted, on a phone", async () => {
	const { page, complaints, close } = await stage.open({ size: PHONE, theme: "dark" });
	await page.goto("/developers");
	const more = page.getByRole("button", { name: `More for ${receiver.url}` });
	await more.click();
	await page.getByRole("menuitem", { name: "New secret" }).click();
	const making = await heldAnswer(page, "POST", "webhooks");
	await page.getByRole("alertdialog").getByRole("button", { name: "Make a new secret" }).click();
	await page.locator("[aria-busy]", { hasText: "Make a new secret" }).waitFor();
	await page.keyboard.press("Escape");
	making.release();
	await page
		.getByRole("dialog", { name: "The webhook's secret" })
		.getByText(/^whsec_/)
		.waitFor();
	await shoot(page, "developers-secret");
	await expectAccessible(page);
	await page.keyboard.press("Escape");
	await page.getByText("the old secret signs too").waitFor();
	const before = receiver.received.length;
	await page.getByRole("button", { name: "Send a test" }).click();
	await receiver.until(before + 1);
	expect(receiver.received[before]?.headers["webhook-signature"]?.split(" ")).toHaveLength(2);
	await more.click();
	await page.getByRole("menuitem", { name: "Disable" }).click();
	await page.getByRole("button", { name: "Resume" }).waitFor();
	await page.getByRole("button", { name: "Resume" }).click();
	await page.getByRole("button", { name: "Resume" }).waitFor({ state: "detached" });

	receiver.answers = [{ status: 410 }, { status: 200 }];
	const event = { calendar_id: await firstCalendar(), title: "Kept meanwhile", start: { date: "2031-01-01" } };
	await stage.kalends.request("POST", "/v1/events", event);
	await page.getByText(/^Disabled/).waitFor();
	await shoot(page, "developers-disabled", { whole: true });
	await expectAccessible(page);
	await expectNoSidewaysScroll(page);
	const gone = receiver.received.length;
	await page.getByRole("button", { name: "Resume" }).click();
	await receiver.until(gone + 1);
	expect(receiver.received[gone]?.message).toMatchObject({ data: { title: "Kept meanwhile" } });
	await page.getByRole("button", { name: "Resume" }).waitFor({ state: "detached" });
	expect(complaints).toEqual([]);
	await close();
});

test(
	"the developers' page is accessible in both themes and widths",
	async () => {
		await stage.kalends.request("POST", "/v1/api-keys", { name: "Backup", scopes: ["read", "write"] });
		await lookAt(stage.browser, stage, {
			name: "developers",
			path: "/developers",
			ready: (page) => page.getByRole("button", { name: "Log", exact: true }).waitFor(),
		});
	},
	SLOW,
);
