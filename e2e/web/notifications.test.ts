import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type MailServer, smtpAnswer, startMailServer } from "../../packages/server/src/notify/testing.ts";
import { listAll } from "../support/api.ts";
import { ADMIN_EMAIL } from "../support/kalends.ts";
import { type OtherClient, otherClient } from "../support/other-client.ts";
import { until } from "../support/until.ts";
import { expectAccessible, lookAt, PHONE, shoot } from "./support/chromium.ts";
import { type Stage, startStage } from "./support/stage.ts";

/** What a person is told: reminders under the bell, the mail log; bookings and payments. */

const PAYMENTS_SECRET = `whsec_${Buffer.from("a secret of the payment system..").toString("base64")}`;

/** For four windows, or a reminder that has to become due, on a machine with much else to do. */
const SLOW = 180_000;

let stage: Stage;
let mail: MailServer;
let work: OtherClient;
let connection: { readonly id: string };
let calendarId: string;
beforeAll(async () => {
	mail = await startMailServer();
	stage = await startStage({
		env: {
			SMTP_URL: mail.url,
			MAIL_FROM: "Kalends <kalends@example.org>",
			PAYMENTS_WEBHOOK_SECRET: PAYMENTS_SECRET,
		},
	});
	work = otherClient(
		stage.radicale,
		await stage.radicale.createCalendar("work", { displayName: "Work", color: "#0f9d78" }),
	);
	connection = await stage.connectRadicale("Radicale");
	const { data } = await stage.kalends.request<{ data: { id: string }[] }>("GET", "/v1/calendars");
	calendarId = data[0]?.id ?? "";
});
afterAll(async () => {
	await stage?.close();
	await mail?.close();
});

/** Events whose reminders, in the app and by mail, are due now; somebody looks every ten seconds. */
async function remindNow(...titles: readonly string[]): Promise<void> {
	const start = new Date(Date.now() + 10 * 60_000).toISOString();
	const end = new Date(Date.now() + 40 * 60_000).toISOString();
	const stamp = (text: string) => `${text.slice(0, 19).replaceAll(/[-:]/g, "")}Z`;
	for (const title of titles) {
		const alarm = (action: string, more: readonly string[] = []) => [
			...["BEGIN:VALARM", `ACTION:${action}`, "TRIGGER:-PT10M", `DESCRIPTION:${title}`, ...more, "END:VALARM"],
		];
		await work.create(title, [
			...[`SUMMARY:${title}`, `DTSTART:${stamp(start)}`, `DTEND:${stamp(end)}`],
			...["LOCATION:Room 4", "CONFERENCE;VALUE=URI:https://meet.example.org/now"],
			...alarm("DISPLAY"),
			...alarm("EMAIL", [`SUMMARY:${title}`, `ATTENDEE:mailto:${ADMIN_EMAIL}`]),
		]);
	}
	await stage.kalends.request("POST", `/v1/connections/${connection.id}/sync?wait=true`);
}

test(
	"a reminder comes under the bell by itself; it leads to its event, is snoozed, and dismissed",
	async () => {
		const { page, complaints, close } = await stage.open();
		await page.goto("/");
		await page.getByRole("button", { name: "Notifications", exact: true }).waitFor();
		await remindNow("Stand-up", "Planning");
		const bell = page.getByRole("button", { name: /^2 new Notifications$/ });
		await bell.waitFor({ timeout: 50_000 });
		await bell.focus();
		await page.keyboard.press("Enter");
		const panel = page.getByRole("dialog", { name: "Notifications" });
		const row = panel.getByRole("listitem").filter({ hasText: "Stand-up" });
		await row.waitFor();
		expect(await row.getByRole("link", { name: "Join" }).getAttribute("href")).toBe("https://meet.example.org/now");
		await shoot(page, "notifications-panel");
		await expectAccessible(page);
		await row.getByRole("button", { name: "Snooze" }).click();
		await panel.getByRole("group", { name: "Snooze: Stand-up" }).getByRole("button", { name: "30 mins" }).click();
		await row.waitFor({ state: "detached" });
		await page.getByRole("button", { name: /^1 new Notifications$/ }).waitFor();
		const next = panel.getByRole("listitem").filter({ hasText: "Planning" });
		await until("focus on the next", () => next.evaluate((item) => item.contains(document.activeElement) || null));
		await panel.getByRole("link", { name: "Reminders, mail and snoozed ones" }).click();
		const snoozed = page.getByRole("region", { name: "Snoozed" });
		await snoozed.getByText("Again in 30 minutes").waitFor();
		await snoozed.getByRole("link", { name: "Open" }).click();
		await page.getByRole("dialog").getByText("Room 4").waitFor();
		expect(complaints).toEqual([]);
		await close();
	},
	SLOW,
);

