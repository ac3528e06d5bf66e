import { z } from "zod";
import { endpoint } from "../http/endpoint.ts";
import { listOf, pageOf, pageQuery, readCursor } from "../http/paging.ts";
import { assertFollowable, feedBounds, readChanges } from "./read-feed.ts";
import { ChangeSchema } from "./schemas.ts";

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
		const bounds = await feedBounds(services.db, principal.userId);
		assertFollowable(bounds, after);
		const changes = await readChanges(services.db, principal.userId, { after, limit: query.limit + 1 });
		const page = pageOf(
			changes,
			query.limit,
			(change) => change.seq,
			(change) => change,
		);
		return { status: 200, body: { ...page, last_seq: bounds.lastSeq } };
	},
});
