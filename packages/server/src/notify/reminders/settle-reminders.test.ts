import { zoned } from "@kalends/model/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { meeting, refusal } from "../../events/testing.ts";
import { away, createMoveFixture, type MoveFixture } from "../../events/write/testing.ts";
import { scanNotifications } from "../due.ts";

let fixture: MoveFixture;
beforeEach(async () => {
	fixture = await createMoveFixture({
		env: { SMTP_URL: "smtp://mail.example.com", MAIL_FROM: "calendar@kalends.example" },
	});
	await fixture.sync();
	await scan();
});
afterEach(() => fixture.close());

const scan = () => scanNotifications(fixture.services, new AbortController().signal);

/** The meeting is on 2 December 2026, 12:00 to 13:00 UTC. */
async function at(time: string): Promise<void> {
	fixture.clock.set(`2026-12-02T${time}Z`);
	await scan();
}

const reminding = (minutes: number, patch: Parameters<typeof meeting>[0] = {}) =>
	meeting({ reminders: { use_default: false, overrides: [{ method: "popup", minutes }] }, ...patch });

const movedTo = (minutes: number, start: string, end: string) =>
	reminding(minutes, { start: zoned(`2026-12-02T${start}`), end: zoned(`2026-12-02T${end}`) });

/** `active 12:00`, with the start, newest first. */
async function told(): Promise<readonly string[]> {
	const { data } = (await fixture.call("GET", "/v1/notifications?state=all")).body;
	return data.map(
		(one: { readonly state: string; readonly data: { readonly start: { readonly date_time: string } } }) =>
			[one.state, new Date(one.data.start.date_time).toISOString().slice(11, 16)].join(" "),
	);
}

/** Puts the one that is shown off. */
async function snooze(minutes: number): Promise<void> {
	const { data } = (await fixture.call("GET", "/v1/notifications")).body;
	expect(data).toHaveLength(1);
	expect((await fixture.call("POST", `/v1/notifications/${data[0].id}/snooze`, { minutes })).status).toBe(200);
}

describe.each(["active", "snoozed"])("a reminder that is %s goes", (state) => {
	const put = async () => {
		await at("11:50:00");
		if (state === "snoozed") await snooze(5);
		expect(await told()).toEqual([`${state} 12:00`]);
	};

	test("when its event is deleted, and the feed tells of it", async () => {
		const id = await fixture.bring(reminding(10));
		await put();
		expect((await fixture.call("DELETE", `/v1/events/${id}`)).status).toBe(204);
		await at("11:55:00");
		expect(await told()).toEqual(["dismissed 12:00"]);
		const { data } = (await fixture.call("GET", "/v1/changes")).body;
		expect(data.at(-1)).toMatchObject({ type: "notification.updated" });
	});

	test("when its event is cancelled", async () => {
		await fixture.bring(reminding(10));
		await put();
		await fixture.bring(reminding(10, { status: "cancelled" }));
		await at("11:55:00");
		expect(await told()).toEqual(["dismissed 12:00"]);
	});

	test("when its occurrence is taken out of the series", async () => {
		const { body: series } = await fixture.call("POST", "/v1/events", {
			title: "Daily",
			start: { date_time: "2026-12-02T12:00:00", time_zone: "UTC" },
			end: { date_time: "2026-12-02T13:00:00", time_zone: "UTC" },
			recurrence: ["RRULE:FREQ=DAILY;COUNT=3"],
			reminders: { use_default: false, overrides: [{ method: "popup", minutes: 10 }] },
		});
		await put();
		const [shown] = (await fixture.call("GET", "/v1/notifications?state=all")).body.data;
		expect(shown.event_id).not.toBe(series.id);
		const gone = await fixture.call("DELETE", `/v1/events/${shown.event_id}?scope=this`);
		expect([gone.status, gone.body]).toEqual([204, null]);
		await at("11:55:00");
		expect(await told()).toEqual(["dismissed 12:00"]);
	});
});

test("one that is snoozed goes where its event has moved and reminds anew", async () => {
	await fixture.bring(reminding(10));
	await at("11:50:00");
	await snooze(5);
	await fixture.bring(movedTo(10, "14:00:00", "15:00:00"));
	await at("11:55:00");
	expect(await told()).toEqual(["dismissed 12:00"]);
	await at("13:50:00");
	expect(await told()).toEqual(["active 14:00", "dismissed 12:00"]);
});

test("one that is snoozed comes back with the new time where it is too late to remind of that", async () => {
	await fixture.bring(reminding(180));
	await at("09:00:00");
	await snooze(60);
	await at("09:30:00");
	await fixture.bring(movedTo(180, "11:30:00", "12:30:00"));
	await at("10:00:00");
	expect(await told()).toEqual(["active 11:30"]);
});

