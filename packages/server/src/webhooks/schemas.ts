import { z } from "zod";
import type { Services } from "../services.ts";
import type { DeliveryRow } from "./deliver.ts";
import type { WebhookRow } from "./directory.ts";
import { WEBHOOK_FILTERS, type WebhookFilter } from "./types.ts";

/** Wire shapes of webhooks. */

export const WebhookParams = z.object({ id: z.string().max(100) });

const TypeFilter = z
	.enum(WEBHOOK_FILTERS, {
		error: () => `Use one of ${WEBHOOK_FILTERS.join(", ")}; a group with .* means all of its types.`,
	})
	.meta({ id: "WebhookFilter" });

const instant = z.string().nullable();

export const WebhookSchema = z
	.strictObject({
		id: z.string(),
		url: z.string(),
		types: z.array(TypeFilter).nullable().describe("Null: all."),
		calendar_ids: z
			.array(z.string())
			.nullable()
			.describe("Told of what is about these calendars only. Null: of everything."),
		all_users: z.boolean().describe("Told of what happens to anybody on this server."),
		status: z.enum(["active", "disabled"]),
		status_reason: z
			.enum(["gone", "failing", "by_hand"])
			.nullable()
			.describe("`gone`: it answered 410. `failing`: it failed for three days. `by_hand`: somebody disabled it."),
		status_detail: z.string().nullable(),
		status_since: z.string(),
		fix: z.string().nullable(),
		failures: z.int().describe("In a row, up to now."),
		failing_since: instant,
		last_delivered_at: instant,
		pending: z.int().describe("Deliveries that wait."),
		rotating_until: instant.describe("The secret before signs beside the new one until then."),
		created_at: z.string(),
	})
	.meta({ id: "Webhook" });
export type WireWebhook = z.infer<typeof WebhookSchema>;

export const NewWebhookAnswer = WebhookSchema.extend({
	secret: z.string().describe("`whsec_…`, shown once: what signatures are checked with."),
}).meta({ id: "NewWebhook" });

const content = {
	url: z
		.string()
		.max(2_000)
		.describe("https; plain http and private addresses only where KALENDS_ALLOWED_PRIVATE_HOSTS names the host."),
	types: z
		.array(TypeFilter)
		.min(1, "Name at least one type, or leave it out for all.")
		.max(50)
		.nullable()
		.optional()
		.describe("Types (`event.created`) and groups (`event.*`); left out or null: all."),
	calendar_ids: z.array(z.string().max(100)).min(1).max(200).nullable().optional(),
} as const;

export const NewWebhookSchema = z.strictObject({
	...content,
	all_users: z
		.boolean()
		.optional()
		.describe("For administrators: told of what happens to anybody. The header Kalends-User says to whom."),
});

export const WebhookPatchSchema = z.strictObject({
	url: content.url.optional(),
	types: content.types,
	calendar_ids: content.calendar_ids,
	status: z
		.enum(["active", "disabled"])
		.optional()
		.describe("`active` resumes: what was kept while it was disabled is sent."),
});

export const DeliverySchema = z
	.strictObject({
		id: z.string(),
		webhook_id: z.string(),
		number: z.int().describe("Counted from 1 for each endpoint, without gaps; the header Kalends-Sequence."),
		message_id: z.string().describe("The header webhook-id: the same in every attempt and every replay."),
		type: z.string(),
		subject: z.string().describe("What it is about; of one subject, deliveries are sent in order."),
		user_id: z.string().describe("Whose data it tells of."),
		replay: z.boolean(),
		state: z.enum(["pending", "delivered", "failed"]),
		attempts: z.int(),
		next_attempt_at: instant,
		request: z.strictObject({
			headers: z.record(z.string(), z.string()).nullable().describe("Of the last attempt."),
			body: z.string(),
		}),
		response: z
			.strictObject({ status: z.int(), body: z.string().nullable().describe("Its first 2,000 characters.") })
			.nullable()
			.describe("Of the last attempt; null where there was none."),
		error: z.string().nullable().describe("Why there was no answer."),
		latency_ms: z.int().nullable(),
		last_attempt_at: instant,
		created_at: z.string(),
		finished_at: instant,
	})
	.meta({ id: "WebhookDelivery" });
export type WireDelivery = z.infer<typeof DeliverySchema>;

const REASONS = {
	gone: {
		detail: "The endpoint answered 410 Gone, which means that it wants no more messages.",
		fix: "If that was a mistake, put it right there and set status to active: what was kept is then sent.",
	},
	failing: {
		detail: "Nothing could be delivered for three days.",
		fix: "Look at the last answers in its deliveries, put the endpoint right and set status to active.",
	},
	by_hand: { detail: "It was disabled by hand.", fix: "Set status to active: what was kept is then sent." },
} as const;

type Reason = keyof typeof REASONS;

export function webhookToWire(
	row: WebhookRow & { readonly pending: number },
	{ now }: Pick<Services, "now">,
): WireWebhook {
	const reason = row.status_reason !== null && row.status_reason in REASONS ? (row.status_reason as Reason) : null;
	const until = row.previous_secret_until;
	return {
		id: row.id,
		url: row.url,
		types: row.types as WebhookFilter[] | null,
		calendar_ids: row.calendar_ids,
		all_users: row.all_users,
		status: row.status,
		status_reason: reason,
		status_detail: reason === null ? null : REASONS[reason].detail,
		status_since: row.status_since.toISOString(),
		fix: reason === null ? null : REASONS[reason].fix,
		failures: row.failures,
		failing_since: row.failing_since?.toISOString() ?? null,
		last_delivered_at: row.last_delivered_at?.toISOString() ?? null,
		pending: row.pending,
		rotating_until: until !== null && until.getTime() > now() ? until.toISOString() : null,
		created_at: row.created_at.toISOString(),
	};
}

export function deliveryToWire(row: DeliveryRow): WireDelivery {
	return {
		id: row.id,
		webhook_id: row.webhook_id,
		number: row.number,
		message_id: row.message_id,
		type: row.type,
		subject: row.subject,
		user_id: row.about_user_id,
		replay: row.replay,
		state: row.state,
		attempts: row.attempts,
		next_attempt_at: row.state === "pending" ? row.next_attempt_at.toISOString() : null,
		request: { headers: row.request_headers, body: row.body },
		response: row.response_status === null ? null : { status: row.response_status, body: row.response_body },
		error: row.error,
		latency_ms: row.latency_ms,
		last_attempt_at: row.last_attempt_at?.toISOString() ?? null,
		created_at: row.created_at.toISOString(),
		finished_at: row.finished_at?.toISOString() ?? null,
	};
}
