import { z } from "zod";

/** Wire shape of calendars (the API's contract). */

const ReminderSchema = z.strictObject({
	method: z.enum(["popup", "email"]),
	minutes: z.int().min(-40_320).max(40_320).describe("Before the start."),
});

const PrivacySchema = z.enum(["full", "free_busy"]).describe("What others may see of it once it is shared.");

export const CalendarSchema = z
	.strictObject({
		id: z.string(),
		connection_id: z.string(),
		provider: z.string(),
		provider_calendar_id: z.string(),
		name: z.string(),
		color: z.string().nullable().describe("#rrggbb"),
		time_zone: z.string().nullable(),
		access: z.enum(["free_busy", "read", "write", "owner"]),
		primary: z.boolean(),
		selected: z.boolean().describe("Only selected calendars are synced and shown."),
		status: z
			.enum(["pending", "active", "paused", "error", "gone"])
			.describe("`paused`: deletions wait for your decision; `gone`: no longer there, kept until you decide."),
		status_reason: z.string().nullable(),
		status_detail: z.string().nullable(),
		status_since: z.string(),
		fix: z.string().nullable(),
		held_deletions: z.int().describe("Events whose deletion waits for your decision."),
		warnings_count: z.int().describe("Resources of which something was guessed or could not be read."),
		default_reminders: z.array(ReminderSchema),
		privacy: PrivacySchema,
		last_synced_at: z.string().nullable(),
	})
	.meta({ id: "Calendar" });
export type WireCalendar = z.infer<typeof CalendarSchema>;

export const CalendarWarningSchema = z
	.strictObject({
		provider_event_id: z.string(),
		event_id: z.string().nullable().describe("Null where no event could be read."),
		title: z.string().nullable(),
		details: z.array(z.string()).describe("What was guessed, cut or left out, a sentence each."),
	})
	.meta({ id: "CalendarWarning" });

export const CalendarParams = z.object({ id: z.string().max(100) });

export const CalendarPatchSchema = z.strictObject({
	selected: z.boolean().optional(),
	name: z.string().trim().min(1).max(200).nullable().optional().describe("Null: the provider's own again."),
	color: z
		.string()
		.regex(/^#[0-9a-fA-F]{6}$/, "Use #rrggbb.")
		.nullable()
		.optional()
		.describe("#rrggbb; null: the provider's own again."),
	default_reminders: z.array(ReminderSchema).max(10).optional(),
	privacy: PrivacySchema.optional(),
});
