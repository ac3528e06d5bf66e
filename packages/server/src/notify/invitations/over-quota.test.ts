import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { createWritingFixture, type WritingFixture } from "../../events/testing.ts";
import { sendDueMails } from "../mail/deliver.ts";
import { type MailServer, startMailServer } from "../testing.ts";
import { MAILS_A_DAY } from "./budget.ts";

let server: MailServer;
let fixture: WritingFixture;
beforeAll(async () => {
	server = await startMailServer();
});
afterAll(() => server.close());
beforeEach(async () => {
	fixture = await createWritingFixture({
		env: { SMTP_URL: server.url, MAIL_FROM: "Calendar <calendar@kalends.example>" },
	});
	await fixture.sync();
});
afterEach(() => fixture.close());

async function sentTo(): Promise<readonly string[]> {
	server.received.length = 0;
	await sendDueMails(fixture.services, fixture.userId, new AbortController().signal);
	return server.received.flatMap(({ envelope }) => envelope.to).sort();
}

/** As if the person's writes had mailed so many guests an hour ago. */
async function mailedEarlier(count: number): Promise<void> {
	const { services, userId } = fixture;
	const at = new Date(services.now() - 3_600_000);
	const rows = Array.from({ length: count }, (_, index) => ({
		user_id: userId,
		id: services.newId("mal"),
		kind: "invitation" as const,
		recipient: `guest${index}@example.com`,
		subject: "Earlier",
		message_id: `<${index}@example.com>`,
		state: "sent" as const,
		next_attempt_at: at,
		give_up_at: at,
		thread: `${index}`,
		created_at: at,
	}));
	await services.db.insertInto("mails").values(rows).execute();
}

test("what was accepted and comes over twice the quota is in the log as failed, and goes out when it is retried", async () => {
	const { body: event } = await fixture.call("POST", "/v1/events", {
		title: "Planning",
		start: { date_time: "2026-12-02T09:00:00+01:00", time_zone: "Europe/Berlin" },
		end: { date_time: "2026-12-02T10:00:00+01:00", time_zone: "Europe/Berlin" },
		participants: [{ email: "ann@example.com" }, { email: "bob@example.com" }],
	});
	expect(await sentTo()).toEqual(["ann@example.com", "bob@example.com"]);
	await mailedEarlier(2 * MAILS_A_DAY - 3);
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
