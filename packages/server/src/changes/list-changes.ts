import { z } from "zod";
import { endpoint } from "../http/endpoint.ts";
import { Problem } from "../http/errors.ts";
import { listOf, pageQuery, readCursor, writeCursor } from "../http/paging.ts";
import { ChangeSchema, type WireChange } from "./schemas.ts";

export const listChanges = endpoint({
	method: "GET",
	path: "/v1/changes",
	operationId: "listChanges",
	summary: "Follow what changed",
	description:
		"The user's change feed in order, from behind `after`. Numbers have no gaps. Entries are kept 30 days; " +
		"asking for older ones, or from behind the end of the feed (as after a backup was restored), answers 410: then " +
		"list everything again and go on from the newest number.",
	tag: "changes",
	access: { kind: "user", scope: "read" },
	query: z.object({
		...pageQuery,
		after: z.coerce
			.number("Use the seq of the last change seen, a whole number.")
			.int()
			.min(0)
			.max(Number.MAX_SAFE_INTEGER)
			.default(0)
			.describe("The seq of the last change seen; 0 for the beginning."),
	}),
	responses: { 200: listOf(ChangeSchema).extend({ last_seq: z.int().describe("The newest number of the feed.") }) },
	async handle({ services, principal, query }) {
		const after = readCursor(query.cursor, z.int().min(0)) ?? query.after;
		const counter = await services.db
			.selectFrom("change_counters")
			.select(["last_seq", "pruned_to"])
			.where("user_id", "=", principal.userId)
			.executeTakeFirst();
		if (counter !== undefined && after < counter.pruned_to) {
			throw new Problem("gone", `Changes up to ${counter.pruned_to} are no longer kept.`, {
				fix: `List everything again, then follow the changes after ${counter.last_seq}.`,
			});
		}
		// As after an older backup was restored: numbers yet to come would be taken for ones seen long ago.
		if (after > (counter?.last_seq ?? 0)) {
			throw new Problem("gone", `The feed ends at ${counter?.last_seq ?? 0}; ${after} is of another state of it.`, {
				fix: `List everything again, then follow the changes after ${counter?.last_seq ?? 0}.`,
			});
		}
		const rows = await services.db
			.selectFrom("changes")
			.selectAll()
			.where("user_id", "=", principal.userId)
			.where("seq", ">", after)
			.orderBy("seq")
			.limit(query.limit + 1)
			.execute();
		const shown = rows.slice(0, query.limit);
		const data: WireChange[] = shown.map((row) => ({
			seq: row.seq,
			at: row.at.toISOString(),
			type: row.type,
			id: row.entity_id,
			...(row.calendar_id === null ? {} : { calendar_id: row.calendar_id }),
			...(row.fields === null ? {} : { fields: row.fields }),
		}));
		const last = shown.at(-1);
		return {
			status: 200,
			body: {
				data,
				next_cursor: rows.length > query.limit && last !== undefined ? writeCursor(last.seq) : null,
				last_seq: counter?.last_seq ?? 0,
			},
		};
	},
});
