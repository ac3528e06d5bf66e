import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createWritingFixture, guest, meeting, refusal, type WritingFixture } from "../../events/testing.ts";
import { sendDueMails } from "../mail/deliver.ts";
import { type MailServer, mailedEarlier, type ReceivedMail, startMailServer } from "../testing.ts";
import { MAILS_A_DAY } from "./budget.ts";
import { readCalendar } from "./testing.ts";

let server: MailServer;
let fixture: WritingFixture;
beforeAll(async () => {
	server = await startMailServer();
});
afterAll(() => server.close());
beforeEach(async () => {
	server.received.length = 0;
	fixture = await createWritingFixture({ env: mailEnv() });
	await fixture.sync();
});
afterEach(() => fixture.close());

const mailEnv = () => ({ SMTP_URL: server.url, MAIL_FROM: "Calendar <calendar@kalends.example>" });

async function sent(): Promise<readonly ReceivedMail[]> {
	server.received.length = 0;
	await sendDueMails(fixture.services, fixture.userId, new AbortController().signal);
	return server.received.toSorted((a, b) => (a.envelope.to.join() < b.envelope.to.join() ? -1 : 1));
}

const body = {
	title: "Planning",
	location: "Room 1",
	description: "<p>Bring <b>paper</b>.</p>",
	start: { date_time: "2026-12-02T09:00:00+01:00", time_zone: "Europe/Berlin" },
	end: { date_time: "2026-12-02T10:00:00+01:00", time_zone: "Europe/Berlin" },
	participants: [{ email: "ann@example.com", name: "Ann" }, { email: "bob@example.com" }],
};

async function create(patch: object = {}): Promise<{ readonly id: string; readonly ical_uid: string }> {
	const answer = await fixture.call("POST", "/v1/events", { ...body, ...patch });
	expect(answer).toMatchObject({ status: 201, body: { sync: { state: "synced" } } });
	return answer.body;
}

