import type { WriteContext } from "@kalends/providers";
import type { Kysely } from "kysely";
import type { Database } from "../db/schema.ts";

/** For whom a write is done. */
export async function personOf(db: Kysely<Database>, userId: string): Promise<WriteContext["person"]> {
	const { email, name } = await db
		.selectFrom("users")
		.select(["email", "name"])
		.where("id", "=", userId)
		.executeTakeFirstOrThrow();
	return { email, name: name === "" ? null : name };
}
