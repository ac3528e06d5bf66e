import { zoned } from "@kalends/model/testing";
import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, it, test, vi } from "vitest";
import { sealCredentials } from "../../connections/credentials.ts";
import { claimIntentIn } from "../../push/intent-lease.ts";
import { pushConnection } from "../../push/push-lanes.ts";
import { createRun } from "../../sync/create-run.ts";
import { performRun } from "../../sync/run.ts";
import { databaseFingerprint } from "../../testing/fingerprint.ts";
import { createWritingFixture, guest, meeting, onDay, refusal, type WritingFixture } from "../testing.ts";

let fixture: WritingFixture;
/** The provider's id of the calendar that events go to. */
let home: string;
beforeEach(async () => {
	fixture = await createWritingFixture();
	home = fixture.control.createCalendar("ada", { name: "Home" });
	await fixture.call("GET", "/v1/me");
});
afterEach(() => fixture.close());

const patch = (id: string, body: object, query = "", headers = {}) =>
	fixture.call("PATCH", `/v1/events/${id}${query}`, body, headers);
const calendarId = async (name: string) =>
	(await fixture.call("GET", "/v1/calendars")).body.data.find((one: { name: string }) => one.name === name).id;
const titlesAt = (calendar: string) =>
	fixture.control.resources(calendar).map(({ events }) => events.map(({ title }) => title).sort());
const away = () => refusal("unavailable", "timeout");
const intents = () => fixture.services.db.selectFrom("intents").selectAll().orderBy("seq").execute();
const feed = async () =>
	(await fixture.services.db.selectFrom("changes").select(["type", "entity_id"]).orderBy("seq").execute()).map(
		({ type, entity_id }) => `${type} ${entity_id}`,
	);

async function pushDue(connectionId = fixture.connectionId): Promise<void> {
	await fixture.services.db
		.updateTable("intents")
		.set({ next_attempt_at: new Date(0) })
		.execute();
	const target = { userId: fixture.userId, connectionId };
	await pushConnection(fixture.services, target, new AbortController().signal);
}

/** Of singles and series: their titles here. */
async function shownIn(name: string): Promise<readonly string[]> {
	const rows = await fixture.services.db
		.selectFrom("events")
		.select("data")
		.where("calendar_id", "=", await calendarId(name))
		.where("master_id", "is", null)
		.execute();
	return rows.map(({ data }) => data.title);
}

async function movedCopy(): Promise<string> {
	const row = await fixture.services.db
		.selectFrom("events")
		.select("id")
		.where("calendar_id", "=", await calendarId("Home"))
		.where("master_id", "is", null)
		.executeTakeFirstOrThrow();
	return row.id;
}

