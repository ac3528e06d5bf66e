import { z } from "zod";

export const ChangeSchema = z
	.strictObject({
		seq: z.int().describe("Position in the user's feed, without gaps."),
		at: z.string(),
		type: z.string().describe("e.g. event.created, event.updated, event.deleted, calendar.synced, connection.updated"),
		id: z.string().describe("What changed: an event's, a calendar's or a connection's id."),
		calendar_id: z.string().optional(),
		fields: z.array(z.string()).optional().describe("Names of the fields that differ."),
	})
	.meta({ id: "Change" });

export type WireChange = z.infer<typeof ChangeSchema>;
