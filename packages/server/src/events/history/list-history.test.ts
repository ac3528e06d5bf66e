import type { CalendarEvent } from "@kalends/model";
import { event, zoned } from "@kalends/model/testing";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Actor, VersionAction } from "../../db/schema.ts";
import { buildApp } from "../../http/app.ts";
import { routes } from "../../http/routes.ts";
import { insertOwned } from "../../testing/owned.ts";
import { createTestPerson, type TestPerson } from "../../testing/people.ts";
import { createTestServices, type TestServices } from "../../testing/services.ts";

let made: TestServices;
let app: FastifyInstance;
let person: TestPerson;
let calendarId: string;

beforeAll(async () => {
	made = await createTestServices();
	app = await buildApp(made.services, routes, { verifyResponses: true });
	person = await createTestPerson(made.services);
	calendarId = (await insertOwned(made.services, person.userId)).calendar;
});
afterAll(async () => {
	await app.close();
	await made.close();
});

interface Entry {
	readonly events: readonly CalendarEvent[];
	readonly action?: VersionAction;
	readonly actor?: Actor;
	readonly fields?: readonly string[];
}

/** The history of an event that is deleted by now. */
async function history(entries: readonly Entry[]): Promise<string> {
	const eventId = made.services.newId("evt");
	const rows = entries.map(({ events, action = "updated", actor = { type: "provider" }, fields = [] }, index) => ({
		user_id: person.userId,
		event_id: eventId,
		version: index + 1,
		calendar_id: calendarId,
		at: new Date(made.services.now() + index * 1_000),
		action,
		actor: JSON.stringify(actor),
		fields: JSON.stringify(fields),
		events: JSON.stringify(events),
	}));
	await made.services.db.insertInto("event_versions").values(rows).execute();
	return eventId;
}

async function list(id: string, query = "", headers = person.headers) {
	const answer = await app.inject({ url: `/v1/events/${id}/history${query}`, headers });
	return { status: answer.statusCode, body: answer.json() };
}

const lunch = event({ uid: "u1", title: "Lunch", start: zoned("2026-12-02T12:00:00") });

test("needs somebody signed in", async () => {
	expect((await app.inject(`/v1/events/${await history([{ events: [lunch] }])}/history`)).statusCode).toBe(401);
});

test("who did what to it, the newest first, also where it was deleted", async () => {
	const stranger = await createTestPerson(made.services);
	const id = await history([
		{ events: [lunch], action: "seen" },
		{ events: [{ ...lunch, title: "Dinner" }], actor: { type: "user", id: person.userId }, fields: ["title"] },
		{ events: [lunch], actor: { type: "api_key", id: person.keyId }, fields: ["title"] },
		{ events: [lunch], action: "conflict", actor: { type: "api_key", id: stranger.keyId } },
		{ events: [lunch], action: "deleted", actor: { type: "user", id: stranger.userId } },
	]);
	const { status, body } = await list(id);
	expect(status).toBe(200);
	expect(body.next_cursor).toBeNull();
	expect(
		body.data.map((one: { version: number; action: string; actor: object; fields: string[] }) => [
			one.version,
			one.action,
			one.actor,
			one.fields,
		]),
	).toEqual([
		[5, "deleted", { type: "user", name: null }, []],
		[4, "conflict", { type: "api_key", name: null }, []],
		[3, "updated", { type: "api_key", name: "test" }, ["title"]],
		[2, "updated", { type: "user", name: expect.any(String) }, ["title"]],
		[1, "seen", { type: "provider", name: "Work" }, []],
	]);
	expect(body.data[3]).toMatchObject({
		at: "2026-12-01T12:00:01.000Z",
		event: { title: "Dinner", ical_uid: "u1", start: { date_time: "2026-12-02T12:00:00Z", time_zone: "UTC" } },
		occurrences: [],
	});
	expect((await list(id, "", stranger.headers)).body).toMatchObject({ status: 404, code: "not_found" });
});

test("of a series it tells which occurrences were changed, by an occurrence's id too", async () => {
	const series = { ...lunch, recurrence: ["RRULE:FREQ=DAILY"] };
	const on = (day: string, title: string, sequence = 0): CalendarEvent => ({
		...lunch,
		recurrence_id: zoned(`2026-12-${day}T12:00:00`),
		title,
		sequence,
	});
	const id = await history([
		{ events: [series, on("04", "Soup")] },
		{ events: [series, on("04", "Soup", 3), on("05", "Cake")] },
		{ events: [series, on("04", "Salad"), on("05", "Cake")] },
	]);
	for (const name of [id, `${id}.20261205T120000Z`, `${id}.20261205`]) {
		const { body } = await list(name);
		const shown = body.data.map((one: { occurrences: { title: string }[] }) =>
			one.occurrences.map(({ title }) => title),
		);
		expect(shown).toEqual([["Salad"], ["Cake"], []]);
	}
	expect((await list(`${id}.x`)).status).toBe(404);
});

test("is paged, and stays in place while it grows", async () => {
	const id = await history(Array.from({ length: 5 }, () => ({ events: [lunch] })));
	const versions = (body: { data: { version: number }[] }) => body.data.map(({ version }) => version);
	const first = (await list(id, "?limit=2")).body;
	const second = (await list(id, `?limit=2&cursor=${first.next_cursor}`)).body;
	const third = (await list(id, `?limit=2&cursor=${second.next_cursor}`)).body;
	expect([versions(first), versions(second), versions(third)]).toEqual([[5, 4], [3, 2], [1]]);
	expect(third.next_cursor).toBeNull();
	expect((await list(id, "?cursor=x")).body.code).toBe("invalid_cursor");
});
