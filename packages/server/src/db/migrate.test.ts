import { sql } from "kysely";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../testing/database.ts";
import { MIGRATIONS, migrateToLatest, pendingMigrations } from "./migrate.ts";

let database: TestDatabase;
beforeEach(async () => {
	database = await createTestDatabase({ migrated: false });
});
afterEach(() => database.drop());

test("an empty database gets every migration, once", async () => {
	const { db } = database;
	expect(await pendingMigrations(db)).toEqual(Object.keys(MIGRATIONS));
	expect(await migrateToLatest(db)).toEqual(Object.keys(MIGRATIONS));
	expect(await pendingMigrations(db)).toEqual([]);
	expect(await migrateToLatest(db)).toEqual([]);
});

test("servers that migrate at once wait for each other", async () => {
	const applied = await Promise.all([migrateToLatest(database.db), migrateToLatest(database.db)]);
	expect(applied.flat()).toEqual(Object.keys(MIGRATIONS));
});

test("a database of a newer version is left alone", async () => {
	const { db } = database;
	await migrateToLatest(db);
	await sql`insert into kysely_migration (name, timestamp) values ('9999_future', '')`.execute(db);
	await expect(migrateToLatest(db)).rejects.toMatchObject({
		code: "database_newer",
		message: expect.stringContaining("9999_future"),
	});
});

test("int8 is read as number, timestamptz as Date, jsonb parsed", async () => {
	const row = await sql`select 42::int8 as big, now() as at, '{"a":1}'::jsonb as json`.execute(database.db);
	expect(row.rows[0]).toEqual({ big: 42, at: expect.any(Date), json: { a: 1 } });
});
