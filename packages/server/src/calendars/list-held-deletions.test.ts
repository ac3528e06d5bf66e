import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildApp } from "../http/app.ts";
import { insertOwned } from "../testing/owned.ts";
import { createTestPerson, type TestPerson } from "../testing/people.ts";
import { createTestServices, type TestServices } from "../testing/services.ts";
import { calendarEndpoints } from "./endpoints.ts";

let made: TestServices;
let app: FastifyInstance;
let person: TestPerson;
let calendar: string;
let event: string;

beforeAll(async () => {
	made = await createTestServices();
	app = await buildApp(made.services, calendarEndpoints, { verifyResponses: true });
	person = await createTestPerson(made.services);
	({ calendar, event } = await insertOwned(made.services, person.userId));
});
afterAll(async () => {
	await app.close();
	await made.close();
});

async function ask(method: "GET" | "POST", payload?: object) {
	const answer = await app.inject({
		method,
		url: `/v1/calendars/${calendar}/deletions`,
		headers: person.headers,
		...(payload === undefined ? {} : { payload }),
	});
	return { status: answer.statusCode, body: answer.json() };
}

test("the events whose deletion waits are listed with their titles, until it is decided", async () => {
	expect(await ask("GET")).toEqual({ status: 200, body: { data: [], next_cursor: null } });
	const { db } = made.services;
	const { resource_id } = await db
		.selectFrom("events")
		.select("resource_id")
		.where("user_id", "=", person.userId)
		.where("id", "=", event)
		.executeTakeFirstOrThrow();
	await db
		.insertInto("held_deletions")
		.values({ user_id: person.userId, calendar_id: calendar, resource_id })
		.execute();
	expect((await ask("GET")).body.data).toEqual([
		{
			event_id: event,
			title: "Review",
			start: { date_time: "2026-12-02T12:00:00Z", time_zone: "UTC" },
			end: { date_time: "2026-12-02T13:00:00Z", time_zone: "UTC" },
			recurring: false,
		},
	]);
	expect(await ask("POST", { action: "keep" })).toMatchObject({ status: 200, body: { held_deletions: 0 } });
	expect((await ask("GET")).body.data).toEqual([]);
});
