import { sql } from "kysely";
import { z } from "zod";
import { appendChanges } from "../changes/append-changes.ts";
import { endpoint } from "../http/endpoint.ts";
import { listOf, pageOf, pageQuery, readCursor } from "../http/paging.ts";
import { notFound } from "../http/problem.ts";
import { checkFields } from "./check-fields.ts";
import {
	NewWebhookAnswer,
	NewWebhookSchema,
	WebhookParams,
	WebhookPatchSchema,
	WebhookSchema,
	webhookToWire,
} from "./schemas.ts";
import { newSecret, openSecrets, ROTATION_MS, sealSecrets } from "./secrets.ts";
import { findWebhook, listWebhookRows } from "./webhook-rows.ts";

const ofWebhook = { id: "webhook" } as const;

export const listWebhooks = endpoint({
	method: "GET",
	path: "/v1/webhooks",
	operationId: "listWebhooks",
	summary: "List your webhooks",
	tag: "webhooks",
	access: { kind: "user", scope: "read" },
	query: z.object(pageQuery),
	responses: { 200: listOf(WebhookSchema) },
	async handle({ services, principal, query }) {
		const after = readCursor(query.cursor, z.string().max(64));
		const rows = await listWebhookRows(services.db, principal.userId, { limit: query.limit + 1, after });
		return {
			status: 200,
			body: pageOf(
				rows,
				query.limit,
				({ id }) => id,
				(row) => webhookToWire(row, services),
			),
		};
	},
});

export const createWebhook = endpoint({
	method: "POST",
	path: "/v1/webhooks",
	operationId: "createWebhook",
	summary: "Be told of changes at an address",
	description:
		"Messages are POSTed there as JSON, signed as Standard Webhooks say, with the secret that this answer shows once. " +
		"It is told of what happens from now on.",
	tag: "webhooks",
	access: { kind: "user", scope: "write" },
	body: NewWebhookSchema,
	responses: { 201: NewWebhookAnswer },
	async handle({ services, principal, body, once }) {
		const { userId } = principal;
		await checkFields(services, principal, body);
		const id = once?.id("whk") ?? services.newId("whk");
		const secret = newSecret();
		const now = new Date(services.now());
		await services.db
			.insertInto("webhooks")
			.values({
				user_id: userId,
				id,
				url: new URL(body.url).href,
				types: body.types ?? null,
				calendar_ids: body.calendar_ids ?? null,
				all_users: body.all_users ?? false,
				secrets: sealSecrets(services, { userId, id }, { current: secret, previous: null }),
				status_since: now,
				after_seq: sql<number>`coalesce((SELECT last_seq FROM change_counters WHERE user_id = ${userId}), 0)`,
				created_at: now,
			})
			// Of a request that was broken off and is repeated, nobody knows the secret.
			.onConflict((conflict) =>
				conflict.columns(["user_id", "id"]).doUpdateSet((eb) => ({ secrets: eb.ref("excluded.secrets") })),
			)
			.execute();
		const row = await findWebhook(services.db, userId, id);
		return {
			status: 201,
			body: { ...webhookToWire(row, services), secret },
			headers: { location: `/v1/webhooks/${id}` },
		};
	},
});

export const getWebhook = endpoint({
	method: "GET",
	path: "/v1/webhooks/:id",
	operationId: "getWebhook",
	summary: "Get a webhook",
	tag: "webhooks",
	access: { kind: "user", scope: "read", ids: ofWebhook },
	params: WebhookParams,
	responses: { 200: WebhookSchema },
	async handle({ services, principal, params }) {
		const row = await findWebhook(services.db, principal.userId, params.id);
		return { status: 200, body: webhookToWire(row, services) };
	},
});