describe("a move", () => {
	test("makes the event there with what was changed besides, and deletes it here; it can be restored", async () => {
		const id = await fixture.bring(meeting({ location: "Room 1", categories: ["Work"] }));
		const before = await fixture.read(id);
		const calendar_id = await calendarId("Home");
		const told = (await feed()).length;
		const { status, body, headers } = await patch(id, { calendar_id, title: "Talk" });
		expect(status).toBe(200);
		expect(body).toMatchObject({ calendar_id, title: "Talk", location: "Room 1", categories: ["Work"] });
		expect(body).toMatchObject({ start: before.start, end: before.end, sync: { state: "synced" } });
		expect(body.id).not.toBe(id);
		expect(headers.etag).toBe(`"${body.etag}"`);
		expect([titlesAt(fixture.calendar), titlesAt(home)]).toEqual([[], [["Talk"]]]);
		expect((await fixture.call("GET", `/v1/events/${id}`)).status).toBe(404);
		expect((await feed()).slice(told)).toEqual(
			expect.arrayContaining([`event.deleted ${id}`, `event.created ${body.id}`]),
		);
		expect(await intents()).toEqual([]);
		// A request that is sent again finds nothing to move, and makes no second copy.
		expect((await patch(id, { calendar_id, title: "Talk" })).status).toBe(404);
		await fixture.sync();
		expect((await fixture.read(body.id)).title).toBe("Talk");
		const [version] = (await fixture.call("GET", `/v1/events/${id}/history`)).body.data;
		const restored = await fixture.call("POST", `/v1/events/${id}/restore`, { version: version.version });
		expect(restored).toMatchObject({ status: 200, body: { id, title: "Meeting" } });
	});

	it("waits for nobody who sends, as those may wait for the feed that it has begun to write", async () => {
		const id = await fixture.bring(meeting());
		const calendar_id = await calendarId("Home");
		const { services, userId, connectionId } = fixture;
		const moving = await services.db.transaction().execute(async (tx) => {
			await claimIntentIn(tx, { userId, connectionId }, services.now());
			const answer = patch(id, { calendar_id });
			await expect.poll(() => shownIn("Home")).toEqual(["Meeting"]);
			return { answer };
		});
		expect((await moving.answer).status).toBe(200);
	});

	test("keeps what no field knows", async () => {
		const id = await fixture.bring(meeting());
		const [resource] = fixture.control.resources(fixture.calendar);
		const raw = resource?.raw.replace("END:VEVENT", "X-OTHER:kept\r\nEND:VEVENT") ?? "";
		fixture.control.put(fixture.calendar, "u1", raw);
		await fixture.sync();
		expect((await patch(id, { calendar_id: await calendarId("Home") })).status).toBe(200);
		expect(fixture.control.resources(home)[0]?.raw).toContain("X-OTHER:kept");
		expect(fixture.control.resources(home)[0]?.raw).not.toContain("UID:u1");
	});

	it("takes a series along as a whole, changed occurrences included", async () => {
		const master = meeting({ recurrence: ["RRULE:FREQ=DAILY;COUNT=5"] });
		const id = await fixture.bring(master, onDay("04", { title: "Special" }));
		const calendar_id = await calendarId("Home");
		for (const [target, query] of [
			[id, "?scope=following"],
			[`${id}.20261203T120000Z`, "?scope=this"],
			[`${id}.20261203T120000Z`, "?scope=following"],
		] as const) {
			expect(await patch(target, { calendar_id }, query)).toMatchObject({
				status: 400,
				body: { code: "invalid_request", errors: [{ field: "calendar_id" }] },
			});
		}
		expect((await patch(id, { calendar_id })).body.code).toBe("recurrence_scope_required");
		const { status, body } = await patch(`${id}.20261203T120000Z`, { calendar_id }, "?scope=all");
		expect({ status, recurrence: body.recurrence }).toEqual({ status: 200, recurrence: master.recurrence });
		expect([titlesAt(fixture.calendar), titlesAt(home)]).toEqual([[], [["Meeting", "Special"]]]);
		expect((await fixture.read(`${body.id}.20261204T120000Z`)).title).toBe("Special");
	});

	it("goes to another account", async () => {
		const { connectionId, other } = await otherAccount();
		const id = await fixture.bring(meeting({ participants: [guest("ann@example.com")] }));
		const { status, body } = await patch(id, { calendar_id: await calendarId("Other account") });
		expect(status).toBe(200);
		expect(body).toMatchObject({ connection_id: connectionId, participants: expect.any(Array) });
		expect(body.participants.map(({ email }: { email: string }) => email)).toContain("ann@example.com");
		expect([titlesAt(fixture.calendar), titlesAt(other)]).toEqual([[], [["Meeting"]]]);
	});
});

/** A second account, connected and synced, with a calendar "Other account". */
async function otherAccount(): Promise<{ readonly connectionId: string; readonly other: string }> {
	const { services, userId, control } = fixture;
	const { username = "", password = "" } = control.addAccount("bea", "secret");
	const other = control.createCalendar("bea", { name: "Other account" });
	const connectionId = services.newId("con");
	const at = new Date(services.now());
	const own = await services.db.selectFrom("connections").select("provider").executeTakeFirstOrThrow();
	const key = { user_id: userId, id: connectionId };
	await services.db
		.insertInto("connections")
		.values({
			...{ ...key, provider: own.provider, name: "Bea's", account: "bea@example.com", status: "active" },
			...{ status_since: at, created_at: at, next_sync_at: at },
			credentials: sealCredentials(services.vault, key, { username, password }),
		})
		.execute();
	const run = await services.db
		.transaction()
		.execute((tx) => createRun(tx, services, { userId, connectionId, trigger: "manual" }));
	await performRun(services, { userId, connectionId, runId: run.id }, new AbortController().signal);
	return { connectionId, other };
}

