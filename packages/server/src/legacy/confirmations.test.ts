import { afterAll, beforeAll, expect, test } from "vitest";
import { createWritingFixture, type WritingFixture } from "../events/testing.ts";
import { sendDueMails } from "../notify/mail/deliver.ts";
import { type MailServer, startMailServer } from "../notify/testing.ts";

let server: MailServer;
let fixture: WritingFixture;

beforeAll(async () => {
	server = await startMailServer();
	const env = { SMTP_URL: server.url, MAIL_FROM: "Calendar <calendar@kalends.example>" };
	fixture = await createWritingFixture({ env });
	await fixture.sync();
});
afterAll(async () => {
	await fixture.close();
	await server.close();
});

async function mailed(): Promise<readonly string[]> {
	server.received.length = 0;
	await sendDueMails(fixture.services, fixture.userId, new AbortController().signal);
	return server.received.flatMap(({ envelope }) => envelope.to).toSorted();
}

test("every participant is mailed of what is written, also where the provider mails nobody", async () => {
	const { status, body } = await fixture.call("POST", "/api/events/", {
		participants: ["ann@example.com", "bob@example.com"],
		start_time: "2026-12-05T09:00:00",
		end_time: "2026-12-05T10:00:00",
		time_zone: "Europe/Berlin",
		title: "Plan",
	});
	expect(status).toBe(201);
	expect(await mailed()).toEqual(["ann@example.com", "bob@example.com"]);
	await fixture.call("PATCH", `/api/events/${body.id}/`, { start_time: "2026-12-05T09:30:00" });
	expect(await mailed()).toEqual(["ann@example.com", "bob@example.com"]);
	await fixture.call("DELETE", `/api/events/${body.id}/`);
	expect(await mailed()).toEqual(["ann@example.com", "bob@example.com"]);
});
