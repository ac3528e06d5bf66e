import type { Transaction } from "kysely";
import type { Database } from "../db/schema.ts";

/**
 * Ends the running run of a connection from outside: whoever performs it notices before its next commit and stops.
 *
 * @param outcome `paused` when the person paused the connection; `superseded` when another run will follow
 * @param at epoch milliseconds
 */
export async function cancelRun(
	tx: Transaction<Database>,
	{ userId, connectionId }: { readonly userId: string; readonly connectionId: string },
	outcome: "paused" | "superseded",
	at: number,
): Promise<void> {
	const error =
		outcome === "paused"
			? null
			: {
					code: "superseded",
					detail: "The connection was changed while this run was under way; another run follows.",
					fix: null,
				};
	await tx
		.updateTable("runs")
		.set({
			state: outcome === "paused" ? "paused" : "failed",
			error: error === null ? null : JSON.stringify(error),
			rerun: false,
			finished_at: new Date(at),
		})
		.where("user_id", "=", userId)
		.where("connection_id", "=", connectionId)
		.where("state", "=", "running")
		.execute();
}
