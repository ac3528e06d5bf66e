import { Webhook } from "standardwebhooks";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { createWritingFixture, type WritingFixture } from "../../events/testing.ts";
import { sendDueMails } from "../mail/deliver.ts";
import { type MailServer, mailedEarlier, startMailServer } from "../testing.ts";
import { MAILS_A_DAY } from "./budget.ts";

const SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;

let server: MailServer;
let fixture: WritingFixture;
beforeAll(async () => {
	server = await startMailServer();
});
afterAll(() => server.close());
beforeEach(async () => {
	fixture = await createWritingFixture({
		env: {
			SMTP_URL: server.url,
			MAIL_FROM: "Calendar <calendar@kalends.example>",
			PAYMENTS_WEBHOOK_SECRET: SECRET,
		},
	});
	await fixture.sync();
});
afterEach(() => fixture.close());

async function sentTo(): Promise<readonly string[]> {
	server.received.length = 0;
	await sendDueMails(fixture.services, fixture.userId, new AbortController().signal);
	return server.received.flatMap(({ envelope }) => envelope.to).sort();
}

test("what was accepted and comes over twice the quota is in the log as failed, and goes out when it is retried", async () => {
	const { body: event } = await fixture.call("POST", "/v1/events", {
		title: "Planning",
		start: { date_time: "2026-12-02T09:00:00+01:00", time_zone: "Europe/Berlin" },
		end: { date_time: "2026-12-02T10:00:00+01:00", time_zone: "Europe/Berlin" },
		participants: [{ email: "ann@example.com" }, { email: "bob@example.com" }],
	});
	expect(await sentTo()).toEqual(["ann@example.com", "bob@example.com"]);
	await mailedEarlier(fixture, 2 * MAILS_A_DAY - 3);
	expect((await fixture.call("DELETE", `/v1/events/${event.id}`)).status).toBe(204);
	expect(await sentTo()).toEqual([]);

	const { data: log } = (await fixture.call("GET", "/v1/mails?state=failed")).body;
	expect(log.map((mail: { recipient: string }) => mail.recipient).sort()).toEqual([
		"ann@example.com",
		"bob@example.com",
	]);
	expect(log[0]).toMatchObject({ kind: "cancellation", attempts: 0, error: { code: "over_quota" } });
	expect((await fixture.call("POST", `/v1/mails/${log[0].id}/retry`, {})).status).toBe(200);
	expect(await sentTo()).toEqual([log[0].recipient]);
});

const quotaLeft = async () => (await fixture.call("GET", "/v1/mail-settings")).body.quota.left;

/** A payment of bob's is heard of. */
async function tellPayment(type: "payment.succeeded" | "payment.refunded", bookingId: string): Promise<void> {
	const at = new Date(fixture.services.now());
	const data = { id: "pay_1", booking_id: bookingId, email: "Bob@example.com" };
	const payload = { type, timestamp: at.toISOString(), data };
	const answer = await fixture.call("POST", "/webhooks/payments", payload, {
		"webhook-id": type,
		"webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
		"webhook-signature": new Webhook(SECRET).sign(type, at, JSON.stringify(payload)),
	});
	expect(answer.status).toBe(200);
}

test("guests of a paid booking are told however many were mailed, and do not count; changes of its event do", async () => {
	const { data: calendars } = (await fixture.call("GET", "/v1/calendars")).body;
	const { body: booking } = await fixture.call("POST", "/v1/bookings", {
		calendar_id: calendars[0].id,
		title: "Lesson",
		start: { date_time: "2026-12-02T09:00:00", time_zone: "Europe/Berlin" },
		end: { date_time: "2026-12-02T10:00:00", time_zone: "Europe/Berlin" },
		participants: [{ email: "ann@example.com" }],
	});
	await tellPayment("payment.succeeded", booking.id);
	expect(await sentTo()).toEqual(["Bob@example.com", "ann@example.com"]);
	expect(await quotaLeft()).toBe(MAILS_A_DAY);

	const add = {
		location: "Room 1",
		participants: [{ email: "ann@example.com" }, { email: "Bob@example.com" }, { email: "eve@example.com" }],
	};
	expect((await fixture.call("PATCH", `/v1/events/${booking.event_id}`, add)).status).toBe(200);
	expect(await sentTo()).toEqual(["Bob@example.com", "ann@example.com", "eve@example.com"]);
	expect(await quotaLeft()).toBe(MAILS_A_DAY - 3);

	await mailedEarlier(fixture, 2 * MAILS_A_DAY);
	await tellPayment("payment.refunded", booking.id);
	expect(await sentTo()).toEqual(["Bob@example.com", "ann@example.com"]);
	const { data: failed } = (await fixture.call("GET", "/v1/mails?state=failed")).body;
	expect(failed).toMatchObject([{ recipient: "eve@example.com", error: { code: "over_quota" } }]);
});