export const updateWebhook = endpoint({
	method: "PATCH",
	path: "/v1/webhooks/:id",
	operationId: "updateWebhook",
	summary: "Change a webhook, disable or resume it",
	description:
		"What has become a delivery already is sent as it is, to the address that the webhook has then. While it is " +
		"disabled, deliveries are kept for 30 days; resuming sends them.",
	tag: "webhooks",
	access: { kind: "user", scope: "write", ids: ofWebhook },
	params: WebhookParams,
	body: WebhookPatchSchema,
	responses: { 200: WebhookSchema },
	async handle({ services, principal, params, body }) {
		const { userId } = principal;
		const { db } = services;
		const before = await findWebhook(db, userId, params.id);
		await checkFields(services, principal, {
			url: body.url,
			calendar_ids: body.calendar_ids,
			...(before.all_users ? { all_users: true } : {}),
		});
		const now = new Date(services.now());
		const status = body.status === before.status ? undefined : body.status;
		const fresh = { failures: 0, failing_since: null, hold_until: null };
		const columns = {
			...(body.url === undefined ? {} : { url: new URL(body.url).href, ...fresh }),
			...(body.types === undefined ? {} : { types: body.types }),
			...(body.calendar_ids === undefined ? {} : { calendar_ids: body.calendar_ids }),
			...(status === undefined
				? {}
				: { status, status_reason: status === "active" ? null : "by_hand", status_since: now, ...fresh }),
		};
		if (Object.keys(columns).length === 0) return { status: 200, body: webhookToWire(before, services) };
		await db.transaction().execute(async (tx) => {
			await tx.updateTable("webhooks").set(columns).where("user_id", "=", userId).where("id", "=", params.id).execute();
			if (status === "active") {
				await tx
					.updateTable("webhook_deliveries")
					.set({ next_attempt_at: now, give_up_at: null })
					.where("user_id", "=", userId)
					.where("webhook_id", "=", params.id)
					.where("state", "=", "pending")
					.execute();
			}
			const fields = Object.keys(body);
			await appendChanges(tx, userId, services.now(), [{ type: "webhook.updated", id: params.id, fields }]);
		});
		return { status: 200, body: webhookToWire(await findWebhook(db, userId, params.id), services) };
	},
});

export const deleteWebhook = endpoint({
	method: "DELETE",
	path: "/v1/webhooks/:id",
	operationId: "deleteWebhook",
	summary: "Delete a webhook",
	description: "With its log; what waits is not sent.",
	tag: "webhooks",
	access: { kind: "user", scope: "write", ids: ofWebhook },
	params: WebhookParams,
	responses: { 204: null },
	async handle({ services, principal, params }) {
		const { numDeletedRows } = await services.db
			.deleteFrom("webhooks")
			.where("user_id", "=", principal.userId)
			.where("id", "=", params.id)
			.executeTakeFirst();
		if (numDeletedRows === 0n) throw notFound("webhook");
		return { status: 204 };
	},
});

export const rotateWebhook = endpoint({
	method: "POST",
	path: "/v1/webhooks/:id/rotate",
	operationId: "rotateWebhookSecret",
	summary: "Give a webhook a new secret",
	description:
		"The answer shows it, this one time. For 24 hours messages carry two signatures, of the new secret and of the one " +
		"before, so that no delivery is lost while the receiver changes over.",
	tag: "webhooks",
	access: { kind: "user", scope: "write", ids: ofWebhook },
	params: WebhookParams,
	responses: { 200: NewWebhookAnswer },
	async handle({ services, principal, params }) {
		const { userId } = principal;
		const secret = newSecret();
		await services.db.transaction().execute(async (tx) => {
			const row = await tx
				.selectFrom("webhooks")
				.select(["user_id", "id", "secrets"])
				.where("user_id", "=", userId)
				.where("id", "=", params.id)
				.forNoKeyUpdate()
				.executeTakeFirst();
			if (row === undefined) throw notFound("webhook");
			const previous = openSecrets(services, row).current;
			await tx
				.updateTable("webhooks")
				.set({
					secrets: sealSecrets(services, { userId, id: params.id }, { current: secret, previous }),
					previous_secret_until: new Date(services.now() + ROTATION_MS),
				})
				.where("user_id", "=", userId)
				.where("id", "=", params.id)
				.execute();
		});
		const row = await findWebhook(services.db, userId, params.id);
		return { status: 200, body: { ...webhookToWire(row, services), secret } };
	},
});
