import { sql, type Transaction } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { toProblem } from "../http/problem.ts";
import { createTestDatabase, type TestDatabase } from "../testing/database.ts";
import { isDatabaseAway, isPassing, isRolledBack } from "./away.ts";
import type { Database } from "./schema.ts";
import { inTransaction } from "./transact.ts";

let database: TestDatabase;
beforeAll(async () => {
	database = await createTestDatabase();
});
afterAll(() => database.drop());

const lock = (tx: Transaction<Database>, key: number) => sql`SELECT pg_advisory_xact_lock(${key})`.execute(tx);

/** Two that lock the same in opposite order, both holding the first before either asks for the second. */
function crossing(run: (work: (tx: Transaction<Database>) => Promise<void>) => Promise<void>) {
	let tries = 0;
	const both = Promise.withResolvers<void>();
	const one = (first: number, second: number) =>
		run(async (tx) => {
			await lock(tx, first);
			if (++tries === 2) both.resolve();
			await both.promise;
			await lock(tx, second);
		});
	return Promise.allSettled([one(1, 2), one(2, 1)]).then((ends) => ({ ends, tries }));
}

test("a transaction that the database undoes for another one is begun anew", async () => {
	const { ends, tries } = await crossing((work) => inTransaction(database.db, work));
	expect(ends.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled"]);
	expect(tries).toBe(3);
});

test("what is undone for another one is no database that is away, and passes", async () => {
	const { ends } = await crossing((work) => database.db.transaction().execute(work));
	const [error] = ends.flatMap((end) => (end.status === "rejected" ? [end.reason as unknown] : []));
	expect({ code: (error as { code?: unknown }).code, rolledBack: isRolledBack(error) }).toEqual({
		code: "40P01",
		rolledBack: true,
	});
	expect([isDatabaseAway(error), isPassing(error)]).toEqual([false, true]);
	const { code, message, retryAfter } = toProblem(error, { body: 1 });
	expect({ code, message, retryAfter }).toEqual({
		code: "unavailable",
		message: "Others change the same at this moment, so nothing was changed.",
		retryAfter: 1,
	});
});

test("what fails otherwise is not tried again", async () => {
	let tries = 0;
	const work = inTransaction(database.db, async (tx) => {
		tries++;
		await sql`SELECT nonsense`.execute(tx);
	});
	await expect(work).rejects.toThrow("nonsense");
	expect(tries).toBe(1);
});