test("one that is snoozed comes back where its event is written in another zone, at the same instant", async () => {
	await fixture.bring(reminding(10));
	await at("11:50:00");
	await snooze(5);
	const [start, end] = [zoned("2026-12-02T13:00:00", "Europe/Berlin"), zoned("2026-12-02T14:00:00", "Europe/Berlin")];
	await fixture.bring(reminding(10, { start, end }));
	await at("11:55:00");
	expect(await told()).toEqual(["active 12:00"]);
});

test("what a person has not dismissed stays while its event does", async () => {
	await fixture.bring(reminding(10));
	await at("11:50:00");
	await at("23:00:00");
	expect(await told()).toEqual(["active 12:00"]);
});

describe("one that is shown follows its event", () => {
	test("to its new time, and goes once that is reminded of", async () => {
		await fixture.bring(reminding(10));
		await at("11:50:00");
		await fixture.bring(movedTo(10, "14:00:00", "15:00:00"));
		await at("11:55:00");
		expect(await told()).toEqual(["active 14:00"]);
		const { data } = (await fixture.call("GET", "/v1/changes")).body;
		expect(data.at(-1)).toMatchObject({ type: "notification.updated", fields: ["data"] });
		const seq = data.at(-1).seq;
		await scan();
		expect((await fixture.call("GET", `/v1/changes?after=${seq}`)).body.data).toEqual([]);
		await at("13:50:00");
		expect(await told()).toEqual(["active 14:00", "dismissed 14:00"]);
	});

	test("and back", async () => {
		await fixture.bring(reminding(10));
		await at("11:50:00");
		await fixture.bring(movedTo(10, "14:00:00", "15:00:00"));
		await at("11:52:00");
		await fixture.bring(reminding(10));
		await at("11:55:00");
		expect(await told()).toEqual(["active 12:00"]);
	});

	test("into another zone and to another day", async () => {
		await fixture.bring(reminding(10));
		await at("11:50:00");
		const zone = "America/New_York";
		await fixture.bring(
			reminding(10, { start: zoned("2026-12-02T12:00:00", zone), end: zoned("2026-12-02T13:00:00", zone) }),
		);
		await at("11:55:00");
		expect(await told()).toEqual(["active 17:00"]);
		await fixture.bring(
			reminding(10, { start: { type: "date", date: "2026-12-04" }, end: { type: "date", date: "2026-12-05" } }),
		);
		await at("11:56:00");
		const [{ data }] = (await fixture.call("GET", "/v1/notifications")).body.data;
		expect([data.start, data.end]).toEqual([{ date: "2026-12-04" }, { date: "2026-12-05" }]);
	});
});

describe("where a whole series moves", () => {
	const daily = () => reminding(10, { recurrence: ["RRULE:FREQ=DAILY;COUNT=5"] });
	const series = async (): Promise<string> => {
		const id = await fixture.bring(daily());
		await at("11:50:00");
		return id;
	};
	const shift = async (id: string, start: string, end: string) => {
		const body = { start: { date_time: start, time_zone: "UTC" }, end: { date_time: end, time_zone: "UTC" } };
		const answer = await fixture.call("PATCH", `/v1/events/${id}?scope=all`, body);
		expect([answer.status, answer.body.code]).toEqual([200, undefined]);
	};

	test("what is shown of an occurrence follows it, twice too, and goes once that is reminded of", async () => {
		const id = await series();
		await shift(id, "2026-12-02T14:00:00", "2026-12-02T15:00:00");
		await at("11:51:00");
		expect(await told()).toEqual(["active 14:00"]);
		await shift(id, "2026-12-02T15:00:00", "2026-12-02T16:00:00");
		await at("11:52:00");
		expect(await told()).toEqual(["active 15:00"]);
		const [{ event_id: eventId, data }] = (await fixture.call("GET", "/v1/notifications")).body.data;
		expect([eventId, data.event_id]).toEqual([`${id}.20261202T150000Z`, `${id}.20261202T150000Z`]);
		expect((await fixture.call("GET", `/v1/events/${eventId}`)).status).toBe(200);
		await at("14:50:00");
		expect(await told()).toEqual(["active 15:00", "dismissed 15:00"]);
	});

	test("what is snoozed comes back with the new time where it is too late to remind of that", async () => {
		const id = await fixture.bring(reminding(180, { recurrence: ["RRULE:FREQ=DAILY;COUNT=5"] }));
		await at("09:00:00");
		await snooze(60);
		await at("09:30:00");
		await shift(id, "2026-12-02T11:30:00", "2026-12-02T12:30:00");
		await at("09:31:00");
		expect(await told()).toEqual(["snoozed 11:30"]);
		await at("10:00:00");
		expect(await told()).toEqual(["active 11:30"]);
	});

	test("what is snoozed goes where that is reminded of anew", async () => {
		const id = await series();
		await snooze(5);
		await shift(id, "2026-12-02T14:00:00", "2026-12-02T15:00:00");
		await at("11:55:00");
		expect(await told()).toEqual(["dismissed 14:00"]);
	});

	test("what is shown of an occurrence goes where the series only begins later", async () => {
		await series();
		const start = zoned("2026-12-03T12:00:00");
		await fixture.bring({ ...daily(), start, end: zoned("2026-12-03T13:00:00") });
		await at("11:55:00");
		expect(await told()).toEqual(["dismissed 12:00"]);
	});
});

