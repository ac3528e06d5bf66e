import { sql } from "kysely";
import { z } from "zod";
import { endpoint } from "../../http/endpoint.ts";
import { listOf, pageOf, pageQuery, readCursor } from "../../http/paging.ts";
import { contentToWire } from "../event-to-wire.ts";
import { EventContentSchema } from "../schemas.ts";
import { actorNames } from "./actor-names.ts";
import type { ListedVersion } from "./version-records.ts";
import { VersionSchema } from "./version-to-wire.ts";

const DeletedEventSchema = z
	.strictObject({
		id: z.string().describe("The event's, under which restore brings it back."),
		calendar_id: z.string(),
		version: VersionSchema.shape.version.describe("What restore takes to bring it back as it was."),
		at: z.string().describe("When it was deleted."),
		actor: VersionSchema.shape.actor,
		event: EventContentSchema.describe("The event, or the series' master, as it was."),
	})
	.meta({ id: "DeletedEvent" });

const Position = z.tuple([z.iso.datetime(), z.string().max(100)]);

export const listDeletedEvents = endpoint({
	method: "GET",
	path: "/v1/events/deleted",
	operationId: "listDeletedEvents",
	summary: "List what was deleted",
	description:
		"Events and whole series that were deleted within the last 30 days, here or with the provider, and can be brought " +
		"back by restore; what was deleted last comes first. Single occurrences are in the history of their series.",
	tag: "events",
	access: { kind: "user", scope: "read" },
	query: z.object(pageQuery),
	responses: { 200: listOf(DeletedEventSchema) },
	async handle({ services: { db }, principal: { userId }, query }) {
		const before = readCursor(query.cursor, Position);
		const behind =
			before === undefined ? sql`true` : sql`(v.at, v.event_id) < (${before[0]}::timestamptz, ${before[1]})`;
		// A deletion that is half of a move is none: what moved was made in the same instant by the same person.
		const { rows } = await sql<ListedVersion & { readonly event_id: string }>`
			SELECT v.event_id, v.version, v.calendar_id, v.at, v.action, v.actor, v.fields, '[]'::jsonb AS moved,
				coalesce(jsonb_path_query_first(v.events, '$[*] ? (@.recurrence_id == null)'), v.events -> 0) AS base
			FROM event_versions v
			JOIN calendars c ON c.user_id = v.user_id AND c.id = v.calendar_id
			WHERE v.user_id = ${userId} AND v.action = 'deleted' AND ${behind}
				AND c.status <> 'gone' AND c.access IN ('write', 'owner')
				AND v.events -> 0 IS NOT NULL
				AND NOT EXISTS (SELECT FROM events e WHERE e.user_id = v.user_id AND e.id = v.event_id)
				AND NOT EXISTS (
					SELECT FROM event_versions l
					WHERE l.user_id = v.user_id AND l.event_id = v.event_id AND l.version > v.version AND l.action = 'deleted')
				AND NOT EXISTS (
					SELECT FROM event_versions m
					WHERE m.user_id = v.user_id AND m.at = v.at AND m.actor = v.actor AND m.action = 'created'
						AND m.calendar_id <> v.calendar_id AND m.event_id <> v.event_id)
			ORDER BY v.at DESC, v.event_id DESC
			LIMIT ${query.limit + 1}`.execute(db);
		const nameOf = await actorNames(db, userId, rows);
		const position = ({ at, event_id }: (typeof rows)[number]) => [at.toISOString(), event_id];
		const body = pageOf(rows, query.limit, position, (row) => ({
			id: row.event_id,
			calendar_id: row.calendar_id,
			version: row.version,
			at: row.at.toISOString(),
			actor: { type: row.actor.type, name: nameOf(row)(row.actor) },
			event: contentToWire(row.base, null),
		}));
		return { status: 200, body };
	},
});
