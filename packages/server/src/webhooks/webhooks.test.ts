import { Webhook } from "standardwebhooks";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { appendChanges, type ChangeEntry } from "../changes/append-changes.ts";
import { loadConfig } from "../config.ts";
import type { Principal } from "../http/endpoint.ts";
import { breakAfter } from "../testing/break-database.ts";
import { insertOwned } from "../testing/owned.ts";
import { announce } from "./announce.ts";
import { checkFields } from "./check-fields.ts";
import { deliverBatch } from "./deliver.ts";
import { fanOut } from "./fan-out.ts";
import { createWebhookFixture, verified, type WebhookFixture } from "./testing.ts";

let fixture: WebhookFixture;
beforeEach(async () => {
	fixture = await createWebhookFixture();
});
afterEach(() => fixture.close());

function change(...entries: ChangeEntry[]): Promise<void> {
	const { services, person } = fixture;
	return services.db.transaction().execute((tx) => appendChanges(tx, person.userId, services.now(), entries));
}
const updated = (id: string): ChangeEntry => ({ type: "connection.updated", id, fields: ["status"] });

describe("a message", () => {
	it("carries the event as the API gives it, signed as the official library checks it", async () => {
		const { services, receiver, person } = fixture;
		const { secret, id } = await fixture.subscribe();
		expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
		const { event, calendar } = await insertOwned(services, person.userId);
		await change({ type: "event.updated", id: event, calendarId: calendar, fields: ["title"] });
		await fixture.dispatch();
		const [got] = receiver.received;
		expect(got?.message).toMatchObject({
			type: "event.updated",
			timestamp: "2026-12-01T12:00:00.000Z",
			data: { id: event, calendar_id: calendar, title: "Review", etag: expect.any(String), sync: { state: "synced" } },
		});
		expect(Object.keys(got?.message ?? {})).toEqual(["type", "timestamp", "data"]);
		expect(got?.headers).toMatchObject({
			"webhook-id": expect.stringMatching(/^dlv_/),
			"kalends-sequence": "1",
			"kalends-user": person.userId,
			"content-type": "application/json; charset=utf-8",
		});
		expect(got && verified(secret, got)).toEqual(got?.message);
		const [logged] = await fixture.deliveries(id);
		expect(logged).toMatchObject({
			state: "delivered",
			number: 1,
			attempts: 1,
			request: { body: got?.body, headers: { "webhook-id": got?.headers["webhook-id"] } },
			response: { status: 200, body: "" },
			latency_ms: expect.any(Number),
		});
	});

	it("of the test button is accepted by the official library at the time of this clock", async () => {
		fixture.clock.set(Date.now());
		const { id, secret } = await fixture.subscribe();
		fixture.receiver.answers = [{ status: 202, body: "thanks" }];
		const { status, body } = await fixture.call("POST", `/v1/webhooks/${id}/test`);
		expect(status).toBe(200);
		expect(body).toMatchObject({ type: "webhook.test", state: "delivered", response: { status: 202, body: "thanks" } });
		const [got] = fixture.receiver.received;
		expect(got && new Webhook(secret).verify(got.body, got.headers)).toEqual(got?.message);
		expect(() => new Webhook(secret).verify(`${got?.body} `, got?.headers ?? {})).toThrow();
	});

	it.each([
		["is longer than anybody reads", 100_000],
		["is longer than is kept", 3_000],
	])("keeps the beginning of an answer that %s", async (_, length) => {
		const { id } = await fixture.subscribe();
		fixture.receiver.answers = [{ status: 200, body: "ä".repeat(length) }];
		const { body } = await fixture.call("POST", `/v1/webhooks/${id}/test`);
		expect(body).toMatchObject({ state: "delivered", response: { status: 200, body: "ä".repeat(2_000) } });
	});

	it("of a deleted event tells it as it was", async () => {
		const { services, receiver, person } = fixture;
		await fixture.subscribe();
		const { event, calendar } = await insertOwned(services, person.userId);
		await services.db.deleteFrom("events").where("id", "=", event).execute();
		await change(
			{ type: "event.deleted", id: event, calendarId: calendar },
			{ type: "event.deleted", id: "evt_unknown", calendarId: calendar },
		);
		await fixture.dispatch();
		expect(receiver.received.map(({ message }) => message.data)).toEqual([
			expect.objectContaining({ id: event, calendar_id: calendar, title: "Review", status: "cancelled" }),
			{ id: "evt_unknown", calendar_id: calendar },
		]);
	});

	it("is of what was asked for only", async () => {
		const { services, receiver, person } = fixture;
		const { calendar, event, connection } = await insertOwned(services, person.userId);
		await fixture.subscribe({ types: ["event.*", "booking.confirmed"], calendar_ids: [calendar] });
		await services.db.transaction().execute(async (tx) => {
			const about = { data: { id: "bkg_1" }, subject: "bkg_1", at: services.now(), calendarId: calendar };
			await announce(tx, person.userId, { type: "booking.held", ...about });
			await announce(tx, person.userId, { type: "booking.confirmed", ...about });
			await announce(tx, person.userId, { type: "booking.confirmed", ...about, calendarId: "cal_other" });
		});
		await change(updated(connection), { type: "event.updated", id: event, calendarId: calendar });
		await fixture.dispatch();
		expect(receiver.received.map(({ message }) => message.type)).toEqual(["event.updated", "booking.confirmed"]);
	});

	it("cannot be asked for where nothing ever tells it", async () => {
		const asked = { url: fixture.receiver.url, types: ["event.created", "event.create", "event.*", "mail.sent"] };
		const { status, body } = await fixture.call("POST", "/v1/webhooks", asked);
		const detail = expect.stringMatching(/event\.\*, event\.created, .*booking\.\*, booking\.held/);
		expect([status, body.errors]).toEqual([
			400,
			[
				{ field: "types[1]", detail },
				{ field: "types[3]", detail },
			],
		]);
	});

	it("is of what happens from then on", async () => {
		await change(updated("con_before"));
		await fixture.subscribe();
		await change(updated("con_after"));
		await fixture.dispatch();
		expect(fixture.receiver.received.map(({ message }) => message.data)).toEqual([{ id: "con_after" }]);
	});

	it("is of everybody for administrators, as long as they are some", async () => {
		const admin = await fixture.newPerson({ role: "admin" });
		await fixture.subscribe({ all_users: true }, admin);
		const refused = await fixture.call("POST", "/v1/webhooks", { url: fixture.receiver.url, all_users: true });
		expect(refused).toMatchObject({ status: 403, body: { code: "forbidden" } });
		await change(updated("con_1"));
		await fixture.dispatch();
		expect(fixture.receiver.received[0]?.headers["kalends-user"]).toBe(fixture.person.userId);
		await fixture.services.db.updateTable("users").set({ role: "user" }).where("id", "=", admin.userId).execute();
		await change(updated("con_2"));
		await fixture.dispatch();
		expect(fixture.receiver.received).toHaveLength(1);
	});
});

