import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createPaymentFixture, type PaymentFixture } from "../payments/testing.ts";
import { failure } from "./testing.ts";

/** What the provider moved, though nobody heard of it, and nobody may look at the calendar that it left. */
describe("a move that got through unseen and is then refused to be looked for", () => {
	let fixture: PaymentFixture;
	let id: string;
	let target: string;
	let places: readonly string[];
	beforeEach(async () => {
		fixture = await createPaymentFixture({}, { moves: true });
		const { control, services, remoteCalendar, calendarId } = fixture;
		places = [
			remoteCalendar,
			control.createCalendar("ada", { name: "Other" }),
			control.createCalendar("ada", { name: "Third" }),
		];
		await fixture.sync();
		target = await calendarNamed("Other");
		const start = { date_time: "2026-12-10T10:00:00", time_zone: "Europe/Berlin" };
		const end = { date_time: "2026-12-10T11:00:00", time_zone: "Europe/Berlin" };
		const made = await fixture.call("POST", "/v1/events", { calendar_id: calendarId, title: "Meeting", start, end });
		control.loseAnswer("move");
		const moved = await fixture.call("PATCH", `/v1/events/${made.body.id}`, { calendar_id: target });
		expect(moved.status).toBe(202);
		id = String(moved.body.id);
		await services.db.updateTable("intents").set({ claimed_until: null }).execute();
	});
	afterEach(() => fixture.close());

	async function calendarNamed(name: string): Promise<string> {
		const calendars = fixture.services.db.selectFrom("calendars").select("id").where("name", "=", name);
		return (await calendars.executeTakeFirstOrThrow()).id;
	}

	const there = () =>
		places.map((place) => fixture.control.resources(place).flatMap(({ events }) => events.map(({ title }) => title)));

	async function settle(): Promise<void> {
		for (let turn = 0; turn < 6 && (await fixture.intents()).some(({ state }) => state === "pending"); turn++) {
			await fixture.pushDue();
		}
	}

	async function shown(): Promise<readonly unknown[]> {
		const rows = await fixture.services.db.selectFrom("events").select(["calendar_id", "data"]).execute();
		return rows.map(({ calendar_id, data }) => [calendar_id, data.title]);
	}

	async function eventId(): Promise<string> {
		return (await fixture.services.db.selectFrom("events").select("id").executeTakeFirstOrThrow()).id;
	}

	test("is found in its new calendar where the event is deleted meanwhile, and goes", async () => {
		fixture.control.failNext("read", failure("forbidden", "read_only"));
		expect((await fixture.call("DELETE", `/v1/events/${id}`)).status).toBeLessThan(300);
		await settle();
		expect(there()).toEqual([[], [], []]);
		await fixture.sync();
		expect([await shown(), await fixture.intents()]).toEqual([[], []]);
	});

	test("stays in its new calendar until it is made in a third one, to which it moves on", async () => {
		const third = await calendarNamed("Third");
		fixture.control.failNext("read", failure("forbidden", "read_only"));
		fixture.control.failNext("create", failure("unavailable", "timeout"));
		expect((await fixture.call("PATCH", `/v1/events/${id}`, { calendar_id: third })).status).toBe(202);
		expect(there()).toEqual([[], ["Meeting"], []]);
		await settle();
		expect(there()).toEqual([[], [], ["Meeting"]]);
		await fixture.sync();
		expect([await shown(), await fixture.intents()]).toEqual([[[third, "Meeting"]], []]);
	});

	test.each([
		["stays, and says so, where it is", "read", [[], ["Meeting"], []]],
		["is where it was, as it never left", "move", [["Meeting"], [], []]],
	] as const)("%s where the third one refuses it first", async (_, refused, left) => {
		const third = await calendarNamed("Third");
		const { control } = fixture;
		if (refused === "move") {
			const [moved] = control.resources(places[1] ?? "");
			control.remove(places[1] ?? "", moved?.id ?? "");
			control.putEvents(places[0] ?? "", moved?.id ?? "", moved?.events ?? []);
		}
		for (const operation of ["create", refused] as const)
			control.failNext(operation, failure("forbidden", "read_only"));
		await fixture.call("PATCH", `/v1/events/${id}`, { calendar_id: third, title: "Renamed" });
		await settle();
		expect(there()).toEqual(left);
		expect((await fixture.intents()).map(({ state }) => state)).toContain("failed");
		expect(await shown()).toEqual([[refused === "move" ? fixture.calendarId : target, "Meeting"]]);
		// What it was to be there can be brought back.
		expect(
			await fixture.services.db.selectFrom("event_versions").select(["event_id", "action", "events"]).execute(),
		).toContainEqual({
			event_id: await eventId(),
			action: "conflict",
			events: [expect.objectContaining({ title: "Renamed" })],
		});
		await fixture.sync();
		expect([there(), (await shown()).length]).toEqual([left, 1]);
	});
});

describe("what a move was to change as well, and others change meanwhile", () => {
	let fixture: PaymentFixture;
	let id: string;
	let target: string;
	beforeEach(async () => {
		fixture = await createPaymentFixture({}, { moves: true });
		const { control, services, calendarId } = fixture;
		control.createCalendar("ada", { name: "Other" });
		await fixture.sync();
		const calendars = services.db.selectFrom("calendars").select("id").where("name", "=", "Other");
		target = (await calendars.executeTakeFirstOrThrow()).id;
		const start = { date_time: "2026-12-10T10:00:00", time_zone: "Europe/Berlin" };
		const end = { date_time: "2026-12-10T11:00:00", time_zone: "Europe/Berlin" };
		const made = await fixture.call("POST", "/v1/events", { calendar_id: calendarId, title: "Meeting", start, end });
		id = String(made.body.id);
	});
	afterEach(() => fixture.close());

	function othersRename(): void {
		const { control, remoteCalendar } = fixture;
		const [there] = control.resources(remoteCalendar);
		const renamed = (there?.events ?? []).map((event) => ({ ...event, title: "Theirs" }));
		control.putEvents(remoteCalendar, there?.id ?? "", renamed);
	}

	async function move(): Promise<number> {
		const patch = { calendar_id: target, title: "Mine", location: "Hall" };
		return (await fixture.call("PATCH", `/v1/events/${id}`, patch)).status;
	}

	const conflicts = () =>
		fixture.services.db
			.selectFrom("event_versions")
			.select(["fields", "events"])
			.where("action", "=", "conflict")
			.execute();
	const mine = [expect.objectContaining({ title: "Mine", location: "Hall" })];

	test("is in the history where theirs wins and the rest is refused", async () => {
		othersRename();
		fixture.control.failNext("update", failure("invalid", "event_refused"));
		expect(await move()).toBe(422);
		expect(await conflicts()).toEqual([{ fields: ["title"], events: mine }]);
	});

	test("is in the history where they change what was refused to move", async () => {
		fixture.control.failNext("move", failure("forbidden", "read_only"));
		expect(await move()).toBe(422);
		expect((await fixture.intents()).map(({ state }) => state)).toEqual(["failed"]);
		othersRename();
		await fixture.sync();
		expect(await fixture.intents()).toEqual([]);
		expect(await conflicts()).toEqual([{ fields: ["title"], events: mine }]);
	});
});
