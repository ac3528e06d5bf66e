import type { CalendarEvent, Reminder } from "@kalends/model";
import { zoned } from "@kalends/model/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createWritingFixture, guest, meeting, type WritingFixture } from "../../events/testing.ts";
import { someoneWaits } from "../../testing/locks.ts";
import { takes } from "../../webhooks/types.ts";
import { scanNotifications } from "../due.ts";
import { sendDueMails } from "../mail/deliver.ts";
import { wakeSnoozed } from "../notifications/state.ts";
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
	await scan();
});
afterEach(() => fixture.close());

const scan = () => scanNotifications(fixture.services, signal);
const popup = (minutes: number): Reminder => ({ method: "popup", minutes });
const reminding = (overrides: readonly Reminder[], patch: Partial<CalendarEvent> = {}) =>
	meeting({ reminders: { use_default: false, overrides }, ...patch });

interface Shown {
	readonly id: string;
	readonly state: string;
	readonly event_id: string;
	readonly data: { readonly title: string; readonly minutes: number; readonly late: boolean };
}

async function shown(state = "active"): Promise<readonly Shown[]> {
	return (await fixture.call("GET", `/v1/notifications?state=${state}`)).body.data;
}

/** The meeting is on 2 December 2026, 12:00 to 13:00 UTC; the clock begins a day before. */
async function at(time: string): Promise<void> {
	fixture.clock.set(`2026-12-02T${time}Z`);
	await scan();
}

test("a reminder is shown when its time comes, once, and the feed tells of it", async () => {
	const id = await fixture.bring(reminding([popup(10)]));
	await at("11:49:59");
	expect(await shown()).toEqual([]);
	await at("11:50:00");
	const [one, ...more] = await shown();
	expect(more).toEqual([]);
	expect(one).toMatchObject({
		type: "occurrence.reminder",
		event_id: id,
		data: { title: "Meeting", minutes: 10, late: false, start: { date_time: "2026-12-02T12:00:00Z" } },
	});
	await at("11:50:10");
	expect(await shown()).toHaveLength(1);
	const feed = await fixture.call("GET", "/v1/changes");
	expect(feed.body.data.at(-1)).toMatchObject({ type: "notification.created", id: one?.id });
});

test("servers that look at the same time remind once", async () => {
	await fixture.bring(reminding([popup(10), { method: "email", minutes: 10 }]));
	fixture.clock.set("2026-12-02T11:50:00Z");
	await Promise.all([scan(), scan(), scan()]);
	expect(await shown()).toHaveLength(1);
	expect((await fixture.call("GET", "/v1/mails")).body.data).toMatchObject([{ kind: "reminder" }]);
});

test("by mail it says when and where", async () => {
	await fixture.bring(reminding([{ method: "email", minutes: 30 }], { location: "Room 1" }));
	await at("11:30:00");
	await sendDueMails(fixture.services, fixture.userId, signal);
	expect(server.received).toHaveLength(1);
	expect(server.received[0]?.message).toMatchObject({
		subject: "Reminder: Meeting (Wed, 2 December 2026, 12:00–13:00 (UTC))",
		text: expect.stringContaining("Where: Room 1"),
	});
	expect(await shown()).toEqual([]);
});

test("after a standstill what is still to come is given late, and says so; what is over is left out", async () => {
	await fixture.bring(
		reminding([popup(60)], { uid: "over", start: zoned("2026-12-02T09:00:00"), end: zoned("2026-12-02T10:00:00") }),
	);
	await fixture.bring(reminding([popup(60)]));
	await at("12:30:00");
	expect(await shown()).toMatchObject([{ data: { title: "Meeting", late: true } }]);
	await fixture.call("POST", `/v1/notifications/${(await shown())[0]?.id}/dismiss`);
	await at("12:31:00");
	expect(await shown()).toEqual([]);
});