test("what was mailed is listed; preferences hold at once, on a phone", async () => {
	await until("the reminders' mails", async () => mail.received.length > 1);
	const { page, complaints, close } = await stage.open({ size: PHONE });
	await page.goto("/notifications");
	await page.getByRole("list", { name: "Mail" }).getByText("Stand-up").waitFor();
	await page.getByRole("list", { name: "Mail" }).getByText("Sent").first().waitFor();
	await page.getByRole("switch", { name: "To your webhooks, every one" }).press("Space");
	await page.getByLabel("Add a default reminder").selectOption("15");
	await until("the preferences to be kept", async () => {
		const kept = await stage.kalends.request<Record<string, unknown>>("GET", "/v1/notification-preferences");
		return kept.reminders_by_webhook === false && JSON.stringify(kept.default_reminders).includes("15");
	});
	await page.reload();
	const defaults = page.getByRole("list", { name: "Default reminders" });
	await defaults.getByText("15 minutes before").waitFor();
	expect(await page.getByRole("switch", { name: "To your webhooks, every one" }).isChecked()).toBe(false);
	await shoot(page, "notifications-preferences", { whole: true });
	expect(complaints).toEqual([]);
	await close();
});

test(
	"notifications are accessible in both themes and widths",
	async () => {
		await lookAt(stage.browser, stage, {
			name: "notifications",
			path: "/notifications",
			ready: (shown) => shown.getByRole("list", { name: "Mail" }).getByText("Planning").waitFor(),
		});
	},
	SLOW,
);

test(
	"a mail that was refused is tried again; a long log is read page by page",
	async () => {
		mail.at = (step, address) => {
			if (step === "rcpt" && address.startsWith("refused")) throw smtpAnswer(550, "No such mailbox");
		};
		const guests = Array.from({ length: 54 }, (_, index) => ({ email: `guest${index}@example.net` }));
		const { id } = await stage.kalends.request<{ id: string }>("POST", "/v1/events", {
			calendar_id: calendarId,
			title: "Assembly",
			start: { date: "2031-05-05" },
			participants: [{ email: "refused@example.net" }, ...guests],
		});
		const mailed = async () => (await listAll<{ state: string }>(stage.kalends, "/v1/mails")).map(({ state }) => state);
		const states = await until("every guest to be mailed", async () => {
			const all = await mailed();
			return all.length > guests.length && !all.includes("queued") && all;
		});
		const { page, complaints, close } = await stage.open();
		await page.goto("/notifications");
		const log = page.getByRole("list", { name: "Mail" });
		const rows = log.locator("> li");
		await until("all rows", async () => (await rows.count()) === 50);
		await page.getByRole("button", { name: /^Show more/ }).press("Enter");
		await until("all rows", async () => (await rows.count()) === states.length);
		await until("focus on the first that came", () => rows.nth(50).evaluate((row) => row === document.activeElement));
		await page.getByLabel("Show", { exact: true }).selectOption("Given up");
		await log.getByText("refused@example.net").waitFor();
		expect(await rows.count()).toBe(1);
		await log.getByText("No such mailbox").waitFor();
		await shoot(page, "notifications-mail-failed", { whole: true });
		await expectAccessible(page);
		mail.at = () => {};
		await log.getByRole("button", { name: /^Try again/ }).click();
		await until("the mail", async () =>
			mail.received.some(({ envelope }) => envelope.to.includes("refused@example.net")),
		);
		await page.getByRole("heading", { name: "None is like that" }).waitFor();
		expect(await mailed()).not.toContain("failed");
		expect(complaints).toEqual([]);
		await close();
		await stage.kalends.request("PATCH", `/v1/events/${id}`, { participants: [] });
	},
	SLOW,
);

