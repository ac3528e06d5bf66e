import { appendChanges, type ChangeEntry } from "../changes/append-changes.ts";
import { inTransaction } from "../db/transact.ts";
import { endpoint } from "../http/endpoint.ts";
import { notFound } from "../http/problem.ts";
import { storeReturnOf } from "../oauth/consent-returns.ts";
import { giveBack } from "../oauth/give-back.ts";
import { giveUpMoves, lockWithMoves } from "../push/give-up-moves.ts";
import { ConnectionParams } from "./schemas.ts";

/** Entries for calendars that one transaction adds to the feed at the most. */
const MOST_ENTRIES = 249;

export const deleteConnection = endpoint({
	method: "DELETE",
	path: "/v1/connections/:id",
	operationId: "deleteConnection",
	summary: "Disconnect: erase the credentials and the copy of all its calendars",
	description:
		"Both are erased at once. A consent is given back to the provider, unless the same account is connected by somebody " +
		"else here; if the provider does not answer, Kalends goes on trying for a day. No event is changed there. A sync under way stops and writes nothing more. Changes that have not reached the " +
		"provider yet are given up with the copy, and so is the history of its events: look for `sync.state` other than " +
		"`synced` first.",
	tag: "connections",
	access: { kind: "user", scope: "write", ids: { id: "connection" } },
	params: ConnectionParams,
	responses: { 204: null },
	async handle({ services, principal, params }) {
		const { userId } = principal;
		const key = { userId, connectionId: params.id };
		const returned = await inTransaction(services.db, async (tx) => {
			// In the order in which a sync locks, so that neither waits for the other.
			const calendars = await tx
				.selectFrom("calendars")
				.select("id")
				.where("user_id", "=", userId)
				.where("connection_id", "=", params.id)
				.orderBy("id")
				.execute();
			const ids = calendars.map(({ id }) => id);
			const shown = await giveUpMoves(services, tx, userId, await lockWithMoves(tx, userId, ids));
			const unsent = await tx
				.selectFrom("intents")
				.select((eb) => eb.fn.countAll<number>().as("count"))
				.where("user_id", "=", userId)
				.where("connection_id", "=", params.id)
				.executeTakeFirstOrThrow();
			if (ids.length > 0) {
				await tx.deleteFrom("event_versions").where("user_id", "=", userId).where("calendar_id", "in", ids).execute();
			}
			const toReturn = await storeReturnOf(tx, services, key);
			const deleted = await tx
				.deleteFrom("connections")
				.where("user_id", "=", userId)
				.where("id", "=", params.id)
				.executeTakeFirst();
			if (deleted.numDeletedRows === 0n) throw notFound("connection");
			if (unsent.count > 0) {
				const fields = { user_id: userId, connection_id: params.id, unsent: unsent.count };
				services.log.warn(fields, "a connection was removed with changes that had not reached its provider");
			}
			const entries = calendars
				.slice(0, MOST_ENTRIES)
				.map(({ id }): ChangeEntry => ({ type: "calendar.deleted", id, calendarId: id }));
			await appendChanges(tx, userId, services.now(), [
				...shown,
				...entries,
				{ type: "connection.deleted", id: params.id },
			]);
			return toReturn;
		});
		if (returned !== null) await giveBack(services, returned);
		return { status: 204 };
	},
});
