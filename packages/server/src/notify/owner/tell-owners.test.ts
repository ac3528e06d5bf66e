import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { createWritingFixture, meeting, type WritingFixture } from "../../events/testing.ts";
import { editResource } from "../../push/edit-resource.ts";
import { scanNotifications } from "../due.ts";
import { sendDueMails } from "../mail/deliver.ts";
import { type MailServer, startMailServer } from "../testing.ts";

let server: MailServer;
let fixture: WritingFixture;
const { signal } = new AbortController();
beforeAll(async () => {
	server = await startMailServer();
});
afterAll(() => server.close());
beforeEach(async () => {
	server.received.length = 0;
	fixture = await createWritingFixture({ env: { SMTP_URL: server.url, MAIL_FROM: "calendar@kalends.example" } });
	await fixture.sync();
});
afterEach(() => fixture.close());

async function scan(): Promise<void> {
	await scanNotifications(fixture.services, signal);
	await sendDueMails(fixture.services, fixture.userId, signal);
}
const shown = async () => (await fixture.call("GET", "/v1/notifications")).body.data;
const announced = () => fixture.services.db.selectFrom("webhook_announcements").select(["type", "data"]).execute();
const subjects = () => server.received.map(({ message }) => message.subject);

test("of an account that has to be signed in again: once, until that is done", async () => {
	fixture.control.setPassword("ada", "changed");
	await fixture.sync();
	await scan();
	await scan();
	expect(await shown()).toMatchObject([
		{
			type: "connection.reauth_required",
			connection_id: fixture.connectionId,
			data: { name: "Ada's", fix: expect.any(String) },
		},
	]);
	expect(subjects()).toEqual(["Sign in again: Ada's"]);
	fixture.control.setPassword("ada", "secret");
	await fixture.sync();
	await scan();
	expect(await shown()).toEqual([]);
	expect(subjects()).toHaveLength(1);
});

test("of deletions that are held back, until they are decided", async () => {
	for (let index = 0; index < 12; index++) await fixture.bring(meeting({ uid: `u${index}` }));
	fixture.control.removeAll(fixture.calendar);
	await fixture.sync();
	await scan();
	expect(await shown()).toMatchObject([{ type: "calendar.paused", data: { name: "Work" } }]);
	expect(subjects()).toEqual(["Deletions wait for you: Work"]);
	const id = (await shown())[0].calendar_id;
	await fixture.call("POST", `/v1/calendars/${id}/deletions`, { action: "keep" });
	await fixture.sync();
	await scan();
	expect(await shown()).toEqual([]);
});

test("webhooks are told of the account or the calendar as the API gives it", async () => {
	await fixture.call("POST", "/v1/webhooks", { url: "https://example.com/hooks" });
	for (let index = 0; index < 12; index++) await fixture.bring(meeting({ uid: `u${index}` }));
	fixture.control.removeAll(fixture.calendar);
	await fixture.sync();
	await scan();
	fixture.control.setPassword("ada", "changed");
	await fixture.sync();
	await scan();
	const calendar = (await fixture.call("GET", "/v1/calendars")).body.data.find(
		({ status }: { status: string }) => status === "paused",
	);
	const connection = (await fixture.call("GET", `/v1/connections/${fixture.connectionId}`)).body;
	expect(await announced()).toEqual([
		{ type: "calendar.paused", data: expect.objectContaining({ id: calendar.id, access: calendar.access }) },
		{ type: "connection.reauth_required", data: expect.objectContaining(connection) },
	]);
});

test("of a change that lost a conflict; by mail only where that is wanted", async () => {
	await fixture.call("PATCH", "/v1/notification-preferences", { notices_by_email: false });
	const id = await fixture.bring(meeting());
	await scan();
	const actor = { type: "user", id: fixture.userId } as const;
	await editResource(fixture.services, { userId: fixture.userId, actor, eventId: id }, ({ events }) => ({
		wanted: events.map((one) => ({ ...one, title: "Mine" })),
		action: "updated",
	}));
	await fixture.bring(meeting({ title: "Theirs" }));
	await scan();
	await scan();
	expect(await shown()).toMatchObject([
		{ type: "event.conflict", event_id: id, data: { title: "Mine", fields: ["title"], version: expect.any(Number) } },
	]);
	expect(subjects()).toEqual([]);
});
