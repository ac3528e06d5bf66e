import { type Kysely, sql } from "kysely";
import { Webhook } from "standardwebhooks";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { up as addMailedSequences } from "../../db/migrations/0017_mailed_sequences.ts";
import { createWritingFixture, refusal, type WritingFixture } from "../../events/testing.ts";
import { pruneNotify } from "../due.ts";
import { sendDueMails } from "../mail/deliver.ts";
import { type MailServer, startMailServer } from "../testing.ts";

/** Nobody is invited twice, whichever way an event goes: the table of docs/mail.md. */

let server: MailServer;
let fixture: WritingFixture;
/** The provider's id of another calendar. */
let home: string;
beforeAll(async () => {
	server = await startMailServer();
});
afterAll(() => server.close());
beforeEach(() => {
	server.received.length = 0;
});
afterEach(() => fixture?.close());

const mailEnv = () => ({ SMTP_URL: server.url, MAIL_FROM: "calendar@kalends.example" });

async function start(options: Parameters<typeof createWritingFixture>[0] = { env: mailEnv() }): Promise<void> {
	fixture = await createWritingFixture(options);
	home = fixture.control.createCalendar("ada", { name: "Home", timeZone: "Europe/Berlin" });
	await fixture.sync();
}

const body = {
	title: "Planning",
	start: { date_time: "2026-12-02T09:00:00", time_zone: "Europe/Berlin" },
	end: { date_time: "2026-12-02T10:00:00", time_zone: "Europe/Berlin" },
	participants: [{ email: "ann@example.com" }, { email: "bob@example.com" }],
};

async function create(): Promise<{ readonly id: string; readonly ical_uid: string }> {
	const answer = await fixture.call("POST", "/v1/events", { ...body, calendar_id: await fixture.calendarId("Work") });
	expect(answer.status).toBe(201);
	return answer.body;
}

/** What was mailed since it was asked last: `ann REQUEST u1 0`, in the order of guests, each guest's in theirs. */
async function mailed(): Promise<readonly string[]> {
	server.received.length = 0;
	await sendDueMails(fixture.services, fixture.userId, new AbortController().signal);
	return server.received
		.map(({ envelope, calendar }) => {
			const field = (name: string) => new RegExp(`^${name}:(.*?)\r?$`, "m").exec(calendar?.text ?? "")?.[1];
			return `${envelope.to.join().split("@")[0]} ${field("METHOD")} ${field("UID")} ${field("SEQUENCE")}`;
		})
		.toSorted((a, b) => ((a.split(" ")[0] ?? "") < (b.split(" ")[0] ?? "") ? -1 : 0));
}

const toBoth = (...texts: readonly string[]) =>
	["ann", "bob"].flatMap((guest) => texts.map((text) => `${guest} ${text}`));

