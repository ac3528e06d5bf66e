import { sql } from "kysely";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../testing/database.ts";
import { isDatabaseAway } from "./away.ts";
import { type OpenDatabase, openDatabase } from "./pool.ts";

let database: TestDatabase;
let opened: OpenDatabase;
beforeEach(async () => {
	database = await createTestDatabase();
	opened = openDatabase(database.url, { maxConnections: 1 });
});
afterEach(async () => {
	await opened.close();
	await database.drop();
});

/** From outside; resolves when it is gone. */
async function terminate(pid: number): Promise<void> {
	await sql`select pg_terminate_backend(${pid}, 10000)`.execute(database.db);
}

const pidOf = async (db: Pick<OpenDatabase["db"], "getExecutor">) =>
	(await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db)).rows[0]?.pid ?? 0;

test("a connection that breaks between two statements of a transaction fails the transaction and nothing else", async () => {
	const broken = opened.db.transaction().execute(async (tx) => {
		await terminate(await pidOf(tx));
		await pidOf(tx);
	});
	await expect(broken).rejects.toSatisfy(isDatabaseAway);
	expect(await pidOf(opened.db)).toBeGreaterThan(0);
});

test("a connection that breaks under a statement fails the statement and nothing else", async () => {
	const broken = opened.db.transaction().execute(async (tx) => {
		const pid = await pidOf(tx);
		const sleeping = sql`select pg_sleep(60)`.execute(tx);
		await Promise.all([sleeping, terminate(pid)]);
	});
	await expect(broken).rejects.toSatisfy(isDatabaseAway);
	expect(await pidOf(opened.db)).toBeGreaterThan(0);
});

test("a transaction that does nothing is ended by the database before a lease is over", async () => {
	const { rows } = await sql`select setting::int / 1000 as seconds from pg_settings
		where name = 'idle_in_transaction_session_timeout'`.execute(opened.db);
	expect(rows).toEqual([{ seconds: 15 }]);
});

test("closing cuts off what does not end", async () => {
	const pid = await pidOf(opened.db);
	const stuck = sql`select pg_sleep(60)`.execute(opened.db);
	const failed = expect(stuck).rejects.toSatisfy(isDatabaseAway);
	const state = () =>
		sql<{ state: string }>`select state from pg_stat_activity where pid = ${pid}`.execute(database.db);
	await expect.poll(async () => (await state()).rows).toEqual([{ state: "active" }]);
	await opened.close(10);
	await failed;
	// The database itself learns of it when it next has something to say.
	await terminate(pid);
});