test("after a standstill over a change of the clocks reminders are of the times as they are now", async () => {
	const berlin = (hour: string) => ({ date_time: `2026-12-02T${hour}:00:00`, time_zone: "Europe/Berlin" });
	const made = await fixture.call("POST", "/v1/events", {
		...{ title: "Daily", start: berlin("09"), end: berlin("10"), recurrence: ["RRULE:FREQ=DAILY;COUNT=200"] },
		reminders: { use_default: false, overrides: [popup(24 * 60)] },
	});
	expect(made.status).toBe(201);
	const starts = async () => {
		const { data } = (await fixture.call("GET", "/v1/notifications?state=active")).body;
		return data.map(({ data: { start, late } }: { data: { start: object; late: boolean } }) => ({ ...start, late }));
	};
	fixture.clock.set("2027-03-26T08:00:00Z");
	await scan();
	await fixture.call("POST", "/v1/notifications/dismiss");
	// The clocks of Berlin go forward on the 28th at 01:00 UTC.
	fixture.clock.set("2027-03-28T06:30:00Z");
	await scan();
	expect(await starts()).toEqual([{ date_time: "2027-03-28T09:00:00+02:00", time_zone: "Europe/Berlin", late: true }]);
	fixture.clock.set("2027-03-28T07:00:00Z");
	await scan();
	expect(await starts()).toContainEqual(
		expect.objectContaining({ date_time: "2027-03-29T09:00:00+02:00", late: false }),
	);
	expect(await starts()).toHaveLength(2);
});

test("what a sync brings shortly after a reminder's time is given late, once", async () => {
	await at("11:51:00");
	await at("11:54:30");
	await fixture.bring(reminding([popup(10)]));
	await at("11:54:40");
	await at("11:55:00");
	expect(await shown()).toMatchObject([{ data: { title: "Meeting", late: true } }]);
	await fixture.bring(
		reminding([popup(120)], {
			start: zoned("2026-12-02T12:30:00"),
			end: zoned("2026-12-02T13:00:00"),
			uid: "long-ago",
		}),
	);
	await at("11:55:10");
	expect(await shown()).toHaveLength(1);
});

test("what breaks off is given by the next look, and nothing twice", async () => {
	await fixture.bring(reminding([{ method: "email", minutes: 10 }, popup(10)]));
	fixture.clock.set("2026-12-02T11:50:00Z");
	const failing = {
		...fixture.services,
		jobs: {
			send: async () => {
				throw new Error("the process died");
			},
		},
	};
	await expect(scanNotifications(failing, signal)).rejects.toThrow("the process died");
	expect(await shown()).toEqual([]);
	await scan();
	expect(await shown()).toHaveLength(1);
	expect((await fixture.call("GET", "/v1/mails")).body.data).toHaveLength(1);
});

test("a moved event reminds again at its new time; a clock that goes back reminds of nothing again", async () => {
	await fixture.bring(reminding([popup(10)]));
	await at("11:50:00");
	await fixture.bring(
		reminding([popup(10)], { start: zoned("2026-12-02T14:00:00"), end: zoned("2026-12-02T15:00:00") }),
	);
	await at("13:50:00");
	expect((await shown("all")).map(({ state }) => state)).toEqual(["active", "dismissed"]);
	await at("11:50:00");
	await at("13:50:00");
	expect((await shown("all")).map(({ state }) => state)).toEqual(["active", "dismissed"]);
});

describe("no reminder", () => {
	test.each([
		["of what is cancelled", { status: "cancelled" as const }],
		[
			"of what the person has declined",
			{
				participants: [
					guest("boss@example.com", { organizer: true }),
					guest("ada", { self: true, response: "declined" }),
				],
			},
		],
	])("%s", async (_, patch) => {
		await fixture.bring(reminding([popup(10)], patch));
		await at("11:55:00");
		expect(await shown("all")).toEqual([]);
	});
	test("of a calendar that is not selected", async () => {
		await fixture.bring(reminding([popup(10)]));
		const { body } = await fixture.call("GET", "/v1/calendars");
		await fixture.call("PATCH", `/v1/calendars/${body.data[0].id}`, { selected: false });
		await at("11:55:00");
		expect(await shown("all")).toEqual([]);
	});
	test("by a channel that the person has switched off", async () => {
		await fixture.call("PATCH", "/v1/notification-preferences", { reminders_in_app: false });
		await fixture.bring(reminding([popup(10)]));
		await at("11:55:00");
		expect(await shown("all")).toEqual([]);
	});
});

