import { sql } from "kysely";
import pg from "pg";
import { expect, it } from "vitest";
import { createTestDatabase } from "../testing/database.ts";
import { isDatabaseAway } from "./away.ts";

const failureOf = (work: Promise<unknown>): Promise<unknown> =>
	work.then(
		() => null,
		(error: unknown) => error,
	);

it("knows a server that does not answer", async () => {
	const client = new pg.Client({ host: "127.0.0.1", port: 1 });
	expect(isDatabaseAway(await failureOf(client.connect()))).toBe(true);
});

it("knows a connection that the server ended, and not a mistake of ours", async () => {
	const database = await createTestDatabase();
	try {
		const client = new pg.Client({ connectionString: database.url });
		client.on("error", () => {});
		await client.connect();
		const { rows } = await client.query("SELECT pg_backend_pid() AS pid");
		const sleeping = failureOf(client.query("SELECT pg_sleep(60)"));
		await sql`SELECT pg_terminate_backend(${rows[0].pid})`.execute(database.db);
		expect(isDatabaseAway(await sleeping)).toBe(true);
		expect(isDatabaseAway(await failureOf(client.query("SELECT 1")))).toBe(true);
		expect(isDatabaseAway(await failureOf(sql`SELECT nonsense`.execute(database.db)))).toBe(false);
	} finally {
		await database.drop();
	}
});
