import { zoned } from "@kalends/model/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { someoneWaits } from "../../testing/locks.ts";
import { daily, meeting, onDay, refusal } from "../testing.ts";
import { away, connectOther, createMoveFixture, type MoveFixture, titlesOf } from "./testing.ts";

let fixture: MoveFixture;
beforeEach(async () => {
	fixture = await createMoveFixture();
});
afterEach(() => fixture.close());

const patch = (id: string, body: object, query = "") => fixture.call("PATCH", `/v1/events/${id}${query}`, body);

describe("a move that is held up or refused", () => {
	test.each(["retried", "discarded", "edited", "moved again"])(
		"stays where it was where it is refused there, and says why; %s it is there once",
		async (how) => {
			const id = await fixture.bring(
				daily(),
				onDay("04", { title: "Special", start: zoned("2026-12-04T15:00:00"), end: zoned("2026-12-04T16:00:00") }),
			);
			const before = await fixture.read(id);
			const calendar_id = await fixture.calendarId("Home");
			fixture.control.failNext("create", refusal("invalid", "event_too_large"));
			const { status, body } = await patch(id, { calendar_id, title: "Talk" }, "?scope=all");
			expect({ status, ...body }).toMatchObject({ status: 422, event_id: id, reason: "event_too_large" });
			const { etag: _, updated_at: __, sync, ...rest } = await fixture.read(id);
			expect(before).toMatchObject(rest);
			expect(sync).toMatchObject({ state: "failed", error: { code: "event_too_large" } });
			expect((await fixture.read(`${id}.20261204T120000Z`)).title).toBe("Special");
			expect(fixture.both(titlesOf)).toEqual([[["Meeting", "Special"]], []]);
			expect((await fixture.shown())[1]).toEqual([]);
			await fixture.pushDue();
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
			await fixture.pushDue();
			const there = [[title, "Special"].sort()];
			expect(fixture.both(titlesOf)).toEqual(moved ? [[], there] : [there, []]);
			expect((await fixture.shown()).map(({ length }) => length)).toEqual(moved ? [0, 1] : [1, 0]);
			expect(await fixture.intents()).toEqual([]);
		},
	);

	test("is shown where it was at once where it is discarded, also while its account is paused", async () => {
		const id = await fixture.bring(meeting());
		await fixture.pause(true);
		const { body } = await patch(id, { calendar_id: await fixture.calendarId("Home") });
		expect((await fixture.call("GET", `/v1/events/${id}`)).status).toBe(404);
		expect((await fixture.call("POST", `/v1/events/${body.id}/sync`, { action: "discard" })).status).toBe(204);
		expect(await fixture.read(id)).toMatchObject({ title: "Meeting", sync: { state: "synced" } });
		expect(await fixture.intents()).toEqual([]);
		expect((await fixture.shown())[1]).toEqual([]);
	});

	test("is shown where it was at once where the account that it was to go to is removed, also while its own is paused", async () => {
		const { connectionId } = await connectOther(fixture);
		const id = await fixture.bring(meeting());
		fixture.control.failNext("create", away());
		expect((await patch(id, { calendar_id: await fixture.calendarId("Other account") })).status).toBe(202);
		await fixture.pause(true);
		expect((await fixture.call("GET", `/v1/events/${id}`)).status).toBe(404);
		expect((await fixture.call("DELETE", `/v1/connections/${connectionId}`)).status).toBe(204);
		expect(await fixture.read(id)).toMatchObject({ title: "Meeting", sync: { state: "synced" } });
		expect(await fixture.intents()).toEqual([]);
	});

	test("goes on where it got through just before the account that it was to go to is removed", async () => {
		const { connectionId } = await connectOther(fixture);
		const { db } = fixture.services;
		const id = await fixture.bring(meeting());
		fixture.control.failNext("create", away());
		await patch(id, { calendar_id: await fixture.calendarId("Other account") });
		const removing = await db.transaction().execute(async (tx) => {
			const work = await fixture.calendarId("Work");
			await tx.selectFrom("calendars").select("id").where("id", "=", work).forUpdate().execute();
			const answer = fixture.call("DELETE", `/v1/connections/${connectionId}`);
			await someoneWaits(db);
			await tx.updateTable("intents").set({ waits_for: null }).where("kind", "=", "delete").execute();
			return { answer };
		});
		expect((await removing.answer).status).toBe(204);
		await fixture.pushDue();
		expect(fixture.both(titlesOf)[0]).toEqual([]);
		expect((await fixture.call("GET", `/v1/events/${id}`)).status).toBe(404);
	});

	test("is done later, once each, where the provider was away", async () => {
		const id = await fixture.bring(meeting());
		fixture.control.failNext("create", away());
		const { status, body } = await patch(id, { calendar_id: await fixture.calendarId("Home") });
		expect({ status, sync: body.sync.state }).toEqual({ status: 202, sync: "pending" });
		expect(fixture.both(titlesOf)).toEqual([[["Meeting"]], []]);
		// What a pull meanwhile reads of the original does not let the deletion go.
		fixture.control.changeEtags(fixture.calendar);
		await fixture.sync();
		expect(fixture.both(titlesOf)).toEqual([[["Meeting"]], []]);
		expect((await fixture.call("GET", `/v1/events/${id}`)).status).toBe(404);
		await fixture.pushDue();
		expect(fixture.both(titlesOf)).toEqual([[], [["Meeting"]]]);
		expect(await fixture.intents()).toEqual([]);
		expect(fixture.control.performed).toHaveLength(2);
		expect((await fixture.read(body.id)).sync.state).toBe("synced");
	});

	test("is there twice for as long as only the creation got through, also where its answer was lost", async () => {
		const id = await fixture.bring(meeting());
		fixture.control.loseAnswer("create");
		fixture.control.failNext("remove", away());
		expect((await patch(id, { calendar_id: await fixture.calendarId("Home") })).status).toBe(202);
		expect(fixture.both(titlesOf)).toEqual([[["Meeting"]], [["Meeting"]]]);
		await fixture.pushDue();
		expect(fixture.both(titlesOf)).toEqual([[], [["Meeting"]]]);
		expect(fixture.control.calls.create).toBe(1);
		expect(await fixture.intents()).toEqual([]);
	});

	test("shows the original again where its deletion is refused, and says so", async () => {
		const id = await fixture.bring(meeting());
		fixture.control.failNext("remove", refusal("forbidden", "read_only"));
		const { status, body } = await patch(id, { calendar_id: await fixture.calendarId("Home") });
		expect({ status, ...body }).toMatchObject({ status: 422, event_id: id, reason: "read_only" });
		const { data } = (await fixture.call("GET", "/v1/events?from=2026-12-02&to=2026-12-03")).body;
		const copy = { calendar_id: await fixture.calendarId("Home"), sync: { state: "synced" } };
		expect(data).toContainEqual(expect.objectContaining(copy));
		expect(await fixture.read(id)).toMatchObject({ title: "Meeting", sync: { state: "failed" } });
	});

	test.each(["its copy is discarded", "its new calendar is gone"])("is given up where %s", async (how) => {
		const id = await fixture.bring(meeting());
		fixture.control.failNext("create", away());
		const { body } = await patch(id, { calendar_id: await fixture.calendarId("Home") });
		if (how === "its copy is discarded") {
			await fixture.call("POST", `/v1/events/${body.id}/sync`, { action: "discard" });
		} else {
			await fixture.services.db
				.deleteFrom("calendars")
				.where("id", "=", await fixture.calendarId("Home"))
				.execute();
		}
		await fixture.pushDue();
		expect(await fixture.read(id)).toMatchObject({ title: "Meeting", sync: { state: "synced" } });
		expect(fixture.both(titlesOf)[0]).toEqual([["Meeting"]]);
		expect(fixture.control.performed).toEqual([]);
		expect(await fixture.intents()).toEqual([]);
	});

	test("goes on from where it was going, or ends, with what becomes of a copy that was never sent", async () => {
		fixture.control.createCalendar("ada", { name: "Third" });
		const [first, second] = [await fixture.bring(meeting()), await fixture.bring(meeting({ uid: "u2", title: "B" }))];
		await fixture.pause(true);
		const calendar_id = await fixture.calendarId("Home");
		const moved = (await patch(first, { calendar_id })).body.id;
		const again = (await patch(moved, { calendar_id: await fixture.calendarId("Third") })).body.id;
		const gone = (await patch(second, { calendar_id })).body.id;
		expect((await fixture.call("DELETE", `/v1/events/${gone}`)).status).toBe(202);
		await fixture.pause(false);
		await fixture.pushDue();
		expect(fixture.both(titlesOf)).toEqual([[], []]);
		expect((await fixture.read(again)).sync.state).toBe("synced");
	});
});