test("default reminders are the calendar's, else the person's", async () => {
	const { services } = fixture;
	await fixture.bring(meeting());
	await services.db
		.updateTable("events")
		.set({ data: JSON.stringify({ ...meeting(), reminders: { use_default: true, overrides: [] } }) })
		.execute();
	await fixture.call("PATCH", "/v1/notification-preferences", { default_reminders: [popup(45)] });
	await at("11:15:00");
	expect(await shown()).toMatchObject([{ data: { minutes: 45 } }]);
	const { body } = await fixture.call("GET", "/v1/calendars");
	await fixture.call("PATCH", `/v1/calendars/${body.data[0].id}`, { default_reminders: [popup(20)] });
	await at("11:40:00");
	expect((await shown()).map(({ data }) => data.minutes)).toEqual([20, 45]);
});

test("snoozed it comes back when the time is over, dismissed it does not", async () => {
	await fixture.bring(reminding([popup(10)]));
	await at("11:50:00");
	const id = (await shown())[0]?.id;
	const snoozed = await fixture.call("POST", `/v1/notifications/${id}/snooze`, { minutes: 5 });
	expect(snoozed.body).toMatchObject({ state: "snoozed", snoozed_until: "2026-12-02T11:55:00.000Z" });
	expect(await shown()).toEqual([]);
	await at("11:55:00");
	expect(await shown()).toMatchObject([{ id, state: "active" }]);
	expect((await fixture.call("POST", "/v1/notifications/dismiss")).body).toEqual({ dismissed: 1 });
	await at("12:30:00");
	expect(await shown()).toEqual([]);
	expect((await fixture.call("GET", `/v1/notifications/${id}`)).body.state).toBe("dismissed");
});

test("one that is dismissed while it would come back stays dismissed", async () => {
	const { services } = fixture;
	await fixture.bring(reminding([popup(10)]));
	await at("11:50:00");
	const id = (await shown())[0]?.id ?? "";
	await fixture.call("POST", `/v1/notifications/${id}/snooze`, { minutes: 5 });
	fixture.clock.set("2026-12-02T11:55:00Z");
	let waking: Promise<void> | undefined;
	await services.db.transaction().execute(async (tx) => {
		await tx.updateTable("notifications").set({ state: "dismissed" }).where("id", "=", id).execute();
		waking = wakeSnoozed(services);
		await someoneWaits(services.db);
	});
	await waking;
	expect((await fixture.call("GET", `/v1/notifications/${id}`)).body.state).toBe("dismissed");
});

test("webhooks are told occurrence.reminder, and nothing of what is shown in the app", async () => {
	const { services, userId } = fixture;
	const made = await fixture.call("POST", "/v1/webhooks", { url: "https://hooks.example.com/kalends" });
	expect(made.status).toBe(201);
	await fixture.bring(reminding([popup(10)]));
	await at("11:50:00");
	const announced = await services.db
		.selectFrom("webhook_announcements")
		.selectAll()
		.where("user_id", "=", userId)
		.execute();
	expect(announced).toMatchObject([{ type: "occurrence.reminder", data: { title: "Meeting", minutes: 10 } }]);
	const all = { types: null, calendar_ids: null };
	expect(takes(all, { type: "occurrence.reminder", calendarId: null })).toBe(true);
	expect(takes(all, { type: "notification.created", calendarId: null })).toBe(false);
});