describe("what the provider has no more and was kept", () => {
	async function keep(more: Parameters<typeof meeting>[0] = {}): Promise<string> {
		const id = await fixture.bring(meeting({ title: "Kept", ...more }));
		fixture.control.removeAll(fixture.calendar);
		fixture.control.expireCursors(fixture.calendar);
		await fixture.sync();
		const work = await calendarId("Work");
		expect((await fixture.call("POST", `/v1/calendars/${work}/deletions`, { action: "keep" })).status).toBe(200);
		return id;
	}

	test("is changed as any event is, and so made there anew", async () => {
		const id = await keep();
		expect((await fixture.call("GET", `/v1/events/${id}`)).body.sync).toEqual({ state: "synced" });
		const { status, body } = await patch(id, { title: "Mine" });
		expect(status).toBe(200);
		expect(body).toMatchObject({ id, ical_uid: "u1", title: "Mine" });
		expect(body.sync).toEqual({ state: "synced" });
		expect(titlesAt(fixture.calendar)).toEqual([["Mine"]]);
	});

	test("is copied to the calendar that it moves to, and deleted here once it is there", async () => {
		const id = await keep();
		const { status, body } = await patch(id, { calendar_id: await calendarId("Home") });
		expect(status).toBe(200);
		expect(body.sync).toEqual({ state: "synced" });
		await pushDue();
		expect(titlesAt(home)).toEqual([["Kept"]]);
		expect([await shownIn("Home"), await shownIn("Work")]).toEqual([["Kept"], []]);
		expect(await intents()).toEqual([]);
	});

	test("stays with all its occurrences where one of them is changed", async () => {
		const id = await keep({ recurrence: ["RRULE:FREQ=DAILY;COUNT=5"] });
		const { status } = await patch(`${id}.20261203T120000Z`, { title: "Other" }, "?scope=this");
		expect(status).toBe(200);
		expect(titlesAt(fixture.calendar).map((titles) => [...titles].sort())).toEqual([["Kept", "Other"]]);
		expect((await fixture.call("GET", `/v1/events/${id}`)).body).toMatchObject({ id, title: "Kept" });
	});
});

describe("nothing is moved", () => {
	test("where the event has changed since it was read", async () => {
		const id = await fixture.bring(meeting());
		const body = { calendar_id: await calendarId("Home") };
		const { etag } = await fixture.read(id);
		await patch(id, { title: "Changed" });
		const before = await databaseFingerprint(fixture.services.db);
		expect((await patch(id, body, "", { "if-match": `"${etag}"` })).status).toBe(412);
		expect(await databaseFingerprint(fixture.services.db)).toEqual(before);
		const now = await fixture.read(id);
		expect((await patch(id, body, "", { "if-match": `"${now.etag}"` })).status).toBe(200);
	});

	test("by a dry run, which tells of it", async () => {
		const id = await fixture.bring(meeting({ participants: [guest("ann@example.com")] }));
		const [from, calendar_id] = [await calendarId("Work"), await calendarId("Home")];
		const before = await databaseFingerprint(fixture.services.db);
		const { status, body } = await patch(id, { calendar_id, title: "Talk" }, "?dry_run=true");
		expect({ status, ...body }).toMatchObject({
			status: 200,
			dry_run: true,
			event: { id: null, calendar_id, title: "Talk" },
			changes: {
				calendar_id: { before: from, after: calendar_id },
				title: { before: "Meeting", after: "Talk" },
			},
		});
		expect(await databaseFingerprint(fixture.services.db)).toEqual(before);
		expect(fixture.control.performed).toEqual([]);
	});

	test("to a calendar that cannot be written, nor of somebody else's event", async () => {
		fixture.control.createCalendar("ada", { name: "Team", access: "read" });
		const id = await fixture.bring(
			meeting({ participants: [guest("boss@example.com", { organizer: true }), guest("ada", { self: true })] }),
		);
		expect((await patch(id, { calendar_id: await calendarId("Team") })).body.code).toBe("calendar_read_only");
		expect(await patch(id, { calendar_id: await calendarId("Home") })).toMatchObject({
			status: 400,
			body: { errors: [{ field: "calendar_id" }] },
		});
		expect(fixture.control.performed).toEqual([]);
	});
});