describe("where a series is split", () => {
	const DAY_AHEAD = 25 * 60;
	const CUT = "20261203T120000Z";
	/** The second occurrence is reminded of long before it is cut off. */
	const split = async (body: object) => {
		const id = await fixture.bring(reminding(DAY_AHEAD, { recurrence: ["RRULE:FREQ=DAILY;COUNT=5"] }));
		await at("11:00:00");
		await at("11:30:00");
		const { status, body: made } = await fixture.call("PATCH", `/v1/events/${id}.${CUT}?scope=following`, body);
		expect([status, made.id === id]).toEqual([200, false]);
		return { id, madeId: made.id as string };
	};
	const shown = async () => {
		const { data } = (await fixture.call("GET", "/v1/notifications")).body;
		return data.map((one: { readonly event_id: string; readonly data: { readonly start: { date_time: string } } }) => [
			one.event_id,
			one.data.start.date_time.slice(0, 16),
		]);
	};

	test("what was reminded of just before is not again", async () => {
		const id = await fixture.bring(reminding(DAY_AHEAD, { recurrence: ["RRULE:FREQ=DAILY;COUNT=5"] }));
		await at("11:00:00");
		const cut = await fixture.call("PATCH", `/v1/events/${id}.${CUT}?scope=following`, { title: "Later" });
		expect(cut.status).toBe(200);
		await at("11:01:00");
		expect(await shown()).toEqual([[`${cut.body.id}.${CUT}`, "2026-12-03T12:00"]]);
		expect(await told()).toHaveLength(1);
	});

	test("what was reminded of in the new series is not again where the provider refuses that", async () => {
		const id = await fixture.bring(reminding(DAY_AHEAD, { recurrence: ["RRULE:FREQ=DAILY;COUNT=5"] }));
		fixture.control.failNext("create", away());
		await fixture.call("PATCH", `/v1/events/${id}.${CUT}?scope=following`, { title: "Later" });
		await at("11:00:00");
		expect(await told()).toHaveLength(1);
		fixture.control.failNext("create", refusal("forbidden", "read_only"));
		await fixture.pushDue();
		await at("11:01:00");
		// The owner is told of the refusal besides.
		const { data } = (await fixture.call("GET", "/v1/notifications?state=all")).body;
		const reminders = data.filter(({ type }: { readonly type: string }) => type === "occurrence.reminder");
		expect(reminders).toMatchObject([{ state: "active", event_id: `${id}.${CUT}` }]);
	});

	test("what is shown goes on with the new series, and back where the split is undone", async () => {
		const { id, madeId } = await split({ title: "Later" });
		await at("11:31:00");
		expect(await shown()).toEqual([[`${madeId}.${CUT}`, "2026-12-03T12:00"]]);
		expect((await fixture.call("GET", `/v1/events/${madeId}.${CUT}`)).body.reminders.overrides).toEqual([
			{ method: "popup", minutes: DAY_AHEAD },
		]);
		expect((await fixture.call("POST", `/v1/events/${id}/restore`, { version: 1 })).status).toBe(200);
		expect((await fixture.call("DELETE", `/v1/events/${madeId}?scope=all`)).status).toBe(204);
		await at("11:32:00");
		expect(await shown()).toEqual([[`${id}.${CUT}`, "2026-12-03T12:00"]]);
	});

	test("at the new time", async () => {
		const { madeId } = await split({
			start: { date_time: "2026-12-03T10:00:00", time_zone: "UTC" },
			end: { date_time: "2026-12-03T11:00:00", time_zone: "UTC" },
		});
		await at("11:31:00");
		expect(await shown()).toEqual([[`${madeId}.20261203T100000Z`, "2026-12-03T10:00"]]);
	});
});

