import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { expireHolds } from "../bookings/expire-holds.ts";
import { editResource } from "../push/edit-resource.ts";
import { failure } from "../push/testing.ts";
import { removeGoneCalendar } from "../sync/held-deletions.ts";
import { completed, createPaymentFixture, type PaymentFixture } from "./testing.ts";

const { signal } = new AbortController();

let fixture: PaymentFixture;
let target: string;
let other: string;
beforeEach(async () => {
	fixture = await createPaymentFixture({}, { moves: true });
	other = fixture.control.createCalendar("ada", { name: "Other" });
	await fixture.sync();
	const { id } = await fixture.services.db
		.selectFrom("calendars")
		.select("id")
		.where("name", "=", "Other")
		.executeTakeFirstOrThrow();
	target = id;
});
afterEach(() => fixture.close());

describe("a booking whose event is being moved", () => {
	const ends = {
		paid: async ({ id }: { readonly id: string }) => void (await fixture.stripe(completed(id))),
		expired: async () => void (await expireHolds(fixture.paying, signal)),
		cancelled: async ({ id }: { readonly id: string }) => void (await fixture.call("DELETE", `/v1/bookings/${id}`)),
	};

	it.each([
		["paid", "confirmed", ["confirmed"]],
		["expired", "released", []],
		["cancelled", "cancelled", []],
	] as const)(
		"and is %s at that moment waits for that, holding nothing, and ends where it went",
		async (how, state, there) => {
			const { db } = fixture.services;
			const booking = await fixture.hold({ hold_seconds: 60 });
			if (how === "expired") fixture.clock.advance(60_000);
			const { userId, actor } = fixture;
			const request = { userId, actor, eventId: booking.event_id, targetCalendarId: target };
			let ended: Promise<void> | undefined;
			const moved = await editResource(fixture.paying, request, async ({ events }) => {
				ended = ends[how](booking);
				await vi.waitUntil(async () => {
					const { rows } = await sql`
					SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`.execute(db);
					return rows.length > 0;
				}, 30_000);
				// Who holds it while it waits for the calendar is in the way of the move, which waits for it in turn.
				await sql`SELECT FROM bookings WHERE id = ${booking.id} FOR UPDATE NOWAIT`.execute(db);
				const made = {
					calendarId: target,
					eventId: "evt_moved",
					events: events.map((one) => ({ ...one, uid: "moved" })),
				};
				return { wanted: null, moved: { ...made, raw: null }, action: "deleted" };
			});
			await ended;
			await fixture.push(moved);
			expect(await fixture.booking(booking.id)).toMatchObject({ state, event_id: "evt_moved", calendar_id: target });
			for (let turn = 0; turn < 4 && (await fixture.intents()).length > 0; turn++) await fixture.pushDue();
			expect(await fixture.intents()).toEqual([]);
			const left = await db.selectFrom("events").select(["calendar_id", "data"]).execute();
			expect(left.map(({ calendar_id, data }) => [calendar_id, data.status])).toEqual(
				there.map((status) => [target, status]),
			);
			expect(fixture.remote()).toEqual([]);
		},
	);
});

describe("a booking whose event was to move to a calendar that is removed", () => {
	it.each([
		["is nowhere to be reached", false],
		["may have moved it", true],
	])("is with its event where the provider %s", async (_, isSent) => {
		const { control, services, connectionId } = fixture;
		const booking = await fixture.hold();
		if (isSent) control.failNext("move", failure("unavailable", "timeout"));
		const pause = (paused: boolean) =>
			services.db.updateTable("connections").set({ paused }).where("id", "=", connectionId).execute();
		if (!isSent) await pause(true);
		const moved = await fixture.call("PATCH", `/v1/events/${booking.event_id}`, { calendar_id: target });
		expect(moved.status).toBe(202);
		expect(await fixture.booking(booking.id)).toMatchObject({ calendar_id: target, event_id: moved.body.id });
		control.deleteCalendar(other);
		if (isSent) await pause(true);
		await services.db.updateTable("calendars").set({ status: "gone" }).where("id", "=", target).execute();
		await removeGoneCalendar(services, { userId: fixture.userId, calendarId: target });
		const back = { calendar_id: fixture.calendarId, event_id: booking.event_id, state: "held" };
		expect(await fixture.booking(booking.id)).toMatchObject(back);
		expect(await expireHolds(fixture.paying, signal)).toBe(0);
		await pause(false);
		await fixture.pushDue();
		expect(await fixture.intents()).toEqual([]);
		expect(await fixture.booking(booking.id)).toMatchObject(back);
		await fixture.stripe(completed(booking.id));
		expect(fixture.remote()).toMatchObject([{ status: "confirmed" }]);
	});

	it("is released where it moved along, and is gone with that calendar", async () => {
		const { control, services } = fixture;
		const booking = await fixture.hold();
		control.loseAnswer("move");
		expect((await fixture.call("PATCH", `/v1/events/${booking.event_id}`, { calendar_id: target })).status).toBe(202);
		control.deleteCalendar(other);
		await services.db.updateTable("calendars").set({ status: "gone" }).where("id", "=", target).execute();
		await removeGoneCalendar(services, { userId: fixture.userId, calendarId: target });
		await fixture.pushDue();
		expect(await fixture.intents()).toEqual([]);
		expect(await fixture.titles()).toEqual([]);
		expect(await expireHolds(fixture.paying, signal)).toBe(1);
		expect(await fixture.booking(booking.id)).toMatchObject({ state: "released", calendar_id: fixture.calendarId });
	});
});