describe("a delivery", () => {
	it("is tried again, of one subject in order, and others go on meanwhile", async () => {
		const { receiver, clock } = fixture;
		const { id } = await fixture.subscribe();
		receiver.answers = [{ status: 503 }, { status: 200 }];
		await change(updated("con_a"));
		await fixture.dispatch();
		await change(updated("con_a"), updated("con_b"));
		await fixture.dispatch();
		const sent = () => receiver.received.map(({ headers }) => headers["kalends-sequence"]);
		expect(sent()).toEqual(["1", "3"]);
		expect((await fixture.deliveries(id, "?state=pending")).map(({ number }) => number)).toEqual([2, 1]);
		clock.advance(6_000);
		await fixture.dispatch();
		expect(sent()).toEqual(["1", "3", "1", "2"]);
		expect(receiver.received[2]?.headers["webhook-id"]).toBe(receiver.received[0]?.headers["webhook-id"]);
		expect(receiver.received[2]?.headers["webhook-timestamp"]).not.toBe(
			receiver.received[0]?.headers["webhook-timestamp"],
		);
	});

	it("is given up after three days, and may be sent again then", async () => {
		const { receiver, clock } = fixture;
		const { id } = await fixture.subscribe();
		receiver.answers = [{ status: 500, body: "no" }];
		await change(updated("con_a"));
		await fixture.dispatch();
		for (let hour = 0; hour < 80; hour++) {
			clock.advance(3_600_000);
			await fixture.dispatch();
		}
		const [failed] = await fixture.deliveries(id);
		expect(failed).toMatchObject({ state: "failed", response: { status: 500, body: "no" } });
		expect(receiver.received.length).toBeGreaterThan(8);
		expect((await fixture.call("GET", `/v1/webhooks/${id}`)).body).toMatchObject({
			status: "disabled",
			status_reason: "failing",
			fix: expect.any(String),
		});
		receiver.answers = [{ status: 200 }];
		const again = await fixture.call("POST", `/v1/webhooks/${id}/replay`, { delivery_id: failed?.id });
		expect(again).toMatchObject({ status: 202, body: { replayed: 1 } });
		await fixture.dispatch();
		expect((await fixture.call("PATCH", `/v1/webhooks/${id}`, { status: "active" })).body.status).toBe("active");
		await fixture.dispatch();
		const replayed = (await fixture.deliveries(id)).find(({ replay }) => replay);
		expect(replayed).toMatchObject({ state: "delivered", message_id: failed?.message_id });
		expect(receiver.received.at(-1)?.message.data).toEqual({ id: "con_a" });
	});

	it("that meets 410 disables the endpoint; what comes then is kept and sent when it is resumed", async () => {
		const { receiver } = fixture;
		const { id } = await fixture.subscribe({ types: ["connection.*"] });
		receiver.answers = [{ status: 410 }];
		await change(updated("con_a"));
		await fixture.dispatch();
		await change(updated("con_b"));
		await fixture.dispatch();
		expect(receiver.received).toHaveLength(1);
		expect((await fixture.call("GET", `/v1/webhooks/${id}`)).body).toMatchObject({
			status: "disabled",
			status_reason: "gone",
			pending: 2,
		});
		receiver.answers = [{ status: 200 }];
		await fixture.call("PATCH", `/v1/webhooks/${id}`, { status: "active" });
		await fixture.dispatch();
		expect(receiver.received.map(({ message }) => message.data.id)).toEqual(["con_a", "con_a", "con_b"]);
	});

	it("follows no redirect and says why nothing was reached", async () => {
		const { receiver } = fixture;
		const { id } = await fixture.subscribe();
		receiver.answers = [{ status: 302, headers: { location: "http://169.254.169.254/" } }];
		expect((await fixture.call("POST", `/v1/webhooks/${id}/test`)).body).toMatchObject({
			state: "failed",
			response: { status: 302 },
		});
		await receiver.close();
		const { body } = await fixture.call("POST", `/v1/webhooks/${id}/test`);
		expect(body).toMatchObject({ state: "failed", response: null, error: expect.stringContaining("127.0.0.1") });
	});

	it("reaches no address of a private network", async () => {
		const { services } = fixture;
		const strict = { ...services, config: loadConfig({}) };
		const principal = { userId: fixture.person.userId, role: "user", scopes: [] } as unknown as Principal;
		for (const url of [
			"http://example.com/",
			"https://10.0.0.1/",
			"https://[::1]/",
			"https://localhost/",
			"ftp://a.b",
		]) {
			await expect(checkFields(strict, principal, { url }), url).rejects.toMatchObject({ errors: [{ field: "url" }] });
		}
		const { id } = await fixture.subscribe();
		// A name that turns out to lead there is met by the egress.
		await services.db.updateTable("webhooks").set({ url: "https://169.254.169.254/latest" }).execute();
		expect((await fixture.call("POST", `/v1/webhooks/${id}/test`)).body).toMatchObject({ response: null });
	});

	it("is not lost and not numbered twice, wherever the process dies", async () => {
		const { services, receiver, person } = fixture;
		await fixture.subscribe();
		await change(updated("con_a"), updated("con_b"));
		const { signal } = new AbortController();
		let survived = false;
		for (let budget = 0; !survived; budget++) {
			const dying = { ...services, db: breakAfter(services.db, budget) };
			survived = await fanOut(dying, person.userId).then(
				() => true,
				() => false,
			);
		}
		const [key] = [{ userId: person.userId, webhookId: (await fixture.call("GET", "/v1/webhooks")).body.data[0]?.id }];
		for (let budget = 0; budget < 4; budget++) {
			const dying = { ...services, db: breakAfter(services.db, budget) };
			await deliverBatch(dying, { userId: key.userId, webhookId: String(key.webhookId) }, signal).catch(() => {});
			await services.db
				.updateTable("webhook_deliveries")
				.set({ claimed_until: new Date(0) })
				.execute();
		}
		await fixture.dispatch();
		const ids = new Map(receiver.received.map(({ headers, message }) => [headers["webhook-id"], message.data.id]));
		expect([...ids.values()].sort()).toEqual(["con_a", "con_b"]);
		const { rows } = { rows: await fixture.deliveries(String(key.webhookId)) };
		expect(rows.map(({ number, state }) => [number, state])).toEqual([
			[2, "delivered"],
			[1, "delivered"],
		]);
	});

	it("of a time is sent again as it was", async () => {
		const { clock, receiver } = fixture;
		const { id } = await fixture.subscribe();
		await change(updated("con_1"));
		clock.advance(60_000);
		await change(updated("con_2"));
		await fixture.dispatch();
		const from = new Date(fixture.services.now() - 1).toISOString();
		clock.advance(60_000);
		await change(updated("con_3"));
		await fixture.dispatch();
		const to = new Date(fixture.services.now()).toISOString();
		const { body } = await fixture.call("POST", `/v1/webhooks/${id}/replay`, { from, to });
		expect(body).toEqual({ replayed: 2 });
		await fixture.dispatch();
		expect(receiver.received.map(({ message }) => message.data.id)).toEqual([
			"con_1",
			"con_2",
			"con_3",
			"con_1",
			"con_2",
		]);
	});

	it("is asked for again by its id or by a range that holds something, not by both", async () => {
		const { id } = await fixture.subscribe();
		await change(updated("con_1"));
		await fixture.dispatch();
		const [{ id: delivery } = {}] = await fixture.deliveries(id);
		const [early, late] = ["2026-11-30T12:00:00Z", "2026-11-30T13:00:00+01:00"];
		const later = "2026-12-02T12:00:00Z";
		const asked = async (body: object) => {
			const answer = await fixture.call("POST", `/v1/webhooks/${id}/replay`, body);
			const errors = answer.body.errors as { field: string }[] | undefined;
			return [answer.status, errors?.map(({ field }) => field) ?? answer.body, answer.body.fix];
		};
		const order = "Send a from that lies before to.";
		for (const range of [
			{ from: later, to: early },
			{ from: early, to: late },
		]) {
			expect(await asked(range)).toEqual([400, ["from", "to"], order]);
		}
		const either = "Send delivery_id for one delivery, or from, to and state for those of a time.";
		expect(await asked({ delivery_id: delivery, from: early, to: later })).toEqual([
			400,
			["delivery_id", "from", "to"],
			either,
		]);
		expect(await asked({ delivery_id: delivery, state: "delivered" })).toEqual([400, ["delivery_id", "state"], either]);
		expect(await asked({})).toEqual([400, ["delivery_id"], either]);
		expect(await asked({ state: "failed" })).toEqual([400, ["delivery_id"], either]);
		expect((await asked({ delivery_id: "dlv_0" })).slice(0, 2)).toEqual([400, ["delivery_id"]]);
		expect(await asked({ from: early, to: later })).toEqual([202, { replayed: 1 }, undefined]);
		expect(await asked({ delivery_id: delivery })).toEqual([202, { replayed: 1 }, undefined]);
	});
});

describe("a rotation", () => {
	it("signs with both secrets for a day", async () => {
		const { clock, receiver } = fixture;
		const { id, secret: old } = await fixture.subscribe();
		const { body } = await fixture.call("POST", `/v1/webhooks/${id}/rotate`);
		const fresh = String(body.secret);
		await change(updated("con_a"));
		await fixture.dispatch();
		const [first] = receiver.received;
		for (const secret of [old, fresh]) expect(first && verified(secret, first)).toEqual(first?.message);
		clock.advance(25 * 3_600_000);
		await change(updated("con_b"));
		await fixture.dispatch();
		const second = receiver.received[1];
		expect(second && verified(fresh, second)).toEqual(second?.message);
		expect(() => second && verified(old, second)).toThrow();
	});
});