describe("an event's guests", () => {
	test("are invited, each by a mail of their own that mail programs can answer", async () => {
		const { ical_uid, id } = await create();
		const mails = await sent();
		expect(mails.map(({ envelope }) => envelope)).toEqual([
			{ from: "calendar@kalends.example", to: ["ann@example.com"] },
			{ from: "calendar@kalends.example", to: ["bob@example.com"] },
		]);
		const [mail] = mails;
		if (mail === undefined) throw new Error("no mail");
		const { message, calendar } = mail;
		expect(message.from).toMatchObject({ name: "Calendar", address: "calendar@kalends.example" });
		expect(message.replyTo).toMatchObject([{ address: `${fixture.userId}@example.com` }]);
		expect(message.subject).toBe("Invitation: Planning (Wed, 2 December 2026, 09:00–10:00 (Europe/Berlin))");
		expect(message.text).toContain("Ada has invited you");
		expect(message.text).toContain("When: Wed, 2 December 2026, 09:00–10:00 (Europe/Berlin)");
		expect(message.text).toContain("Where: Room 1");
		expect(message.text).toContain("Bring paper.");
		expect(message.html).toContain("<h1");
		expect(message.html).not.toContain("<b>");
		expect(calendar?.contentType).toMatch(/method=REQUEST/);
		expect(calendar?.contentType).toMatch(/charset="?utf-8"?/i);
		const [component] = readCalendar(mail);
		expect(component).toMatchObject({
			method: "REQUEST",
			uid: ical_uid,
			sequence: 0,
			summary: "Planning",
			start: "2026-12-02T09:00:00",
			organizer: `mailto:${fixture.userId}@example.com`,
		});
		expect(component?.attendees).toEqual(expect.arrayContaining(["mailto:ann@example.com", "mailto:bob@example.com"]));
		expect(component?.rsvp).toContain("TRUE");
		const log = await fixture.call("GET", `/v1/mails?event_id=${id}`);
		expect(log.body.data).toMatchObject([
			{ kind: "invitation", state: "sent", recipient: "bob@example.com", attempts: 1, error: null },
			{ kind: "invitation", state: "sent", recipient: "ann@example.com" },
		]);
		expect(log.body.data.map((one: { message_id: string }) => one.message_id)).toContain(message.messageId);
		expect(await sent()).toEqual([]);
	});

	test("are told of a change with the same UID and a later SEQUENCE, and of the cancellation", async () => {
		const { id, ical_uid } = await create();
		await sent();
		const later = { date_time: "2026-12-02T15:00:00+01:00", time_zone: "Europe/Berlin" };
		await fixture.call("PATCH", `/v1/events/${id}`, {
			start: later,
			end: { ...later, date_time: "2026-12-02T16:00:00+01:00" },
		});
		const [changed] = await sent();
		if (changed === undefined) throw new Error("no mail");
		expect(changed.message.subject).toMatch(/^Changed: Planning \(.*15:00/);
		expect(changed.message.text).toContain("Before: Wed, 2 December 2026, 09:00");
		const [update] = readCalendar(changed);
		expect(update).toMatchObject({ method: "REQUEST", uid: ical_uid, start: "2026-12-02T15:00:00" });
		expect(update?.sequence).toBeGreaterThan(0);
		await fixture.call("DELETE", `/v1/events/${id}`);
		const gone = await sent();
		expect(gone.map(({ envelope }) => envelope.to)).toEqual([["ann@example.com"], ["bob@example.com"]]);
		const [cancelled] = gone;
		if (cancelled === undefined) throw new Error("no mail");
		expect(cancelled.message.subject).toMatch(/^Cancelled: Planning/);
		expect(cancelled.calendar?.contentType).toMatch(/method=CANCEL/);
		const [component] = readCalendar(cancelled);
		expect(component).toMatchObject({ method: "CANCEL", uid: ical_uid, status: "CANCELLED" });
		expect(component?.sequence).toBeGreaterThan(update?.sequence ?? 0);
		// Taken back: a guest's program follows only what is later than the cancellation.
		const history = await fixture.call("GET", `/v1/events/${id}/history`);
		const version = history.body.data.find((one: { action: string }) => one.action === "created").version;
		await fixture.call("POST", `/v1/events/${id}/restore`, { version });
		const [again] = await sent();
		expect(again === undefined ? 0 : readCalendar(again)[0]?.sequence).toBeGreaterThan(component?.sequence ?? 0);
	});

	test("are told of every change by a later SEQUENCE, whatever it was", async () => {
		const { id } = await create({ participants: [{ email: "ann@example.com" }] });
		await sent();
		const sequences: (number | undefined)[] = [];
		for (const change of [
			{ title: "One" },
			{ location: "Room 2" },
			{ start: { ...body.start, date_time: "2026-12-02T08:30:00+01:00" } },
		]) {
			await fixture.call("PATCH", `/v1/events/${id}`, change);
			const [mail] = await sent();
			sequences.push(mail === undefined ? undefined : readCalendar(mail)[0]?.sequence);
		}
		expect(sequences).toEqual([1, 2, 3]);
	});

	test("of a series are not invited again to an occurrence that they were taken out of", async () => {
		const { id } = await create({ recurrence: ["RRULE:FREQ=DAILY;COUNT=5"] });
		await sent();
		const without = { participants: [{ email: "ann@example.com" }] };
		await fixture.call("PATCH", `/v1/events/${id}.20261204T080000Z?scope=this`, without);
		await sent();
		await fixture.call("PATCH", `/v1/events/${id}?scope=all`, { location: "Room 2" });
		const mails = await sent();
		const shown = mails.map((mail) => [
			mail.envelope.to.join(),
			readCalendar(mail).map(({ recurrenceId, exdates }) => recurrenceId ?? exdates),
		]);
		expect(shown).toEqual([
			["ann@example.com", [[], "2026-12-04T09:00:00"]],
			["bob@example.com", [["2026-12-04T09:00:00"]]],
		]);
	});

	test("who are added are invited, who are taken out are told so, and nobody else is mailed for that alone", async () => {
		const { id } = await create({ participants: [{ email: "ann@example.com" }, { email: "bob@example.com" }] });
		await sent();
		await fixture.call("PATCH", `/v1/events/${id}`, {
			participants: [{ email: "ann@example.com" }, { email: "eve@example.com" }],
		});
		const mails = await sent();
		expect(mails.map(({ envelope, message }) => `${envelope.to} ${message.subject?.split(":")[0]}`)).toEqual([
			"bob@example.com Cancelled",
			"eve@example.com Invitation",
		]);
		// The new list comes with what they are told of next; who is no longer needed is told at once.
		const optional = { participants: [{ email: "ann@example.com", optional: true }, { email: "eve@example.com" }] };
		await fixture.call("PATCH", `/v1/events/${id}`, optional);
		const [mail, ...others] = await sent();
		expect([mail?.envelope.to, others]).toEqual([["ann@example.com"], []]);
		expect(mail && readCalendar(mail)[0]?.attendees).toEqual(["mailto:ann@example.com", "mailto:eve@example.com"]);
	});

	test("of one occurrence are told of just that", async () => {
		const { id } = await create({ recurrence: ["RRULE:FREQ=DAILY;COUNT=5"] });
		const [invited] = await sent();
		expect(invited?.message.text).toContain("Repeats: daily");
		const moved = {
			start: { ...body.start, date_time: "2026-12-03T11:00:00+01:00" },
			end: { ...body.end, date_time: "2026-12-03T12:00:00+01:00" },
		};
		await fixture.call("PATCH", `/v1/events/${id}.20261203T080000Z?scope=this`, moved);
		const [update] = await sent();
		expect(update === undefined ? [] : readCalendar(update)).toMatchObject([
			{ method: "REQUEST", recurrenceId: "2026-12-03T09:00:00", start: "2026-12-03T11:00:00" },
		]);
		await fixture.call("DELETE", `/v1/events/${id}.20261204T080000Z?scope=this`);
		const [gone] = await sent();
		expect(gone?.message.text).toContain("this one occurrence");
		expect(gone === undefined ? [] : readCalendar(gone)).toMatchObject([
			{ method: "CANCEL", recurrenceId: "2026-12-04T09:00:00", status: "CANCELLED" },
		]);
	});

	test("who have an account here read it in their zone and language", async () => {
		await fixture.services.db
			.insertInto("users")
			.values({
				id: fixture.services.newId("usr"),
				email: "ann@example.com",
				name: "Ann",
				time_zone: "Asia/Tokyo",
				preferences: JSON.stringify({ locale: "de-AT" }),
			})
			.execute();
		await create();
		const [ann] = await sent();
		expect(ann?.message.subject).toMatch(/^Einladung: Planning/);
		expect(ann?.message.text).toContain("17:00–18:00 Uhr (Asia/Tokyo)");
		expect(ann?.message.text).toContain("In der Zeitzone des Termins: ");
		expect(ann?.message.text).toContain("09:00–10:00 Uhr (Europe/Berlin)");
	});
});

describe("nobody is mailed", () => {
	test("of what the provider refused, of what guests do not see, and of what a sync found", async () => {
		fixture.control.failNext("create", refusal("forbidden", "event_refused"));
		expect((await fixture.call("POST", "/v1/events", body)).status).toBe(422);
		expect(await sent()).toEqual([]);
		const me = guest(`${fixture.userId}@example.com`, { organizer: true });
		const found = await fixture.bring(meeting({ participants: [me, guest("ann@example.com")] }));
		expect(await sent()).toEqual([]);
		await fixture.call("PATCH", `/v1/events/${found}`, { color: "#ff0000" });
		expect(await sent()).toEqual([]);
		expect((await fixture.call("GET", "/v1/mails")).body.data).toEqual([]);
		await fixture.call("PATCH", `/v1/events/${found}`, { title: "Other" });
		expect(await sent()).toHaveLength(1);
	});

	test("twice, where the provider's answer was lost and a sync found the event", async () => {
		fixture.control.loseAnswer("create");
		await fixture.call("POST", "/v1/events", body);
		await fixture.sync();
		await fixture.services.db
			.updateTable("intents")
			.set({ next_attempt_at: new Date(0), claimed_until: null })
			.execute();
		await fixture.sync();
		expect((await sent()).map(({ envelope }) => envelope.to.join())).toEqual(["ann@example.com", "bob@example.com"]);
	});

	test("by Kalends, where a server schedules by itself; a dry run tells whom it would", async () => {
		fixture.control.changeCalendar(fixture.calendar, { sendsInvitations: true });
		await fixture.sync();
		const preview = await fixture.call("POST", "/v1/events?dry_run=true", body);
		expect(preview.body.mails).toEqual(["ann@example.com", "bob@example.com"]);
		await create();
		expect(await sent()).toEqual([]);
		const settings = await fixture.call("GET", "/v1/mail-settings");
		expect(settings.body).toMatchObject({ enabled: true, connections: [{ invitations_by: "provider" }] });
	});
});

test("a dry run tells whom Kalends would mail, and mails nobody", async () => {
	const preview = await fixture.call("POST", "/v1/events?dry_run=true", body);
	expect(preview.body.mails).toEqual(["ann@example.com", "bob@example.com"]);
	const { id } = await create();
	await sent();
	const change = await fixture.call("PATCH", `/v1/events/${id}?dry_run=true`, {
		participants: [{ email: "ann@example.com" }],
	});
	expect(change.body.mails).toEqual(["bob@example.com"]);
	expect(await sent()).toEqual([]);
	const settings = await fixture.call("GET", "/v1/mail-settings");
	expect(settings.body).toMatchObject({ connections: [{ invitations_by: "kalends" }], quota: { left: 498 } });
});

test("over the quota a write is refused with 429, and nothing is changed", async () => {
	const invited = await create({ title: "Plan" });
	await fixture.call("PATCH", `/v1/events/${invited.id}`, { title: body.title });
	const deleted = await create({ title: "Deleted" });
	expect((await fixture.call("DELETE", `/v1/events/${deleted.id}`)).status).toBe(204);
	await sent();
	await mailedEarlier(fixture, MAILS_A_DAY - 9);
	const refused = async (method: "POST" | "PATCH", url: string, asked: object) => {
		const [write, dry] = [
			await fixture.call(method, url, asked),
			await fixture.call(method, `${url}?dry_run=true`, asked),
		];
		expect([dry.status, dry.body, dry.headers["retry-after"]]).toEqual([
			write.status,
			{ ...write.body, request_id: dry.body.request_id },
			write.headers["retry-after"],
		]);
		return write;
	};
	const refusedAll = async (...asked: Parameters<typeof refused>) => {
		const write = await refused(...asked);
		expect(write).toMatchObject({ status: 429, body: { code: "mail_quota_exceeded" } });
		expect(write.headers["retry-after"]).toBeDefined();
	};
	await refusedAll("POST", "/v1/events", body);
	await refusedAll("PATCH", `/v1/events/${invited.id}`, { title: "Changed" });
	await refusedAll("POST", `/v1/events/${invited.id}/restore`, { version: 1 });
	await refusedAll("POST", `/v1/events/${deleted.id}/restore`, { version: 1 });
	expect(fixture.remote("u1")).toEqual([]);
	const { data } = (await fixture.call("GET", "/v1/events/upcoming")).body;
	expect(data.map(({ title }: { title: string }) => title)).toEqual(["Planning"]);
	await create({ participants: [{ email: "ann@example.com" }] });
	expect((await fixture.call("DELETE", `/v1/events/${invited.id}?dry_run=true`)).status).toBe(200);
	expect((await fixture.call("DELETE", `/v1/events/${invited.id}`)).status).toBe(204);
	const many = Array.from({ length: 201 }, (_, index) => ({ email: `g${index}@example.com` }));
	const tooMany = { status: 422, body: { code: "too_many_recipients" } };
	expect(await refused("POST", "/v1/events", { ...body, participants: many })).toMatchObject(tooMany);
	const { id } = await create({ participants: [] });
	expect(await refused("PATCH", `/v1/events/${id}`, { participants: many })).toMatchObject(tooMany);
});

describe("text of an event (T19)", () => {
	const HEADERS = [
		"auto-submitted",
		"content-type",
		"date",
		"from",
		"message-id",
		"mime-version",
		"reply-to",
		"subject",
		"to",
		"x-auto-response-suppress",
	];
	const attacks = [
		"x\r\nBcc: evil@example.net",
		"x\nBcc: evil@example.net\n\nbody",
		"x\r\nATTENDEE:mailto:evil@example.net\r\nEND:VEVENT",
		'"><script>alert(1)</script>',
		"x\u2028Bcc: evil@example.net",
		"=?utf-8?Q?x=0D=0ABcc:_evil@example.net?=",
	];
	test.each(attacks)("%j reaches neither headers, envelope, markup nor properties", async (text) => {
		await create();
		const [plain] = await sent();
		const properties = plain === undefined ? [] : readCalendar(plain)[0]?.names;
		const answer = await fixture.call("POST", "/v1/events", {
			...body,
			title: text,
			location: text,
			description: text,
			participants: [{ email: "ann@example.com", name: text }],
		});
		const mails = await sent();
		if (answer.status !== 201) {
			expect(answer.status).toBe(400);
			expect(mails).toEqual([]);
			return;
		}
		expect(mails).toHaveLength(1);
		const [mail] = mails;
		if (mail === undefined) throw new Error("no mail");
		expect(mail.envelope.to).toEqual(["ann@example.com"]);
		expect(mail.message.headers.map(({ key }) => key).toSorted()).toEqual(HEADERS);
		expect(mail.message.bcc ?? []).toEqual([]);
		expect(mail.message.to?.map((one) => one.address)).toEqual(["ann@example.com"]);
		expect(mail.message.html).not.toMatch(/<script/i);
		const [component, ...more] = readCalendar(mail);
		expect(more).toEqual([]);
		expect(component?.attendees.filter((one) => one.includes("evil"))).toEqual([]);
		// One guest fewer than the plain event.
		expect(component?.names).toHaveLength((properties?.length ?? 0) - 1);
	});

	test("addresses that a header or envelope could misread are not mailed", async () => {
		const odd = [
			'"a@evil.example x"@ok.example',
			"a@ok.example\r\nRCPT TO:<evil@example.net>",
			"a b@ok.example",
			"<a@ok.example>",
			"a@ok.example,b@ok.example",
		];
		for (const email of odd) {
			await fixture.call("POST", "/v1/events", { ...body, participants: [{ email }, { email: "ann@example.com" }] });
			const to = (await sent()).map(({ envelope }) => envelope.to.join());
			expect(to.filter((one) => one !== "ann@example.com")).toEqual([]);
		}
	});
});
