import { ProviderFailure } from "@kalends/providers";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { createWritingFixture, type WritingFixture } from "../../events/testing.ts";
import { sendDueMails } from "../mail/deliver.ts";
import { type MailServer, startMailServer } from "../testing.ts";

/** A series is written in several requests: guests are told of the whole change, wherever it was held up. */

let server: MailServer;
let fixture: WritingFixture;
beforeAll(async () => {
	server = await startMailServer();
});
afterAll(() => server.close());
afterEach(() => fixture?.close());

/** Who was mailed since it was asked last, by which title, of the series or of one occurrence. */
async function mailed(): Promise<readonly string[]> {
	server.received.length = 0;
	await sendDueMails(fixture.services, fixture.userId, new AbortController().signal);
	return server.received
		.map(({ envelope, calendar }) => {
			const text = calendar?.text ?? "";
			const [, method] = /^METHOD:(\w+)/m.exec(text) ?? [];
			const titles = text.match(/^SUMMARY:.*?(?=\r?$)/gm)?.map((line) => line.slice("SUMMARY:".length));
			const whole = /^RRULE:FREQ=DAILY/m.test(text) ? "all" : "one";
			return `${envelope.to.join().split("@")[0]} ${method} ${whole} ${titles?.join()}`;
		})
		.toSorted();
}

const guests = (...names: readonly string[]) => names.map((name) => ({ email: `${name}@example.com` }));

/** A series of which an occurrence has a place of its own. */
async function planned(...names: readonly string[]): Promise<{ readonly id: string; readonly uid: string }> {
	const { id, ical_uid: uid } = (
		await fixture.call("POST", "/v1/events", {
			title: "Planning",
			calendar_id: await fixture.calendarId("Work"),
			start: { date_time: "2026-12-02T09:00:00", time_zone: "Europe/Berlin" },
			end: { date_time: "2026-12-02T10:00:00", time_zone: "Europe/Berlin" },
			participants: guests(...names),
			recurrence: ["RRULE:FREQ=DAILY;COUNT=3"],
		})
	).body;
	const place = await fixture.call("PATCH", `/v1/events/${id}.20261203T080000Z?scope=this`, { location: "Hall" });
	expect(place.status).toBe(200);
	return { id, uid };
}

/** A series of which an occurrence has guests and a place of its own; its change of title has got through in part. */
async function heldUp(): Promise<void> {
	fixture = await createWritingFixture({ env: { SMTP_URL: server.url, MAIL_FROM: "calendar@kalends.example" } });
	await fixture.sync();
	const { id, uid } = await planned("ann", "bob");
	await mailed();
	const before = fixture.remote(uid);
	const failure = new ProviderFailure("unavailable", { reason: "connection_lost", message: "reset" });
	fixture.control.failNext("update", failure);
	const patched = await fixture.call("PATCH", `/v1/events/${id}?scope=all`, {
		title: "Council",
		participants: guests("ann", "bob", "eve"),
	});
	expect(patched.status).toBe(202);
	const [intent] = await fixture.intents();
	const master = intent?.wanted?.find(({ recurrence_id }) => recurrence_id === null);
	expect(master).toMatchObject({ title: "Council" });
	const partly = before.map((event) => (event.recurrence_id === null ? (master ?? event) : event));
	// Meanwhile somebody else invites dan.
	const dan = { response: "needs_action", optional: false, organizer: false, self: false, name: null } as const;
	fixture.control.putEvents(
		fixture.calendar,
		uid,
		partly.map((event) => ({
			...event,
			participants: [...event.participants, { ...dan, email: "dan@example.com" }],
		})),
	);
}

const WHOLE = ["ann", "bob", "dan", "eve"].map((name) => `${name} REQUEST all Council,Council`);

test("where a sync has seen one half", async () => {
	await heldUp();
	await fixture.sync();
	await fixture.pushDue();
	expect(await fixture.intents()).toEqual([]);
	expect(await mailed()).toEqual(WHOLE);
});

test("where several syncs have seen it", async () => {
	await heldUp();
	await fixture.sync();
	fixture.control.changeEtags(fixture.calendar);
	await fixture.sync();
	await fixture.pushDue();
	expect(await mailed()).toEqual(WHOLE);
});

test("where only the next attempt sees it", async () => {
	await heldUp();
	await fixture.pushDue();
	expect(await fixture.intents()).toEqual([]);
	expect(await mailed()).toEqual(WHOLE);
});

test("where a sync finds that all of it got through", async () => {
	await heldUp();
	await fixture.sync();
	const [intent] = await fixture.intents();
	const wanted = intent?.wanted ?? [];
	expect(wanted).toHaveLength(2);
	fixture.control.putEvents(fixture.calendar, wanted[0]?.uid ?? "", wanted);
	await fixture.sync();
	expect(await fixture.intents()).toEqual([]);
	expect(await mailed()).toEqual(WHOLE);
});

test("what somebody else changed is not told by a move that is lost with its calendar", async () => {
	const env = { SMTP_URL: server.url, MAIL_FROM: "calendar@kalends.example" };
	fixture = await createWritingFixture({ env, moves: true });
	fixture.control.createCalendar("ada", { name: "Other" });
	await fixture.sync();
	const { id, uid } = await planned("ann");
	await mailed();
	const slow = new ProviderFailure("unavailable", { reason: "timeout", message: "slow" });
	fixture.control.failNext("move", slow);
	const calendar_id = await fixture.calendarId("Other");
	expect((await fixture.call("PATCH", `/v1/events/${id}?scope=all`, { calendar_id })).status).toBe(202);
	const { db } = fixture.services;
	await db.deleteFrom("intents").where("kind", "=", "create").execute();
	fixture.control.failNext("read", slow);
	await fixture.pushDue(1);
	expect((await fixture.intents()).map(({ kind, attempts }) => [kind, attempts])).toEqual([["delete", 1]]);
	const theirs = fixture.remote(uid).map((event) => ({ ...event, location: "Their room" }));
	fixture.control.putEvents(fixture.calendar, uid, theirs);
	await fixture.sync();
	await fixture.pushDue();
	expect(await fixture.intents()).toEqual([]);
	expect(fixture.remote(uid).map(({ location }) => location)).toEqual(["Their room", "Their room"]);
	expect(await mailed()).toEqual([]);
});
