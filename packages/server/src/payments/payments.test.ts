import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { paidGuestsOf } from "../bookings/booking-rows.ts";
import { expireHolds } from "../bookings/expire-holds.ts";
import { settleOwnerNotices, tellOwners } from "../notify/owner/tell-owners.ts";
import { breakAfter } from "../testing/break-database.ts";
import { receivePayment } from "./receive.ts";
import { readStripe } from "./stripe.ts";
import {
	charge,
	completed,
	createPaymentFixture,
	intent,
	type PaymentFixture,
	session,
	stripeEvent,
} from "./testing.ts";

const { signal } = new AbortController();

let fixture: PaymentFixture;
beforeEach(async () => {
	fixture = await createPaymentFixture();
});
afterEach(() => fixture.close());

describe("Stripe", () => {
	it("confirms a booking that is paid, and payer and participants are invited", async () => {
		const booking = await fixture.hold({ participants: [{ email: "guest@example.com" }] });
		const event = completed(booking.id);
		expect(await fixture.stripe(event)).toMatchObject({ status: 200, body: { received: true, duplicate: false } });
		expect(fixture.remote()).toEqual([
			{ title: "Lesson", status: "confirmed", guests: ["guest@example.com", "payer@example.com"] },
		]);
		expect(await fixture.booking(booking.id)).toMatchObject({
			state: "confirmed",
			mode: "test",
			event_id: booking.event_id,
			payments: [{ id: "pi_1", paid: true, amount: 5_000, currency: "eur", payer: { email: "payer@example.com" } }],
		});
		expect(await fixture.stripe(event)).toMatchObject({ status: 200, body: { duplicate: true } });
	});

	it("may leave out or null whatever is not needed", async () => {
		const booking = await fixture.hold();
		const { id: client_reference_id } = booking;
		const bare = (type: string, object: object | null) => ({
			id: `evt_bare_${type}`,
			object: "event",
			type,
			data: { object },
		});
		const paid = { id: "cs_1", payment_intent: "pi_1", payment_status: "paid", client_reference_id, metadata: null };
		const events = [
			bare("payment_intent.succeeded", { id: "pi_1" }),
			bare("payment_intent.payment_failed", { id: "pi_9", metadata: null, amount: null }),
			bare("checkout.session.completed", paid),
			bare("charge.refunded", { id: "ch_1", payment_intent: "pi_1", refunded: true }),
		];
		const statuses: number[] = [];
		for (const event of events) statuses.push((await fixture.stripe(event)).status);
		expect(statuses).toEqual([200, 200, 200, 200]);
		expect(await fixture.booking(booking.id)).toMatchObject({ state: "cancelled", reason: "refunded" });
		for (const nothing of [
			null,
			[],
			"event",
			{ id: "evt_1", type: "payment_intent.succeeded" },
			bare("charge.refunded", null),
		]) {
			expect(await fixture.stripe(nothing as object)).toMatchObject({ status: 400, body: { code: "invalid_request" } });
		}
	});

	it("finds the booking by client_reference_id too", async () => {
		const booking = await fixture.hold();
		const paid = session({ client_reference_id: booking.id });
		await fixture.stripe(stripeEvent("checkout.session.async_payment_succeeded", paid));
		expect(await fixture.booking(booking.id)).toMatchObject({ state: "confirmed" });
	});

	it.each(["text/plain;charset=UTF-8", "application/octet-stream", null])("is read as %s too", async (type) => {
		const booking = await fixture.hold();
		expect(await fixture.stripe(completed(booking.id), { type })).toMatchObject({ status: 200 });
		expect(await fixture.booking(booking.id)).toMatchObject({ state: "confirmed" });
	});

	it("is refused with a wrong, stale, future or missing signature, and with other bytes", async () => {
		const booking = await fixture.hold();
		const event = completed(booking.id);
		const now = fixture.services.now();
		const bad = { status: 400, body: { code: "invalid_signature" } };
		expect(await fixture.stripe(event, { secret: "whsec_another_secret" })).toMatchObject(bad);
		expect(await fixture.stripe(event, { at: now - 301_000 })).toMatchObject(bad);
		expect(await fixture.stripe(event, { at: now + 302_000 })).toMatchObject(bad);
		expect(await fixture.stripe(event, { body: JSON.stringify(event, null, 1) })).toMatchObject(bad);
		const bare = await fixture.app.inject({ method: "POST", url: "/webhooks/stripe", payload: event });
		expect(bare.statusCode).toBe(400);
		const at = Math.floor(now / 1000);
		const malformed = [
			"",
			"v1=a",
			`t=${at}`,
			`t=${at},v1=`,
			`t=${at},v1`,
			"t=,v1=a",
			",,,",
			`t=${at},v1=${"é".repeat(64)}`,
		];
		for (const header of malformed) {
			const headers = { "stripe-signature": header };
			const answer = await fixture.app.inject({ method: "POST", url: "/webhooks/stripe", headers, payload: event });
			expect([header, answer.statusCode]).toEqual([header, 400]);
		}
		expect(await fixture.booking(booking.id)).toMatchObject({ state: "held", payments: [] });
		expect(await fixture.stripe(event, { at: now - 299_000 })).toMatchObject({ status: 200 });
	});

	it("sends one event a hundred times at once, and it is used once", async () => {
		const booking = await fixture.hold();
		const event = completed(booking.id);
		const answers = await Promise.all(Array.from({ length: 100 }, () => fixture.stripe(event)));
		expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
		expect(answers.filter(({ body }) => body.duplicate === false)).toHaveLength(1);
		expect(fixture.remote()).toHaveLength(1);
	});

	it("does not mix test and live", async () => {
		const booking = await fixture.hold();
		await fixture.stripe(completed(booking.id));
		const live = stripeEvent("charge.refunded", charge({ metadata: { kalends_booking: booking.id } }), {
			livemode: true,
		});
		expect(await fixture.stripe(live)).toMatchObject({ status: 200 });
		expect(await fixture.booking(booking.id)).toMatchObject({ state: "confirmed", mode: "test" });
		const { data } = (await fixture.call("GET", "/v1/payments")).body as unknown as { data: { mode: string }[] };
		expect(data.find(({ mode }) => mode === "live")).toMatchObject({
			booking_id: null,
			problem: expect.stringContaining("live mode"),
		});
		await fixture.close();
		fixture = await createPaymentFixture({ STRIPE_SECRET_KEY: "sk_live_51abc" });
		expect(await fixture.stripe(stripeEvent("charge.refunded", charge()))).toMatchObject({
			status: 400,
			body: { code: "payment_mode_mismatch" },
		});
	});

	it.each([
		["live", ["payer@example.com"]],
		["test", []],
	])("of the %s mode frees these guests from the quota of mails: %j", async (mode, guests) => {
		const booking = await fixture.hold();
		await fixture.stripe({ ...completed(booking.id), ...{ livemode: mode === "live" } });
		expect(await fixture.booking(booking.id)).toMatchObject({ state: "confirmed", mode });
		expect([...(await paidGuestsOf(fixture.services.db, fixture.userId, booking.event_id))]).toEqual(guests);
	});

	it("leaves a confirmed event as the person has it, unless it has news", async () => {
		const booking = await fixture.hold();
		await fixture.stripe(completed(booking.id));
		const left = { participants: [], status: "tentative" };
		expect(await fixture.call("PATCH", `/v1/events/${booking.event_id}`, left)).toMatchObject({ status: 200 });
		await fixture.stripe(stripeEvent("payment_intent.succeeded", intent()));
		await fixture.stripe(stripeEvent("charge.refunded", charge({ amount_refunded: 100, refunded: false })));
		expect(await fixture.booking(booking.id)).toMatchObject({ state: "confirmed" });
		expect(fixture.remote()).toEqual([{ title: "Lesson", status: "tentative", guests: [] }]);
	});

	it("pays after the slot was given away: conflict; refunded then: cancelled", async () => {
		const booking = await fixture.hold({ hold_seconds: 60 });
		fixture.clock.advance(61_000);
		await expireHolds(fixture.paying, signal);
		await fixture.hold({ title: "Another" });
		await fixture.stripe(completed(booking.id));
		expect(await fixture.booking(booking.id)).toMatchObject({
			state: "conflict",
			reason: "slot_taken",
			event_id: null,
		});
		expect(fixture.remote().map(({ title }) => title)).toEqual(["Another"]);
		const notices = () => fixture.services.db.selectFrom("notifications").select(["type", "state"]).execute();
		for (let look = 0; look < 2; look++) await tellOwners(fixture.paying, signal);
		expect(await notices()).toEqual([{ type: "booking.conflict", state: "active" }]);
		await fixture.stripe(stripeEvent("charge.refunded", charge()));
		expect(await fixture.booking(booking.id)).toMatchObject({ state: "cancelled" });
		await settleOwnerNotices(fixture.paying);
		expect(await notices()).toEqual([{ type: "booking.conflict", state: "dismissed" }]);
	});

	it("pays after the hold is over, and the slot is still free: confirmed", async () => {
		const booking = await fixture.hold({ hold_seconds: 60 });
		fixture.clock.advance(61_000);
		await expireHolds(fixture.paying, signal);
		await fixture.stripe(completed(booking.id));
		expect(await fixture.booking(booking.id)).toMatchObject({ state: "confirmed" });
		expect(fixture.remote()).toEqual([{ title: "Lesson", status: "confirmed", guests: ["payer@example.com"] }]);
	});

	it("makes the event that a payment carries", async () => {
		const metadata = {
			kalends_calendar: fixture.calendarId,
			kalends_title: "Webinar",
			kalends_start: "2026-12-12T18:00:00",
			kalends_end: "2026-12-12T19:00:00",
			kalends_time_zone: "Europe/Berlin",
			kalends_location: "Online",
		};
		await fixture.stripe(stripeEvent("payment_intent.succeeded", intent({ metadata })));
		await fixture.stripe(stripeEvent("checkout.session.completed", session({ metadata })));
		const { data } = (await fixture.call("GET", "/v1/bookings")).body as unknown as { data: object[] };
		expect(data).toEqual([expect.objectContaining({ state: "confirmed", title: "Webinar", location: "Online" })]);
		expect(fixture.remote()).toEqual([{ title: "Webinar", status: "confirmed", guests: ["payer@example.com"] }]);
		// Unless it is forbidden, in whatever spelling, one slot is sold to many.
		for (const [index, word] of ["False", "FALSE", "0", "no", "off", " false "].entries()) {
			const once = { ...metadata, kalends_allow_conflicts: word };
			await fixture.stripe(stripeEvent("payment_intent.succeeded", intent({ id: `pi_once_${index}`, metadata: once })));
		}
		expect(fixture.remote()).toHaveLength(1);
		const broken = { ...metadata, kalends_start: "soon" };
		await fixture.stripe(stripeEvent("payment_intent.succeeded", intent({ id: "pi_2", metadata: broken })));
		const untitled = { ...metadata, kalends_title: " " };
		await fixture.stripe(stripeEvent("payment_intent.succeeded", intent({ id: "pi_3", metadata: untitled })));
		const past = { ...metadata, kalends_start: "2026-11-30T18:00:00", kalends_end: "2026-11-30T19:00:00" };
		await fixture.stripe(stripeEvent("payment_intent.succeeded", intent({ id: "pi_4", metadata: past })));
		const payments = (await fixture.call("GET", "/v1/payments")).body as unknown as { data: object[] };
		const told = (id: string, problem: RegExp) =>
			expect.objectContaining({ id, paid: true, booking_id: null, problem: expect.stringMatching(problem) });
		expect(payments.data).toEqual(
			expect.arrayContaining([told("pi_2", /start/), told("pi_3", /title: /), told("pi_4", /start: .*past/)]),
		);
		expect(fixture.remote()).toHaveLength(1);
	});

	it("is thanked for payments that nobody knows, which are listed for administrators", async () => {
		expect(await fixture.stripe(completed("bkg_unknown"))).toMatchObject({ status: 200 });
		expect(await fixture.stripe(stripeEvent("customer.created", { id: "cus_1" }))).toMatchObject({ status: 200 });
		const rows = await fixture.services.db.selectFrom("payments").selectAll().execute();
		expect(rows).toMatchObject([
			{ reference: "pi_1", user_id: null, paid: true, problem: expect.stringContaining("bkg_unknown") },
		]);
		expect((await fixture.call("GET", "/v1/payments")).body).toMatchObject({ data: [] });
	});

	it("ends the same in all 24 orders of four events", async () => {
		const ends = new Set<string>();
		const four = ["failed", "succeeded", "completed", "refunded"] as const;
		for (const [index, order] of permutations(four).entries()) {
			const payment_intent = `pi_order_${index}`;
			const day = `2027-01-${String(index + 1).padStart(2, "0")}`;
			const booking = await fixture.hold({
				start: { date_time: `${day}T10:00:00Z` },
				end: { date_time: `${day}T11:00:00Z` },
			});
			const metadata = { kalends_booking: booking.id };
			const events = {
				failed: stripeEvent("payment_intent.payment_failed", intent({ id: payment_intent, metadata })),
				succeeded: stripeEvent("payment_intent.succeeded", intent({ id: payment_intent, metadata })),
				completed: completed(booking.id, { payment_intent }),
				refunded: stripeEvent("charge.refunded", charge({ payment_intent })),
			};
			for (const name of order) {
				await fixture.stripe(events[name]);
				await fixture.stripe(events[name]);
			}
			const { state, payments } = await fixture.booking(booking.id);
			const facts = (payments as { paid: boolean; failed: boolean; refunded: boolean }[]).map(
				({ paid, failed, refunded }) => [paid, failed, refunded],
			);
			ends.add(JSON.stringify([state, facts]));
		}
		expect([...ends]).toEqual([JSON.stringify(["cancelled", [[true, true, true]]])]);
		expect(fixture.remote()).toEqual([]);
	});

	it("is used whole or not at all, wherever the process dies", async () => {
		const booking = await fixture.hold();
		const fact = readStripe(completed(booking.id) as never);
		if (fact === null) throw new Error("no fact");
		let budget = 0;
		for (let done = false; !done; budget++) {
			const dying = { ...fixture.paying, db: breakAfter(fixture.paying.db, budget) };
			const before = await fixture.booking(booking.id);
			done = await receivePayment(dying, fact, signal).then(
				() => true,
				() => false,
			);
			const { state } = await fixture.booking(booking.id);
			// A transaction that was broken off leaves nothing; one that was committed is whole.
			expect([before.state, "confirmed"]).toContain(state);
			const used = await fixture.services.db.selectFrom("payment_events").selectAll().execute();
			expect(used.length === 1).toBe(state === "confirmed");
		}
		expect(budget).toBeGreaterThan(10);
		await fixture.makeDue();
		const intents = await fixture.intents();
		await fixture.push({ eventId: "", intentIds: intents.map(({ id }) => id) });
		expect(fixture.remote()).toEqual([{ title: "Lesson", status: "confirmed", guests: ["payer@example.com"] }]);
	});
});