describe("a move that is held up or refused", () => {
	test.each(["retried", "discarded", "edited", "moved again"])(
		"stays where it was where it is refused there, and says why; %s it is there once",
		async (how) => {
			const id = await fixture.bring(
				meeting({ recurrence: ["RRULE:FREQ=DAILY;COUNT=5"] }),
				onDay("04", { title: "Special", start: zoned("2026-12-04T15:00:00"), end: zoned("2026-12-04T16:00:00") }),
			);
			const before = await fixture.read(id);
			const calendar_id = await calendarId("Home");
			fixture.control.failNext("create", refusal("invalid", "event_too_large"));
			const { status, body } = await patch(id, { calendar_id, title: "Talk" }, "?scope=all");
			expect({ status, ...body }).toMatchObject({ status: 422, event_id: id, reason: "event_too_large" });
			const { etag: _, updated_at: __, sync, ...rest } = await fixture.read(id);
			expect(before).toMatchObject(rest);
			expect(sync).toMatchObject({ state: "failed", error: { code: "event_too_large" } });
			expect((await fixture.read(`${id}.20261204T120000Z`)).title).toBe("Special");
			expect([titlesAt(fixture.calendar), titlesAt(home)]).toEqual([[["Meeting", "Special"]], []]);
			expect(await shownIn("Home")).toEqual([]);
			await pushDue();
			expect(fixture.control.calls.remove).toBe(0);
			const act = {
				retried: () => fixture.call("POST", `/v1/events/${id}/sync`, { action: "retry" }),
				discarded: () => fixture.call("POST", `/v1/events/${id}/sync`, { action: "discard" }),
				edited: () => patch(id, { title: "Changed" }, "?scope=all"),
				"moved again": () => patch(id, { calendar_id, title: "Talk" }, "?scope=all"),
			}[how];
			const answer = await act?.();
			const moved = how === "retried" || how === "moved again";
			const title = { discarded: "Meeting", edited: "Changed" }[how] ?? "Talk";
			expect(answer).toMatchObject({ status: 200, body: { title, sync: { state: "synced" } } });
			expect(answer?.body.calendar_id === calendar_id).toBe(moved);
			await pushDue();
			const there = [[title, "Special"].sort()];
			expect([titlesAt(fixture.calendar), titlesAt(home)]).toEqual(moved ? [[], there] : [there, []]);
			expect([(await shownIn("Work")).length, (await shownIn("Home")).length]).toEqual(moved ? [0, 1] : [1, 0]);
			expect(await intents()).toEqual([]);
		},
	);

	test("is shown where it was at once where it is discarded, also while its account is paused", async () => {
		const id = await fixture.bring(meeting());
		await fixture.call("PATCH", `/v1/connections/${fixture.connectionId}`, { paused: true });
		const { body } = await patch(id, { calendar_id: await calendarId("Home") });
		expect((await fixture.call("GET", `/v1/events/${id}`)).status).toBe(404);
		expect((await fixture.call("POST", `/v1/events/${body.id}/sync`, { action: "discard" })).status).toBe(204);
		expect(await fixture.read(id)).toMatchObject({ title: "Meeting", sync: { state: "synced" } });
		expect(await intents()).toEqual([]);
		expect(await shownIn("Home")).toEqual([]);
	});

	test("is shown where it was at once where the account that it was to go to is removed, also while its own is paused", async () => {
		const { connectionId } = await otherAccount();
		const id = await fixture.bring(meeting());
		fixture.control.failNext("create", away());
		expect((await patch(id, { calendar_id: await calendarId("Other account") })).status).toBe(202);
		await fixture.call("PATCH", `/v1/connections/${fixture.connectionId}`, { paused: true });
		expect((await fixture.call("GET", `/v1/events/${id}`)).status).toBe(404);
		expect((await fixture.call("DELETE", `/v1/connections/${connectionId}`)).status).toBe(204);
		expect(await fixture.read(id)).toMatchObject({ title: "Meeting", sync: { state: "synced" } });
		expect(await intents()).toEqual([]);
	});

	test("goes on where it got through just before the account that it was to go to is removed", async () => {
		const { connectionId } = await otherAccount();
		const { db } = fixture.services;
		const id = await fixture.bring(meeting());
		fixture.control.failNext("create", away());
		await patch(id, { calendar_id: await calendarId("Other account") });
		const removing = await db.transaction().execute(async (tx) => {
			const work = await calendarId("Work");
			await tx.selectFrom("calendars").select("id").where("id", "=", work).forUpdate().execute();
			const answer = fixture.call("DELETE", `/v1/connections/${connectionId}`);
			await vi.waitUntil(async () => {
				const { rows } = await sql`
					SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`.execute(db);
				return rows.length > 0;
			}, 30_000);
			await tx.updateTable("intents").set({ waits_for: null }).where("kind", "=", "delete").execute();
			return { answer };
		});
		expect((await removing.answer).status).toBe(204);
		await pushDue();
		expect(titlesAt(fixture.calendar)).toEqual([]);
		expect((await fixture.call("GET", `/v1/events/${id}`)).status).toBe(404);
	});

	test("is done later, once each, where the provider was away", async () => {
		const id = await fixture.bring(meeting());
		fixture.control.failNext("create", away());
		const { status, body } = await patch(id, { calendar_id: await calendarId("Home") });
		expect({ status, sync: body.sync.state }).toEqual({ status: 202, sync: "pending" });
		expect([titlesAt(fixture.calendar), titlesAt(home)]).toEqual([[["Meeting"]], []]);
		// What a pull meanwhile reads of the original does not let the deletion go.
		fixture.control.changeEtags(fixture.calendar);
		await fixture.sync();
		expect([titlesAt(fixture.calendar), titlesAt(home)]).toEqual([[["Meeting"]], []]);
		expect((await fixture.call("GET", `/v1/events/${id}`)).status).toBe(404);
		await pushDue();
		await pushDue();
		expect([titlesAt(fixture.calendar), titlesAt(home)]).toEqual([[], [["Meeting"]]]);
		expect(await intents()).toEqual([]);
		expect(fixture.control.performed).toHaveLength(2);
		expect((await fixture.read(body.id)).sync.state).toBe("synced");
	});

	test("is there twice for as long as only the creation got through, also where its answer was lost", async () => {
		const id = await fixture.bring(meeting());
		fixture.control.loseAnswer("create");
		fixture.control.failNext("remove", away());
		expect((await patch(id, { calendar_id: await calendarId("Home") })).status).toBe(202);
		expect([titlesAt(fixture.calendar), titlesAt(home)]).toEqual([[["Meeting"]], [["Meeting"]]]);
		for (let turn = 0; turn < 4 && (await intents()).length > 0; turn++) await pushDue();
		expect([titlesAt(fixture.calendar), titlesAt(home)]).toEqual([[], [["Meeting"]]]);
		expect(fixture.control.calls.create).toBe(1);
		expect(await intents()).toEqual([]);
	});

	test("shows the original again where its deletion is refused, and says so", async () => {
		const id = await fixture.bring(meeting());
		fixture.control.failNext("remove", refusal("forbidden", "read_only"));
		const { status, body } = await patch(id, { calendar_id: await calendarId("Home") });
		expect({ status, ...body }).toMatchObject({ status: 422, event_id: id, reason: "read_only" });
		expect((await fixture.read(await movedCopy())).sync.state).toBe("synced");
		expect(await fixture.read(id)).toMatchObject({ title: "Meeting", sync: { state: "failed" } });
	});

	test.each(["its copy is discarded", "its new calendar is gone"])("is given up where %s", async (how) => {
		const id = await fixture.bring(meeting());
		fixture.control.failNext("create", away());
		const { body } = await patch(id, { calendar_id: await calendarId("Home") });
		if (how === "its copy is discarded") {
			await fixture.call("POST", `/v1/events/${body.id}/sync`, { action: "discard" });
		} else {
			await fixture.services.db
				.deleteFrom("calendars")
				.where("id", "=", await calendarId("Home"))
				.execute();
		}
		await pushDue();
		expect(await fixture.read(id)).toMatchObject({ title: "Meeting", sync: { state: "synced" } });
		expect(titlesAt(fixture.calendar)).toEqual([["Meeting"]]);
		expect(fixture.control.performed).toEqual([]);
		expect(await intents()).toEqual([]);
	});

	test("goes on from where it was going, or ends, with what becomes of a copy that was never sent", async () => {
		fixture.control.createCalendar("ada", { name: "Third" });
		const [first, second] = [await fixture.bring(meeting()), await fixture.bring(meeting({ uid: "u2", title: "B" }))];
		const pause = (paused: boolean) => fixture.call("PATCH", `/v1/connections/${fixture.connectionId}`, { paused });
		await pause(true);
		const calendar_id = await calendarId("Home");
		const moved = (await patch(first, { calendar_id })).body.id;
		const again = (await patch(moved, { calendar_id: await calendarId("Third") })).body.id;
		const gone = (await patch(second, { calendar_id })).body.id;
		expect((await fixture.call("DELETE", `/v1/events/${gone}`)).status).toBe(202);
		await pause(false);
		for (let turn = 0; turn < 4 && (await intents()).length > 0; turn++) await pushDue();
		expect([titlesAt(fixture.calendar), titlesAt(home)]).toEqual([[], []]);
		expect((await fixture.read(again)).sync.state).toBe("synced");
	});
});