describe("guests are told once", () => {
	test("of a deletion, and of its undoing: a cancellation, then an invitation that comes after it", async () => {
		await start();
		const { id, ical_uid: uid } = await create();
		expect(await mailed()).toEqual(toBoth(`REQUEST ${uid} 0`));
		await fixture.call("DELETE", `/v1/events/${id}`);
		expect(await mailed()).toEqual(toBoth(`CANCEL ${uid} 1`));
		const { data } = (await fixture.call("GET", `/v1/events/${id}/history`)).body;
		const back = await fixture.call("POST", `/v1/events/${id}/restore`, { version: data[0].version });
		expect(back.status).toBe(200);
		expect(await mailed()).toEqual(toBoth(`REQUEST ${back.body.ical_uid} 2`));
		expect(back.body.ical_uid).toBe(uid);
	});

	test("of nothing where a deletion is undone before the provider had it", async () => {
		await start();
		const { id } = await create();
		await mailed();
		const paused = (value: boolean) =>
			fixture.call("PATCH", `/v1/connections/${fixture.connectionId}`, { paused: value });
		await paused(true);
		await fixture.call("DELETE", `/v1/events/${id}`);
		const { data } = (await fixture.call("GET", `/v1/events/${id}/history`)).body;
		await fixture.call("POST", `/v1/events/${id}/restore`, { version: data[0].version });
		await paused(false);
		await fixture.sync();
		expect(await mailed()).toEqual([]);
	});

	test.each([
		["was not made", () => fixture.control.failNext("update", refusal("unavailable", "timeout"))],
		["was made", () => fixture.control.loseAnswer("update")],
	])("of nothing where a split is discarded as nobody knows yet that its cut %s", async (_, strike) => {
		await start();
		const calendar_id = await fixture.calendarId("Work");
		const daily = { ...body, calendar_id, recurrence: ["RRULE:FREQ=DAILY;COUNT=5"] };
		const { id } = (await fixture.call("POST", "/v1/events", daily)).body;
		expect(await mailed()).toHaveLength(2);
		strike();
		const third = `${id}.20261204T080000Z`;
		const split = await fixture.call("PATCH", `/v1/events/${third}?scope=following`, { title: "Other" });
		expect(split.status).toBe(202);
		await fixture.services.db.updateTable("intents").set({ claimed_until: null }).execute();
		expect((await fixture.call("POST", `/v1/events/${id}/sync`, { action: "discard" })).status).toBe(200);
		await fixture.pushDue();
		await fixture.sync();
		expect(await fixture.intents()).toEqual([]);
		expect(await mailed()).toEqual([]);
	});

	test("of a change that is undone: of each by one update", async () => {
		await start();
		const { id, ical_uid: uid } = await create();
		await mailed();
		await fixture.call("PATCH", `/v1/events/${id}`, { title: "Other" });
		expect(await mailed()).toEqual(toBoth(`REQUEST ${uid} 1`));
		await fixture.call("POST", `/v1/events/${id}/restore`, { version: 1 });
		expect(await mailed()).toEqual(toBoth(`REQUEST ${uid} 2`));
	});

	test("of each change by one SEQUENCE, whoever of them has come when, and never by one that is not later", async () => {
		await start();
		const { id, ical_uid: uid } = await create();
		const patch = async (fields: object) => {
			expect((await fixture.call("PATCH", `/v1/events/${id}`, fields)).status).toBe(200);
			return mailed();
		};
		const guests = (...names: readonly string[]) => ({
			participants: names.map((name) => ({ email: `${name}@example.com` })),
		});
		await mailed();
		expect(await patch({ title: "Other" })).toEqual(toBoth(`REQUEST ${uid} 1`));
		// Who is told for the first time gets what the others have; of who comes and goes nobody else is told.
		expect(await patch(guests("ann", "bob", "eve"))).toEqual([`eve REQUEST ${uid} 1`]);
		expect(await patch({ title: "Third" })).toEqual([...toBoth(`REQUEST ${uid} 2`), `eve REQUEST ${uid} 2`]);
		expect(await patch(guests("ann", "eve"))).toEqual([`bob CANCEL ${uid} 3`]);
		// As an update of Kalends finds it, where each guest had a SEQUENCE of their own.
		const { db } = fixture.services;
		await sql`update mails set sequence = 7 where recipient = 'bob@example.com' and kind = 'cancellation'`.execute(db);
		await sql`drop table mailed_sequences`.execute(db);
		await addMailedSequences(db as Kysely<unknown>);
		expect(await patch(guests("ann", "bob"))).toEqual([`bob REQUEST ${uid} 8`, `eve CANCEL ${uid} 8`]);
		expect(await patch(guests())).toEqual(toBoth(`CANCEL ${uid} 9`));
		expect(await patch(guests("dan"))).toEqual([`dan REQUEST ${uid} 9`]);
		await fixture.call("DELETE", `/v1/events/${id}`);
		expect(await mailed()).toEqual([`dan CANCEL ${uid} 10`]);
	});

	test("of a change by a later SEQUENCE also where the log no longer holds the mails before it", async () => {
		await start();
		const { id, ical_uid: uid } = await create();
		await mailed();
		const afterwards = { db: fixture.services.db, now: () => fixture.services.now() + 61 * 86_400_000 };
		const change = async (title: string) => {
			await fixture.call("PATCH", `/v1/events/${id}`, { title });
			const told = await mailed();
			await pruneNotify(afterwards);
			expect((await fixture.call("GET", "/v1/mails")).body.data).toEqual([]);
			return told;
		};
		expect(await change("One")).toEqual(toBoth(`REQUEST ${uid} 1`));
		expect(await change("Two")).toEqual(toBoth(`REQUEST ${uid} 2`));
		await fixture.call("DELETE", `/v1/events/${id}`);
		expect(await mailed()).toEqual(toBoth(`CANCEL ${uid} 3`));
		const kept = () => fixture.services.db.selectFrom("mailed_sequences").select(["uid", "sequence"]).execute();
		expect(await kept()).toEqual([{ uid, sequence: 3 }]);
		await pruneNotify(afterwards);
		expect(await kept()).toEqual([]);
	});

	test("of a series and of its occurrences by one SEQUENCE too", async () => {
		await start();
		const calendar_id = await fixture.calendarId("Work");
		const series = { ...body, calendar_id, recurrence: ["RRULE:FREQ=DAILY;COUNT=3"] };
		const { id, ical_uid: uid } = (await fixture.call("POST", "/v1/events", series)).body;
		await mailed();
		await fixture.call("PATCH", `/v1/events/${id}.20261203T080000Z?scope=this`, { title: "Other" });
		expect(await mailed()).toEqual(toBoth(`REQUEST ${uid} 1`));
		const participants = [...body.participants, { email: "eve@example.com" }];
		await fixture.call("PATCH", `/v1/events/${id}?scope=all`, { participants, location: "Room 1" });
		expect(await mailed()).toEqual([...toBoth(`REQUEST ${uid} 2`), `eve REQUEST ${uid} 2`]);
		const sequences = server.received.map(({ calendar }) =>
			calendar?.text.match(/^SEQUENCE:.*$/gm)?.map((line) => line.trim()),
		);
		expect(new Set(sequences.flat())).toEqual(new Set(["SEQUENCE:2"]));
		await fixture.call("DELETE", `/v1/events/${id}.20261204T080000Z?scope=this`);
		expect(await mailed()).toEqual([...toBoth(`CANCEL ${uid} 3`), `eve CANCEL ${uid} 3`]);
	});

	test("of nothing where the provider itself moves the event to another calendar", async () => {
		await start({ env: mailEnv(), moves: true });
		const { id } = await create();
		await mailed();
		const moved = await fixture.call("PATCH", `/v1/events/${id}`, { calendar_id: await fixture.calendarId("Home") });
		expect(moved.status).toBe(200);
		expect(await mailed()).toEqual([]);
	});

	test("of a copy in another calendar: one event goes, one comes", async () => {
		await start();
		const { id, ical_uid: uid } = await create();
		await mailed();
		const moved = await fixture.call("PATCH", `/v1/events/${id}`, { calendar_id: await fixture.calendarId("Home") });
		expect(moved.status).toBe(200);
		expect(moved.body.ical_uid).not.toBe(uid);
		const told = await mailed();
		expect(told.toSorted()).toEqual(toBoth(`CANCEL ${uid} 1`, `REQUEST ${moved.body.ical_uid} 0`).toSorted());
	});

	test("of a copy in a calendar whose server invites by itself: Kalends cancels the one that goes, and no more", async () => {
		await start();
		const { id, ical_uid: uid } = await create();
		await mailed();
		fixture.control.changeCalendar(home, { sendsInvitations: true });
		await fixture.sync();
		await fixture.call("PATCH", `/v1/events/${id}`, { calendar_id: await fixture.calendarId("Home") });
		expect(await mailed()).toEqual(toBoth(`CANCEL ${uid} 1`));
	});

	test.each([
		["with the payer's address", ["ann", "bob"], []],
		["without it at first", ["ann"], ["bob"]],
	])("of a booking when it is paid, however often that is told %s, and of the refund", async (_, first, later) => {
		const secret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
		await start({ env: { ...mailEnv(), PAYMENTS_WEBHOOK_SECRET: secret } });
		const held = await fixture.call("POST", "/v1/bookings", {
			...{ calendar_id: await fixture.calendarId("Work"), title: "Lesson", start: body.start, end: body.end },
			participants: [{ email: "ann@example.com" }],
		});
		expect([held.status, await mailed()]).toEqual([201, []]);
		const tell = async (type: string, message: string, email: string | null = "bob@example.com") => {
			const at = new Date(fixture.services.now());
			const data = { id: "pay_1", booking_id: held.body.id, email };
			const payload = { type, timestamp: at.toISOString(), data };
			const answer = await fixture.call("POST", "/webhooks/payments", payload, {
				"webhook-id": message,
				"webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
				"webhook-signature": new Webhook(secret).sign(message, at, JSON.stringify(payload)),
			});
			expect(answer.status).toBe(200);
		};
		const invitations = (guests: readonly string[]) => guests.map((guest) => `${guest} REQUEST ${uid} 1`);
		await tell("payment.succeeded", "msg_0", later.length > 0 ? null : undefined);
		const { ical_uid: uid } = await fixture.read(held.body.event_id);
		expect(await mailed()).toEqual(invitations(first));
		for (const message of ["msg_1", "msg_1", "msg_2"]) await tell("payment.succeeded", message);
		expect(await mailed()).toEqual(invitations(later));
		for (const message of ["msg_3", "msg_4"]) await tell("payment.refunded", message);
		expect(await mailed()).toEqual([
			expect.stringMatching(`ann CANCEL ${uid}`),
			expect.stringMatching(`bob CANCEL ${uid}`),
		]);
	});
});
