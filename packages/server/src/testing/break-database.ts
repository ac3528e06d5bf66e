import type { Kysely } from "kysely";
import type { Database } from "../db/schema.ts";

/** Lets `budget` statements through and then breaks every further one, as a killed process would. */
export function breakAfter(db: Kysely<Database>, budget: number): Kysely<Database> {
	return breakSome(db, (statement) => statement > budget, "killed");
}

/** @param breaks told the number of each statement, from 1 */
export function breakSome(
	db: Kysely<Database>,
	breaks: (statement: number) => boolean,
	message: string,
): Kysely<Database> {
	let statement = 0;
	return db.withPlugin({
		transformQuery: ({ node }) => {
			if (breaks(++statement)) throw new Error(message);
			return node;
		},
		transformResult: async ({ result }) => result,
	});
}
