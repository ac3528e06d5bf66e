import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { settleOwnerNotices, tellOwners } from "../notify/owner/tell-owners.ts";
import {
	charge,
	completed,
	createPaymentFixture,
	intent,
	type PaymentFixture,
	SLOT,
	stripeEvent,
} from "../payments/testing.ts";
import { failure } from "../push/testing.ts";
import { expireHolds } from "./expire-holds.ts";
import { settleRefusedConfirmations } from "./refused-confirmations.ts";

const { signal } = new AbortController();

let fixture: PaymentFixture;
beforeEach(async () => {
	fixture = await createPaymentFixture();
});
afterEach(() => fixture.close());

describe("a booking", () => {
	it("holds its slot with a tentative event that invites nobody", async () => {
		const participants = [{ email: "guest@example.com", name: "Gus" }];
		const booking = await fixture.hold({ participants, location: "Room 1", reference: "order 7" });
		expect(booking).toMatchObject({
			id: expect.stringMatching(/^bkg_/),
			state: "held",
			expires_at: "2026-12-01T12:30:00.000Z",
			metadata: { kalends_booking: booking.id },
			start: { date_time: "2026-12-10T10:00:00+01:00", time_zone: "Europe/Berlin" },
			reference: "order 7",
		});
		expect(fixture.remote()).toEqual([{ title: "Lesson", status: "tentative", guests: [] }]);
		expect((await fixture.call("GET", `/v1/events/${booking.event_id}`)).body).toMatchObject({ status: "tentative" });
	});

	it("finds the slot taken where the calendar is busy, unless it may be", async () => {
		await fixture.hold();
		const asked = { calendar_id: fixture.calendarId, title: "Other", ...SLOT };
		expect(await fixture.call("POST", "/v1/bookings", asked)).toMatchObject({
			status: 409,
			body: { code: "slot_busy" },
		});
		await fixture.hold({ allow_conflicts: true });
		const later = { date_time: "2026-12-10T12:00:00", time_zone: "Europe/Berlin" };
		await fixture.hold({ start: SLOT.end, end: later });
		const wrong = { title: "x", calendar_id: "cal_x", ...SLOT };
		expect(await fixture.call("POST", "/v1/bookings", wrong)).toMatchObject({
			status: 400,
			body: { errors: [{ field: "calendar_id" }] },
		});
	});

	it("is for a time to come, in whatever zone that is told, and has a title", async () => {
		const booked = async (fields: object) => {
			const asked = { calendar_id: fixture.calendarId, title: "Lesson", allow_conflicts: true, ...fields };
			const { status, body } = await fixture.call("POST", "/v1/bookings", asked);
			const errors = body.errors as unknown as { field: string }[] | undefined;
			return errors === undefined ? status : [status, ...errors.map(({ field }) => field), body.fix];
		};
		const past = [400, "start", expect.stringContaining("still to come")];
		const at = (date_time: string, time_zone?: string) => ({ start: { date_time, time_zone }, end: SLOT.end });
		// It is noon in UTC; a clock may be some minutes off.
		expect(await booked(at("2026-12-01T11:54:59Z"))).toEqual(past);
		expect(await booked(at("2026-12-01T11:55:00Z"))).toBe(201);
		expect(await booked(at("2026-12-01T20:00:00", "Asia/Tokyo"))).toEqual(past);
		expect(await booked(at("2026-12-01T07:30:00", "America/New_York"))).toBe(201);
		const day = (date: string) => booked({ start: { date } });
		expect([await day("2026-11-29"), await day("2026-12-01")]).toEqual([past, 201]);
		expect([await booked({ ...SLOT, title: "" }), await booked({ ...SLOT, title: " \n" })]).toEqual(
			Array.from({ length: 2 }, () => [400, "title", expect.any(String)]),
		);
		expect(await booked({ title: " ", start: { date: "2026-11-29" } })).toEqual([400, "title", ...past.slice(1)]);
		// Of a day and of a wall clock the calendar's zone says whether they are over; where it has none, all zones do.
		fixture.clock.advance(14 * 3_600_000);
		const floating = (date_time: string) =>
			booked({
				...at(date_time),
				start: { date_time, time_zone: null },
				end: { date_time: "2026-12-03T00:00:00", time_zone: null },
			});
		for (const [time_zone, isOver] of [
			["America/Los_Angeles", false],
			["Europe/Berlin", true],
			[null, false],
		] as const) {
			await fixture.services.db.updateTable("calendars").set({ time_zone }).execute();
			const expected = isOver ? past : 201;
			expect([time_zone, await day("2026-12-01"), await floating("2026-12-01T18:00:00")]).toEqual([
				time_zone,
				expected,
				expected,
			]);
		}
	});

	it("is one of many that want the slot at once", async () => {
		const asked = { calendar_id: fixture.calendarId, title: "Lesson", ...SLOT };
		const answers = await Promise.all(Array.from({ length: 8 }, () => fixture.call("POST", "/v1/bookings", asked)));
		expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array.from({ length: 7 }, () => 409)]);
	});

	it("is released when it is not paid in time, and the slot is free again", async () => {
		const booking = await fixture.hold({ hold_seconds: 60 });
		expect(await expireHolds(fixture.paying, signal)).toBe(0);
		fixture.clock.advance(60_000);
		expect(await expireHolds(fixture.paying, signal)).toBe(1);
		expect(await fixture.booking(booking.id)).toMatchObject({ state: "released", reason: "expired" });
		expect(fixture.remote()).toEqual([]);
		await fixture.hold();
	});

	it.each(["deletes", "cancels"])(
		"is released when somebody %s its event here, and confirmed anew when it is paid",
		async (how) => {
			const booking = await fixture.hold();
			const [method, body] = how === "deletes" ? (["DELETE"] as const) : (["PATCH", { status: "cancelled" }] as const);
			expect((await fixture.call(method, `/v1/events/${booking.event_id}`, body)).status).toBeLessThan(300);
			expect(await expireHolds(fixture.paying, signal)).toBe(1);
			expect(await fixture.booking(booking.id)).toMatchObject({
				state: "released",
				reason: "event_deleted",
				reason_detail: expect.stringContaining("deleted or cancelled"),
			});
			expect(fixture.remote()).toEqual([]);
			expect(await expireHolds(fixture.paying, signal)).toBe(0);
			await fixture.stripe(completed(booking.id));
			expect(await fixture.booking(booking.id)).toMatchObject({ state: "confirmed", reason: null });
			expect(fixture.remote()).toMatchObject([{ status: "confirmed" }]);
		},
	);

	it("has lost its slot at once when its event is cancelled, not only when that is noticed", async () => {
		const first = await fixture.hold();
		await fixture.call("PATCH", `/v1/events/${first.event_id}`, { status: "cancelled" });
		const second = await fixture.hold();
		await fixture.stripe(completed(first.id));
		expect(await fixture.booking(first.id)).toMatchObject({ state: "conflict", reason: "slot_taken" });
		expect(await fixture.booking(second.id)).toMatchObject({ state: "held" });
		await fixture.stripe(completed(second.id, { payment_intent: "pi_2" }));
		await fixture.stripe(stripeEvent("payment_intent.succeeded", intent()));
		expect(await fixture.booking(first.id)).toMatchObject({ state: "conflict", event_id: null });
		expect(await fixture.booking(second.id)).toMatchObject({ state: "confirmed", event_id: second.event_id });
		// The cancelled one, which is nobody's any more, has gone.
		await fixture.pushDue();
		expect(fixture.remote()).toMatchObject([{ status: "confirmed" }]);
	});

	it("whose event is cancelled when it is paid has another in the free slot, and only that", async () => {
		const booking = await fixture.hold();
		await fixture.call("PATCH", `/v1/events/${booking.event_id}`, { status: "cancelled" });
		await fixture.stripe(completed(booking.id));
		const { state, event_id: eventId } = await fixture.booking(booking.id);
		expect([state, eventId === booking.event_id]).toEqual(["confirmed", false]);
		await fixture.pushDue();
		expect(fixture.remote()).toMatchObject([{ status: "confirmed", guests: ["payer@example.com"] }]);
	});

	it("stays as a person left it when more is told of its payment: cancelled as well as deleted", async () => {
		const booking = await fixture.hold();
		const metadata = { kalends_booking: booking.id };
		await fixture.stripe(stripeEvent("payment_intent.succeeded", intent({ metadata })));
		await fixture.call("PATCH", `/v1/events/${booking.event_id}`, { status: "cancelled" });
		await fixture.stripe(completed(booking.id));
		expect(await fixture.booking(booking.id)).toMatchObject({ state: "confirmed", event_id: booking.event_id });
		expect(fixture.remote()).toEqual([{ title: "Lesson", status: "cancelled", guests: [] }]);
	});

	it("is confirmed in its own event where that was brought back after the booking was released", async () => {
		const booking = await fixture.hold();
		await fixture.call("DELETE", `/v1/events/${booking.event_id}`);
		expect(await expireHolds(fixture.paying, signal)).toBe(1);
		const restored = await fixture.call("POST", `/v1/events/${booking.event_id}/restore`, { version: 1 });
		expect(restored.status).toBe(200);
		await fixture.stripe(completed(booking.id));
		expect(await fixture.booking(booking.id)).toMatchObject({ state: "confirmed", event_id: booking.event_id });
		expect(fixture.remote()).toMatchObject([{ status: "confirmed" }]);
	});

	it("is released when its event is deleted at the provider", async () => {
		const booking = await fixture.hold();
		for (const { id } of fixture.control.resources(fixture.remoteCalendar)) {
			fixture.control.remove(fixture.remoteCalendar, id);
		}
		await fixture.sync();
		await expireHolds(fixture.paying, signal);
		expect(await fixture.booking(booking.id)).toMatchObject({ state: "released", reason: "event_deleted" });
	});

	it("goes with its event to another calendar", async () => {
		fixture.control.createCalendar("ada", { name: "Other" });
		await fixture.sync();
		const { id: target } = await fixture.services.db
			.selectFrom("calendars")
			.select("id")
			.where("id", "!=", fixture.calendarId)
			.executeTakeFirstOrThrow();
		const booking = await fixture.hold();
		fixture.control.failNext("create", failure("forbidden", "read_only"));
		await fixture.call("PATCH", `/v1/events/${booking.event_id}`, { calendar_id: target });
		expect(await expireHolds(fixture.paying, signal)).toBe(0);
		const { state, calendar_id, event_id } = await fixture.booking(booking.id);
		expect({ state, calendar_id, event_id }).toEqual({
			state: "held",
			calendar_id: fixture.calendarId,
			event_id: booking.event_id,
		});
		const resolve = (id: unknown, action: string) => fixture.call("POST", `/v1/events/${id}/sync`, { action });
		await resolve(booking.event_id, "discard");
		fixture.control.failNext("create", failure("unavailable", "timeout"));
		const held = await fixture.call("PATCH", `/v1/events/${booking.event_id}`, { calendar_id: target });
		await resolve(held.body.id, "discard");
		expect(await expireHolds(fixture.paying, signal)).toBe(0);
		expect(await fixture.booking(booking.id)).toMatchObject({ state: "held", event_id: booking.event_id });
		fixture.control.failNext("create", failure("forbidden", "read_only"));
		await fixture.call("PATCH", `/v1/events/${booking.event_id}`, { calendar_id: target });
		const moved = await resolve(booking.event_id, "retry");
		expect(moved.status).toBe(200);
		expect(await expireHolds(fixture.paying, signal)).toBe(0);
		const followed = { calendar_id: target, event_id: moved.body.id };
		expect(await fixture.booking(booking.id)).toMatchObject({ state: "held", ...followed });
		await fixture.stripe(completed(booking.id));
		expect(await fixture.booking(booking.id)).toMatchObject({ state: "confirmed", ...followed });
		expect(fixture.remote()).toEqual([]);
	});

	it("is shown, listed and told as its event is now; where that is gone, as it was booked", async () => {
		const listening = await fixture.call("POST", "/v1/webhooks", { url: "https://hooks.example.com/kalends" });
		expect(listening.status).toBe(201);
		const booking = await fixture.hold();
		const start = { date_time: "2026-12-10T14:00:00+01:00", time_zone: "Europe/Berlin" };
		const end = { date_time: "2026-12-10T15:00:00+01:00", time_zone: "Europe/Berlin" };
		const edited = { title: "Piano", location: "Room 1", start, end };
		expect((await fixture.call("PATCH", `/v1/events/${booking.event_id}`, edited)).status).toBe(200);
		expect(await fixture.booking(booking.id)).toMatchObject(edited);
		expect((await fixture.call("GET", "/v1/bookings")).body.data).toMatchObject([edited]);
		await fixture.stripe(completed(booking.id));
		const announced = fixture.services.db.selectFrom("webhook_announcements").select("data");
		const told = () => announced.where("type", "=", "booking.confirmed").execute();
		expect(await told()).toMatchObject([{ data: edited }]);
		await fixture.call("DELETE", `/v1/bookings/${booking.id}`);
		expect(await fixture.booking(booking.id)).toMatchObject({ state: "cancelled", title: "Lesson" });
	});

	it("may be held for seconds only", async () => {
		const { id } = await fixture.hold({ hold_seconds: 1 });
		fixture.clock.advance(1_000);
		await expireHolds(fixture.paying, signal);
		expect(await fixture.booking(id)).toMatchObject({ state: "released", reason: "expired" });
	});

	it("is cancelled by hand, and stays so when it is paid after all, of which its owner is told", async () => {
		await fixture.close();
		fixture = await createPaymentFixture({ SMTP_URL: "smtp://mail.example.com", MAIL_FROM: "me@example.com" });
		const booking = await fixture.hold();
		expect((await fixture.call("DELETE", `/v1/bookings/${booking.id}`)).body).toMatchObject({ state: "cancelled" });
		expect(fixture.remote()).toEqual([]);
		await fixture.stripe(completed(booking.id));
		expect(await fixture.booking(booking.id)).toMatchObject({
			state: "cancelled",
			payments: [{ paid: true, problem: expect.stringContaining("refund") }],
		});
		const notices = async () => {
			for (let look = 0; look < 2; look++) await tellOwners(fixture.paying, signal);
			await settleOwnerNotices(fixture.paying);
			return fixture.services.db.selectFrom("notifications").select(["type", "state", "data"]).execute();
		};
		const data = {
			booking_id: booking.id,
			payment_id: "pi_1",
			title: "Lesson",
			problem: expect.stringContaining("refund"),
		};
		expect(await notices()).toMatchObject([{ type: "payment.problem", state: "active", data }]);
		const mails = await fixture.services.db.selectFrom("mails").select(["kind", "subject"]).execute();
		expect(mails).toEqual([{ kind: "notice", subject: "Paid, but not booked: Lesson" }]);
		await fixture.stripe(stripeEvent("charge.refunded", charge()));
		expect(await notices()).toMatchObject([{ type: "payment.problem", state: "dismissed" }]);
	});
});

