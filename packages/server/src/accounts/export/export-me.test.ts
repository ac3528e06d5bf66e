import { sql } from "kysely";
import { afterEach, beforeEach, expect, test } from "vitest";
import { appendChanges } from "../../changes/append-changes.ts";
import { buildApp } from "../../http/app.ts";
import { insertOwned } from "../../testing/owned.ts";
import { createTestPerson } from "../../testing/people.ts";
import { createTestServices, type TestServices } from "../../testing/services.ts";
import { exportMe } from "./export-me.ts";
import { EXPORT_SECTIONS, LEFT_OUT } from "./sections.ts";

let made: TestServices;
beforeEach(async () => {
	made = await createTestServices();
});
afterEach(async () => {
	await made.close();
});

async function download(headers: { readonly authorization: string }) {
	const app = await buildApp(made.services, [exportMe]);
	try {
		const answer = await app.inject({ url: "/v1/me/export", headers });
		return { headers: answer.headers, body: answer.body, data: answer.json() };
	} finally {
		await app.close();
	}
}

test("each table of user data is in it, or it is said why not", async () => {
	const { rows } = await sql<{ name: string }>`
		SELECT table_name AS name FROM information_schema.columns
		WHERE table_schema = 'public' AND column_name = 'user_id' ORDER BY 1`.execute(made.services.db);
	const classified = [...EXPORT_SECTIONS.map(({ table }) => table), ...Object.keys(LEFT_OUT)];
	expect(classified.toSorted()).toEqual([...rows.map(({ name }) => name), "users"].toSorted());
});

test("all of the person's own, page by page, and nobody else's", async () => {
	const { services } = made;
	const ann = await createTestPerson(services);
	const bob = await createTestPerson(services);
	const [owned, other] = [await insertOwned(services, ann.userId), await insertOwned(services, bob.userId)];
	const many = Array.from({ length: 250 }, (_, index) => ({ type: "event.updated" as const, id: `evt_${index}` }));
	for (let count = 0; count < 5; count++) {
		await services.db.transaction().execute((tx) => appendChanges(tx, ann.userId, services.now(), many));
	}
	const { headers, data, body } = await download(ann.headers);
	expect(headers["content-disposition"]).toBe('attachment; filename="kalends-2026-12-01.json"');
	expect(Object.keys(data)).toEqual(["format", "exported_at", ...EXPORT_SECTIONS.map(({ name }) => name), "complete"]);
	expect(data.complete).toBe(true);
	expect(data.changes.map(({ seq }: { readonly seq: number }) => seq)).toEqual(range(1250));
	expect(data.user).toMatchObject([{ id: ann.userId }]);
	expect(data.connections).toMatchObject([{ id: owned.connection, account: "ann@dav.example.com" }]);
	expect(data.events).toMatchObject([{ id: owned.event, data: { title: "Review" } }]);
	expect(data.resources).toMatchObject([{ raw: expect.stringContaining("SUMMARY:Review") }]);
	expect(data.event_history).toMatchObject([{ event_id: owned.event, version: 1 }]);
	for (const id of [bob.userId, ...Object.values(other)]) expect(body).not.toContain(id);
});

test("secrets are not in it, sealed or not", async () => {
	const ann = await createTestPerson(made.services);
	await insertOwned(made.services, ann.userId);
	const { body } = await download(ann.headers);
	const { rows } = await sql<{ secret: string }>`
		SELECT encode(credentials, 'hex') AS secret FROM connections UNION ALL SELECT encode(hash, 'hex') FROM api_keys
		UNION ALL SELECT token FROM sessions`.execute(made.services.db);
	expect(rows.length).toBeGreaterThan(2);
	for (const secret of [...rows.map((row) => row.secret), ann.key]) expect(body).not.toContain(secret);
});

function range(count: number): number[] {
	return Array.from({ length: count }, (_, index) => index + 1);
}
