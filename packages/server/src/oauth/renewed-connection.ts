import type { Kysely } from "kysely";
import type { Database } from "../db/schema.ts";
import { Problem } from "../http/errors.ts";
import type { Identity } from "./client.ts";
import type { Flow } from "./flows.ts";
import { accountIdentity } from "./store-connection.ts";

type Renewing = Pick<Flow, "user_id" | "provider" | "connection_id">;

/** The connection whose consent a flow renews; undefined where it renews none, or that was removed meanwhile. */
export async function renewedConnection(
	db: Kysely<Database>,
	{ user_id, provider, connection_id }: Renewing,
): Promise<{ readonly account: string; readonly identity: string | null } | undefined> {
	if (user_id === null || connection_id === null) return undefined;
	return db
		.selectFrom("connections")
		.select(["account", "identity"])
		.where("user_id", "=", user_id)
		.where("id", "=", connection_id)
		.where("provider", "=", provider)
		.executeTakeFirst();
}

/**
 * Nobody who renews a consent gets a second connection unasked.
 * @throws Problem `other_account`
 */
export async function requireSameAccount(db: Kysely<Database>, flow: Renewing, identity: Identity): Promise<void> {
	const renewed = await renewedConnection(db, flow);
	if (renewed === undefined || renewed.identity === accountIdentity(identity)) return;
	const chosen = identity.email ?? identity.subject;
	const same = chosen === renewed.account ? "another account with the same address" : chosen;
	throw new Problem(
		"other_account",
		`This was to renew the consent of ${renewed.account}, but ${same} was chosen. Nothing was connected or changed.`,
		{
			fix: `Begin again and choose ${renewed.account}. To connect ${same} besides, connect it as a new account.`,
		},
	);
}
