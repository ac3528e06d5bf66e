import { parseOriginalStartKey } from "@kalends/model";
import { z } from "zod";
import { endpoint } from "../../http/endpoint.ts";
import { isOwn } from "../../http/own.ts";
import { listOf, pageOf, pageQuery, readCursor } from "../../http/paging.ts";
import { notFound } from "../../http/problem.ts";
import { seriesIdOf } from "../event-id.ts";
import { EventParams } from "../schemas.ts";
import { actorNames } from "./actor-names.ts";
import { listVersions } from "./version-records.ts";
import { VersionSchema, versionToWire } from "./version-to-wire.ts";

export const listEventHistory = endpoint({
	method: "GET",
	path: "/v1/events/:id/history",
	operationId: "listEventHistory",
	summary: "List what an event was like",
	description:
		"Who changed what and when, in Kalends and with the provider, the newest first; of the last 30 days, and of events " +
		"that were deleted too. An occurrence has the history of its series. What lost a conflict is an entry of its own.",
	tag: "events",
	access: { kind: "user", scope: "read", ids: { id: "event" } },
	params: EventParams,
	query: z.object(pageQuery),
	responses: { 200: listOf(VersionSchema) },
	async handle({ services: { db }, principal: { userId }, params, query }) {
		const before = readCursor(query.cursor, z.int32());
		const eventId = seriesIdOf(params.id);
		const slot = params.id.slice(eventId.length + 1);
		const exists = slot === "" || parseOriginalStartKey(slot) !== null;
		if (!exists || !(await isOwn(db, userId, "event", eventId))) throw notFound("event");
		const versions = await listVersions(db, { userId, eventId, limit: query.limit + 1, before });
		const nameOf = await actorNames(db, userId, versions);
		const position = (version: (typeof versions)[number]) => version.version;
		const body = pageOf(versions, query.limit, position, (version) => versionToWire(version, nameOf(version)));
		return { status: 200, body };
	},
});