describe.each([
	["an event", {}, ""],
	["a series", { recurrence: ["RRULE:FREQ=DAILY;COUNT=5"] }, ".20261202T120000Z"],
])("where %s moves to another calendar", (_, kind, key) => {
	const every = (minutes: number) =>
		meeting({
			reminders: {
				use_default: false,
				overrides: [
					{ method: "popup" as const, minutes },
					{ method: "email", minutes },
				],
			},
			...kind,
		});
	const put = async (minutes = 10) => {
		const { clock, services } = fixture;
		// No two looks at a real clock are the same.
		let looks = 0;
		Object.assign(services, { now: () => clock.now() + looks++ });
		expect((await fixture.call("POST", "/v1/webhooks", { url: "https://hooks.example.com/kalends" })).status).toBe(201);
		return fixture.bring(every(minutes));
	};
	const move = async (id: string, to?: string): Promise<string> => {
		const { status, body } = await fixture.move(id, {}, to);
		expect([status, body.code]).toEqual([status === 202 ? 202 : 200, undefined]);
		return body.id;
	};
	/** By each channel. */
	const given = async () => {
		const webhooks = fixture.services.db.selectFrom("webhook_announcements").where("type", "=", "occurrence.reminder");
		const { data: mails } = (await fixture.call("GET", "/v1/mails")).body;
		return [(await told()).length, mails.length, (await webhooks.selectAll().execute()).length];
	};

	test("each channel reminds once, and what is shown is of where it went", async () => {
		const id = await put();
		await at("11:50:01");
		expect(await given()).toEqual([1, 1, 1]);
		fixture.clock.set("2026-12-02T11:51:00Z");
		const there = await move(id);
		await at("11:52:00");
		expect([await told(), await given()]).toEqual([["active 12:00"], [1, 1, 1]]);
		const [shown] = (await fixture.call("GET", "/v1/notifications")).body.data;
		const at_home = { event_id: `${there}${key}`, calendar_id: await fixture.calendarId("Home") };
		expect(shown).toMatchObject({ ...at_home, data: at_home });
		expect((await fixture.call("GET", `/v1/events/${shown.event_id}`)).status).toBe(200);
	});

	test("what is snoozed stays so, however often it moves, and comes back when its time is over", async () => {
		const id = await put(60);
		await at("11:00:01");
		await snooze(50);
		fixture.clock.set("2026-12-02T11:10:00Z");
		const back = await move(await move(id), "Work");
		await at("11:11:00");
		expect([await told(), await given()]).toEqual([["snoozed 12:00"], [1, 1, 1]]);
		fixture.clock.set("2026-12-02T11:30:00Z");
		const there = await move(back);
		await at("11:31:00");
		expect(await told()).toEqual(["snoozed 12:00"]);
		await at("11:51:00");
		expect([await told(), await given()]).toEqual([["active 12:00"], [1, 1, 1]]);
		expect((await fixture.call("GET", "/v1/notifications")).body.data).toMatchObject([{ event_id: `${there}${key}` }]);
	});

	test("one that is reminded of there is not again where it turns back", async () => {
		const id = await put();
		fixture.control.failNext("create", away());
		const there = await move(id);
		await at("11:50:01");
		expect(await given()).toEqual([1, 1, 1]);
		await snooze(5);
		expect((await fixture.call("POST", `/v1/events/${there}/sync`, { action: "discard" })).status).toBe(204);
		await fixture.pushDue();
		await at("11:51:00");
		expect([await told(), await given()]).toEqual([["snoozed 12:00"], [1, 1, 1]]);
		await at("11:56:00");
		expect(await told()).toEqual(["active 12:00"]);
		expect((await fixture.call("GET", "/v1/notifications")).body.data).toMatchObject([{ event_id: `${id}${key}` }]);
	});
});

test("however many have moved, all that are shown follow, and those that come back as they are reminded of anew go", async () => {
	const { db } = fixture.services;
	const id = await fixture.bring(reminding(10));
	await at("11:50:00");
	const shown = await db.selectFrom("notifications").selectAll().executeTakeFirstOrThrow();
	const more = Array.from({ length: 1_100 }, (_, n) => ({
		...shown,
		id: `ntf_${n}`,
		about: `reminder ${n}`,
		data: JSON.stringify(shown.data),
		state: n % 2 === 0 ? ("active" as const) : ("snoozed" as const),
		snoozed_until: n % 2 === 0 ? null : new Date("2026-12-02T11:52:00Z"),
	}));
	await db.insertInto("notifications").values(more).execute();
	await fixture.bring(movedTo(10, "12:00:00", "13:30:00"));
	await at("11:55:00");
	const rows = await db.selectFrom("notifications").select(["state", "data"]).where("event_id", "=", id).execute();
	expect(rows.filter(({ state }) => state === "dismissed")).toHaveLength(550);
	const open = rows.filter(({ state }) => state === "active").map(({ data: { end } }) => end);
	expect(open).toEqual(Array.from({ length: 551 }, () => ({ date_time: "2026-12-02T13:30:00Z", time_zone: "UTC" })));
});