describe("other systems", () => {
	it("confirm by messages of Standard Webhooks, each of which is used once", async () => {
		const booking = await fixture.hold();
		const data = { id: "pay_1", booking_id: booking.id, email: "payer@example.com" };
		const message = { type: "payment.succeeded", timestamp: "2026-12-01T12:00:00Z", data };
		expect(await fixture.standard("msg_1", message)).toMatchObject({ status: 200, body: { duplicate: false } });
		expect(await fixture.standard("msg_1", message)).toMatchObject({ status: 200, body: { duplicate: true } });
		expect(await fixture.booking(booking.id)).toMatchObject({ state: "confirmed", mode: "live" });
		await fixture.standard("msg_2", { type: "payment.refunded", data: { id: "pay_1" } });
		expect(await fixture.booking(booking.id)).toMatchObject({ state: "cancelled" });
	});

	it("may say more than is used, also in forms that are of no use here", async () => {
		const booking = await fixture.hold();
		const { metadata } = booking as unknown as { metadata: object };
		const data = {
			id: "pay_1",
			metadata: { ...metadata, cart: { items: 2 }, note: null, paid_in_full: true },
			amount: 49.5,
			currency: "euro and cents",
			email: 7,
		};
		expect(
			await fixture.standard("msg_1", { type: "payment.succeeded", timestamp: 1_796_000_000, data }),
		).toMatchObject({
			status: 200,
		});
		expect(await fixture.booking(booking.id)).toMatchObject({
			state: "confirmed",
			payments: [{ amount: null, currency: null, payer: null }],
		});
	});

	it("are recorded without a NUL, which nobody can store, wherever it is not what names them", async () => {
		const booking = await fixture.hold({ participants: [] });
		const data = {
			id: "pay_1",
			booking_id: `${booking.id}\0`,
			metadata: { "no\0te": "a\0b" },
			currency: "e\0ur",
			amount: 100,
			email: "payer\0@example.com",
			name: "P\0ia",
		};
		const answer = await fixture.standard("msg_1", { type: "payment.succeeded", data });
		expect(answer).toMatchObject({ status: 200 });
		expect(await fixture.booking(booking.id)).toMatchObject({
			state: "confirmed",
			payments: [{ paid: true, currency: "eur", payer: { email: "payer@example.com" } }],
		});
		const named = { type: "payment.succeeded", data: { ...data, id: "pay\0_2" } };
		expect(await fixture.standard("msg_2", named)).toMatchObject({
			status: 400,
			body: { errors: [{ field: "data.id" }] },
		});
		const metadata = { kalends_booking: "bkg_\0other" };
		await fixture.stripe(
			stripeEvent("payment_intent.succeeded", intent({ id: "pi_nul", metadata, currency: "u\0sd" })),
		);
		const { data: payments } = (await fixture.call("GET", "/v1/payments")).body as unknown as { data: object[] };
		expect(payments).toHaveLength(1);
		const rows = await fixture.services.db
			.selectFrom("payments")
			.selectAll()
			.where("reference", "=", "pi_nul")
			.execute();
		expect(rows).toMatchObject([{ currency: "usd", problem: "There is no booking bkg_other." }]);
	});

	it("are refused unsigned, stale and of another form", async () => {
		const message = { type: "payment.failed", data: { id: "pay_1" } };
		const bad = { status: 400, body: { code: "invalid_signature" } };
		const other = `whsec_${Buffer.alloc(32, 8).toString("base64")}`;
		expect(await fixture.standard("msg_1", message, { secret: other })).toMatchObject(bad);
		const now = fixture.services.now();
		expect(await fixture.standard("msg_1", message, { at: now - 301_000 })).toMatchObject(bad);
		expect(await fixture.standard("msg_1", message, { at: now + 302_000 })).toMatchObject(bad);
		expect(await fixture.standard("msg_1", { type: "x" })).toMatchObject({
			status: 400,
			body: { code: "invalid_request" },
		});
		expect(await fixture.services.db.selectFrom("payment_events").selectAll().execute()).toEqual([]);
	});
});

function permutations<T>(items: readonly T[]): readonly (readonly T[])[] {
	if (items.length < 2) return [items];
	return items.flatMap((item, index) =>
		permutations([...items.slice(0, index), ...items.slice(index + 1)]).map((rest) => [item, ...rest]),
	);
}