test(
	"bookings are shown as they are paid; payments that belong to none are too",
	async () => {
		const { page, complaints, close } = await stage.open();
		await page.goto("/bookings");
		await page.getByRole("heading", { name: "No bookings yet" }).waitFor();
		const book = (title: string, day: number) => {
			const year = new Date().getUTCFullYear() + 1;
			const at = (hour: number) => ({ date_time: `${year}-03-0${day}T${hour}:00:00`, time_zone: "Europe/Berlin" });
			return stage.kalends.request<{ id: string }>("POST", "/v1/bookings", {
				calendar_id: calendarId,
				title,
				start: at(10),
				end: at(11),
				participants: [{ email: "guest@example.net" }],
				reference: `order ${day}`,
			});
		};
		const paid = await book("Consultation", 1);
		// Whatever turns the writing round stays within the title.
		await book("Tasting \u202egnilpmas", 2);
		const lapsed = await book("Trial lesson", 3);
		const late = await book("Massage", 4);
		const refunded = await book("Workshop", 5);
		await pay("pay_1", paid.id);
		await pay("pay_2", undefined);
		await pay("pay_3", lapsed.id, "payment.failed");
		await pay("pay_4", late.id, "payment.failed");
		await book("Somebody else's massage", 4);
		await pay("pay_4", late.id);
		await pay("pay_5", refunded.id);
		await pay("pay_5", refunded.id, "payment.refunded");
		await page.reload();
		const row = (title: string) => page.getByRole("listitem").filter({ hasText: title });
		const state = (title: string, name: string) => row(title).first().getByText(name, { exact: true }).waitFor();
		await state("Consultation", "Confirmed");
		await state("Tasting", "Held");
		await state("Trial lesson", "Released");
		await row("order 4").getByText("Conflict", { exact: true }).waitFor();
		await state("Workshop", "Cancelled");
		await page.getByRole("list", { name: "Payments without a booking" }).getByText("pay_2").waitFor();
		await row("Tasting").getByRole("button", { name: "Cancel the booking" }).click();
		await page.getByRole("alertdialog").locator("h2 bdi", { hasText: "Tasting" }).waitFor();
		await page.getByRole("alertdialog").getByRole("button", { name: "Cancel the booking" }).click();
		await row("Tasting").getByText("Cancelled", { exact: true }).waitFor();
		await page.getByLabel("Show", { exact: true }).selectOption("Conflict");
		await row("Consultation").waitFor({ state: "detached" });
		await page.getByLabel("Show", { exact: true }).selectOption("All");
		await state("Consultation", "Confirmed");
		await shoot(page, "bookings-some", { whole: true });
		expect(complaints).toEqual([]);
		await close();
		await lookAt(stage.browser, stage, {
			name: "bookings",
			path: "/bookings",
			ready: (shown) => shown.getByRole("list", { name: "Payments without a booking" }).waitFor(),
		});
	},
	SLOW,
);

async function pay(id: string, bookingId: string | undefined, type = "payment.succeeded"): Promise<void> {
	const timestamp = new Date();
	const body = JSON.stringify({
		type,
		timestamp: timestamp.toISOString(),
		data: { id, ...(bookingId === undefined ? {} : { booking_id: bookingId }) },
	});
	const message = `msg_${id}_${type}`;
	const answer = await fetch(`${stage.url}/webhooks/payments`, {
		method: "POST",
		headers: {
			"content-type": "application/json",
			"webhook-id": message,
			"webhook-timestamp": String(Math.floor(timestamp.getTime() / 1000)),
			"webhook-signature": new Webhook(PAYMENTS_SECRET).sign(message, timestamp, body),
		},
		body,
	});
	expect(answer.status, await answer.text()).toBe(200);
}
