import type { Selectable } from "kysely";
import { z } from "zod";
import type { MailsTable } from "../db/schema.ts";
import type { NotificationRow } from "./notifications/state.ts";

export const MailParams = z.object({ id: z.string().max(100) });
export const NotificationParams = z.object({ id: z.string().max(100) });

export const MailStateSchema = z.enum(["queued", "sent", "failed"]);

export const MailSchema = z
	.strictObject({
		id: z.string(),
		kind: z.enum(["invitation", "update", "cancellation", "reminder", "notice"]),
		state: MailStateSchema.describe("`sent`: the mail server has taken it; `failed`: given up, see error."),
		recipient: z.string(),
		subject: z.string(),
		message_id: z.string().describe("The same in every attempt."),
		attempts: z.int().describe("Of all: a retry by hand goes on counting."),
		error: z
			.strictObject({ code: z.string(), detail: z.string() })
			.nullable()
			.describe("Why the last attempt did not succeed."),
		next_attempt_at: z.string().nullable().describe("Null unless it is queued."),
		connection_id: z.string().nullable(),
		calendar_id: z.string().nullable(),
		event_id: z.string().nullable(),
		created_at: z.string(),
		sent_at: z.string().nullable(),
	})
	.meta({ id: "Mail" });

/** Without what it says: that is the recipient's. */
export type MailRow = Omit<Selectable<MailsTable>, "content" | "paid">;

export const MAIL_COLUMNS = [
	"user_id",
	"id",
	"kind",
	"recipient",
	"subject",
	"message_id",
	"state",
	"attempts",
	"fence",
	"claimed_until",
	"next_attempt_at",
	"give_up_at",
	"error",
	"connection_id",
	"calendar_id",
	"event_id",
	"thread",
	"sequence",
	"created_at",
	"sent_at",
] as const satisfies readonly (keyof MailRow)[];

export function mailToWire(row: MailRow): z.infer<typeof MailSchema> {
	return {
		id: row.id,
		kind: row.kind,
		state: row.state,
		recipient: row.recipient,
		subject: row.subject,
		message_id: row.message_id,
		attempts: row.fence,
		error: row.error,
		next_attempt_at: row.state === "queued" ? row.next_attempt_at.toISOString() : null,
		connection_id: row.connection_id,
		calendar_id: row.calendar_id,
		event_id: row.event_id,
		created_at: row.created_at.toISOString(),
		sent_at: row.sent_at?.toISOString() ?? null,
	};
}

export const NotificationSchema = z
	.strictObject({
		id: z.string(),
		type: z
			.string()
			.describe("occurrence.reminder, connection.reauth_required, calendar.paused or event.conflict; more may come."),
		state: z.enum(["active", "snoozed", "dismissed"]),
		snoozed_until: z.string().nullable(),
		connection_id: z.string().nullable(),
		calendar_id: z.string().nullable(),
		event_id: z.string().nullable().describe("Of an event or an occurrence."),
		data: z.record(z.string(), z.unknown()).describe("What it tells; the same as the webhook of this type."),
		created_at: z.string(),
	})
	.meta({ id: "Notification" });

export function notificationToWire(row: NotificationRow): z.infer<typeof NotificationSchema> {
	return {
		id: row.id,
		type: row.type,
		state: row.state,
		snoozed_until: row.snoozed_until?.toISOString() ?? null,
		connection_id: row.connection_id,
		calendar_id: row.calendar_id,
		event_id: row.event_id,
		data: { ...row.data },
		created_at: row.created_at.toISOString(),
	};
}
