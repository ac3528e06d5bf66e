import { sql } from "kysely";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../testing/database.ts";
import { toRecordset } from "./recordset.ts";

let database: TestDatabase;
beforeAll(async () => {
	database = await createTestDatabase();
});
afterAll(() => database.drop());

async function stored(text: string): Promise<string | undefined> {
	const { rows } = await sql<{ text: string }>`
		SELECT r.text FROM jsonb_to_recordset(${toRecordset([{ text }])}::jsonb) AS r(text text)`.execute(database.db);
	return rows[0]?.text;
}

it.each([
	["plain", "Lunch", "Lunch"],
	["beyond the basic plane", "🎉", "🎉"],
	["NUL", "a\0b", "ab"],
	["half a surrogate pair", "a\ud83cb", "a\ufffdb"],
	["text that only looks escaped", "\\u0000 \\ud83c", "\\u0000 \\ud83c"],
])("stores %s", async (_name, text, expected) => {
	expect(await stored(text)).toBe(expected);
});
