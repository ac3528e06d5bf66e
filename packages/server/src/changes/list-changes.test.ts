import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildApp } from "../http/app.ts";
import { createTestPerson, type TestPerson } from "../testing/people.ts";
import { createTestServices, type TestServices } from "../testing/services.ts";
import { appendChanges } from "./append-changes.ts";
import { listChanges } from "./list-changes.ts";

let made: TestServices;
let app: FastifyInstance;
let person: TestPerson;

beforeAll(async () => {
	made = await createTestServices();
	app = await buildApp(made.services, [listChanges], { verifyResponses: true });
	person = await createTestPerson(made.services);
});
afterAll(async () => {
	await app.close();
	await made.close();
});

async function changesAfter(query: string) {
	const answer = await app.inject({ url: `/v1/changes${query}`, headers: person.headers });
	return { status: answer.statusCode, body: answer.json() };
}

test("an empty feed can be followed from its beginning only", async () => {
	expect(await changesAfter("")).toMatchObject({ status: 200, body: { data: [], last_seq: 0 } });
	expect(await changesAfter("?after=1")).toMatchObject({ status: 410, body: { code: "gone" } });
});

test("a number that the feed has not given out, as after a restored backup, means to list again", async () => {
	const { db, now } = made.services;
	await db.transaction().execute((tx) =>
		appendChanges(tx, person.userId, now(), [
			{ type: "connection.updated", id: "con_1", fields: ["status"] },
			{ type: "connection.updated", id: "con_2", fields: ["status"] },
		]),
	);
	expect(await changesAfter("?after=1")).toMatchObject({ status: 200, body: { data: [{ seq: 2 }], last_seq: 2 } });
	expect(await changesAfter("?after=2")).toMatchObject({ status: 200, body: { data: [], next_cursor: null } });
	const beyond = await changesAfter("?after=3");
	expect(beyond).toMatchObject({ status: 410, body: { code: "gone", fix: expect.stringContaining("after 2") } });
});