describe("a paid booking whose event the provider refuses", () => {
	const settled = () => settleRefusedConfirmations(fixture.paying, signal);
	const told = async () => {
		await tellOwners(fixture.paying, signal);
		const notices = await fixture.services.db.selectFrom("notifications").select("about").execute();
		return notices.map(({ about }) => about);
	};

	it("is in conflict, which its owner is told, and confirmed once it gets through", async () => {
		const { id, event_id: eventId } = await fixture.hold();
		fixture.control.failNext("update", failure("forbidden", "read_only"));
		await fixture.stripe(completed(id));
		await fixture.pushDue();
		await settled();
		expect(await fixture.booking(id)).toMatchObject({
			state: "conflict",
			reason: "calendar_not_writable",
			event_id: eventId,
		});
		expect(await told()).toContain(`booking.conflict ${id}`);
		await settled();
		expect(await fixture.booking(id)).toMatchObject({ state: "conflict" });
		expect((await fixture.call("POST", `/v1/events/${eventId}/sync`, { action: "retry" })).status).toBe(200);
		await fixture.pushDue();
		await settled();
		expect(await fixture.booking(id)).toMatchObject({ state: "confirmed", reason: null });
		expect(fixture.remote()).toMatchObject([{ status: "confirmed" }]);
		await settleOwnerNotices(fixture.paying);
		const [notice] = await fixture.services.db.selectFrom("notifications").select("state").execute();
		expect(notice?.state).toBe("dismissed");
	});

	it("stays in conflict where that is discarded, until it is refunded", async () => {
		const { id, event_id: eventId } = await fixture.hold();
		fixture.control.failNext("update", failure("forbidden", "read_only"));
		await fixture.stripe(completed(id));
		await fixture.pushDue();
		await settled();
		await fixture.call("POST", `/v1/events/${eventId}/sync`, { action: "discard" });
		await settled();
		expect(await fixture.booking(id)).toMatchObject({ state: "conflict" });
		await fixture.stripe(stripeEvent("charge.refunded", charge()));
		expect(await fixture.booking(id)).toMatchObject({ state: "cancelled" });
		await fixture.pushDue();
		expect(fixture.remote()).toEqual([]);
	});

	it("invites whom it is for where its owner confirms the event by hand", async () => {
		const { id, event_id: eventId } = await fixture.hold({
			participants: [{ email: "guest@example.com", name: null }],
		});
		fixture.control.failNext("update", failure("forbidden", "read_only"));
		await fixture.stripe(completed(id));
		await fixture.pushDue();
		await settled();
		await fixture.call("POST", `/v1/events/${eventId}/sync`, { action: "discard" });
		expect((await fixture.call("PATCH", `/v1/events/${eventId}`, { status: "confirmed" })).status).toBe(200);
		await settled();
		await fixture.pushDue();
		expect(await fixture.booking(id)).toMatchObject({ state: "confirmed" });
		expect(fixture.remote()[0]?.guests).toContain("guest@example.com");
	});

	it("is confirmed still where another change of its event is refused", async () => {
		const { id, event_id: eventId } = await fixture.hold();
		await fixture.stripe(completed(id));
		await fixture.pushDue();
		fixture.control.failNext("update", failure("forbidden", "read_only"));
		expect((await fixture.call("PATCH", `/v1/events/${eventId}`, { title: "Renamed" })).status).toBe(422);
		await settled();
		expect(await fixture.booking(id)).toMatchObject({ state: "confirmed" });
	});
});
