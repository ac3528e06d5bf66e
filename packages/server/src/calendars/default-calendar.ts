import { type Kysely, sql } from "kysely";
import type { Database } from "../db/schema.ts";
import type { Services } from "../services.ts";

/**
 * The calendar that new events go to unless told: the first primary one that can be written, Google's before others, else
 * the first that can be written; null where there is none.
 */
export async function defaultCalendarId(
	{ providers }: Pick<Services, "providers">,
	db: Kysely<Database>,
	userId: string,
): Promise<string | null> {
	const writing = [...providers.values()].filter(({ writer }) => writer !== null).map(({ id }) => id);
	if (writing.length === 0) return null;
	const row = await db
		.selectFrom("calendars as c")
		.innerJoin("connections as n", (join) =>
			join.onRef("n.user_id", "=", "c.user_id").onRef("n.id", "=", "c.connection_id"),
		)
		.select("c.id")
		.where("c.user_id", "=", userId)
		.where("c.access", "in", ["write", "owner"])
		.where("c.status", "<>", "gone")
		.where("c.selected", "=", true)
		.where("n.provider", "in", writing)
		.orderBy("c.is_primary", "desc")
		.orderBy(sql`c.is_primary AND n.provider = 'google'`, "desc")
		.orderBy("c.id")
		.limit(1)
		.executeTakeFirst();
	return row?.id ?? null;
}
