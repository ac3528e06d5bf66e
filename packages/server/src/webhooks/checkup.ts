import type { Kysely } from "kysely";
import type { Database } from "../db/schema.ts";
import { CheckFailure } from "../oauth/check-failure.ts";

const MOST_NAMED = 5;

/**
 * Are there endpoints that Kalends has given up, and that wait for somebody to resume them? Those that their owners have
 * disabled are as they should be.
 * @returns what to tell where there are none
 * @throws CheckFailure
 */
export async function checkWebhooks(db: Kysely<Database>): Promise<string> {
	const rows = await db
		.selectFrom("webhooks as w")
		.innerJoin("users as u", "u.id", "w.user_id")
		.select(["w.id", "w.url", "w.status", "w.status_reason", "u.email"])
		.orderBy("w.id")
		.execute();
	const disabled = rows.filter(({ status }) => status === "disabled");
	const givenUp = disabled.filter(({ status_reason: reason }) => reason !== "by_hand");
	if (givenUp.length === 0) return `${rows.length}, ${disabled.length} of them disabled`;
	// The rest of an address may be a secret.
	const named = givenUp.slice(0, MOST_NAMED).map((one) => `${one.id} of ${one.email} (${new URL(one.url).origin})`);
	const others = givenUp.length > MOST_NAMED ? ` and ${givenUp.length - MOST_NAMED} more` : "";
	throw new CheckFailure(
		"webhooks_disabled",
		`Nothing is delivered to ${named.join(", ")}${others}: the receiver said that it is gone, or took nothing for three days. ` +
			'Put it right, then resume it under Developers or by PATCH /v1/webhooks/{id} {"status": "active"}; or delete it.',
	);
}
