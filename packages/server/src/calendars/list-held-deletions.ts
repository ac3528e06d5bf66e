import { z } from "zod";
import { dateTimeToWire } from "../events/date-time-to-wire.ts";
import { EventDateTimeSchema } from "../events/schemas.ts";
import { endpoint } from "../http/endpoint.ts";
import { listOf, pageOf, pageQuery, readCursor } from "../http/paging.ts";
import { findCalendarRecord } from "./calendar-records.ts";
import { CalendarParams } from "./schemas.ts";

const HeldDeletionSchema = z
	.strictObject({
		event_id: z.string(),
		title: z.string(),
		start: EventDateTimeSchema.describe("Of a series its first."),
		end: EventDateTimeSchema,
		recurring: z.boolean(),
	})
	.meta({ id: "HeldDeletion" });

export const listHeldDeletions = endpoint({
	method: "GET",
	path: "/v1/calendars/:id/deletions",
	operationId: "listHeldDeletions",
	summary: "List the events whose deletion waits for your decision",
	description:
		"What the provider no longer has, and Kalends keeps until you decide, because it was suspiciously much at once.",
	tag: "calendars",
	access: { kind: "user", scope: "read", ids: { id: "calendar" } },
	params: CalendarParams,
	query: z.object(pageQuery),
	responses: { 200: listOf(HeldDeletionSchema) },
	async handle({ services, principal, params, query }) {
		await findCalendarRecord(services.db, principal.userId, params.id);
		const after = readCursor(query.cursor, z.string().max(100));
		const rows = await services.db
			.selectFrom("held_deletions as h")
			.innerJoin("events as e", (join) =>
				join.onRef("e.user_id", "=", "h.user_id").onRef("e.resource_id", "=", "h.resource_id"),
			)
			.select(["e.id", "e.kind", "e.data"])
			.where("h.user_id", "=", principal.userId)
			.where("h.calendar_id", "=", params.id)
			.where("h.kept", "=", false)
			.where("e.master_id", "is", null)
			.$if(after !== undefined, (select) => select.where("e.id", ">", after ?? ""))
			.orderBy("e.id")
			.limit(query.limit + 1)
			.execute();
		const page = pageOf(
			rows,
			query.limit,
			(row) => row.id,
			({ id, kind, data }) => ({
				event_id: id,
				title: data.title,
				start: dateTimeToWire(data.start),
				end: dateTimeToWire(data.end),
				recurring: kind === "master",
			}),
		);
		return { status: 200, body: page };
	},
});
