import { sql } from "kysely";
import { z } from "zod";
import { endpoint } from "../http/endpoint.ts";
import { listOf, pageOf, pageQuery, readCursor } from "../http/paging.ts";
import { notFound } from "../http/problem.ts";
import { invalidFields } from "../http/validation.ts";
import { CLAIM_SECONDS, deliverOne } from "./deliver.ts";
import { bodyOf, insertNumbered } from "./fan-out.ts";
import { type ReplayFilter, replayDeliveries } from "./replay.ts";
import { DeliverySchema, deliveryToWire, WebhookParams } from "./schemas.ts";
import { TEST_TYPE } from "./types.ts";
import { findWebhook } from "./webhook-rows.ts";

const instant = z.iso.datetime({ offset: true, error: "Use an RFC 3339 time with offset." }).max(40);

export const listDeliveries = endpoint({
	method: "GET",
	path: "/v1/webhooks/:id/deliveries",
	operationId: "listWebhookDeliveries",
	summary: "The log of a webhook, newest first",
	description: "What was sent with its answer, what waits, and what was given up. Kept for 30 days.",
	tag: "webhooks",
	access: { kind: "user", scope: "read", ids: { id: "webhook" } },
	params: WebhookParams,
	query: z.object({
		...pageQuery,
		state: z.enum(["pending", "delivered", "failed"]).optional(),
		type: z.string().max(80).optional(),
		from: instant.optional().describe("Only those made at or after this."),
		to: instant.optional().describe("Only those made before this."),
	}),
	responses: { 200: listOf(DeliverySchema) },
	async handle({ services, principal, params, query }) {
		const before = readCursor(query.cursor, z.int().min(1));
		await findWebhook(services.db, principal.userId, params.id);
		let rows = services.db
			.selectFrom("webhook_deliveries")
			.selectAll()
			.where("user_id", "=", principal.userId)
			.where("webhook_id", "=", params.id)
			.orderBy("number", "desc")
			.limit(query.limit + 1);
		if (before !== undefined) rows = rows.where("number", "<", before);
		if (query.state !== undefined) rows = rows.where("state", "=", query.state);
		if (query.type !== undefined) rows = rows.where("type", "=", query.type);
		if (query.from !== undefined) rows = rows.where("created_at", ">=", new Date(query.from));
		if (query.to !== undefined) rows = rows.where("created_at", "<", new Date(query.to));
		return {
			status: 200,
			body: pageOf(await rows.execute(), query.limit, ({ number }) => number, deliveryToWire),
		};
	},
});

const ReplayAnswer = z.strictObject({
	replayed: z.int().describe("How many are sent again, each as a new entry of the log under its webhook-id."),
});

const ReplayBody = z.strictObject({
	delivery_id: z.string().max(100).optional(),
	from: instant.optional(),
	to: instant.optional(),
	state: z.enum(["delivered", "failed"]).optional(),
});

/**
 * When the deliveries were made that are to be sent again; null: at any time.
 * @throws Problem `invalid_request` where it is neither one delivery nor those of a time, or both
 */
function replayRange({
	delivery_id: id,
	from,
	to,
	state,
}: z.output<typeof ReplayBody>): Pick<ReplayFilter, "from" | "to"> {
	const range = { from: from === undefined ? null : new Date(from), to: to === undefined ? null : new Date(to) };
	const either = "Send delivery_id for one delivery, or from, to and state for those of a time.";
	if (id === undefined && range.from === null && range.to === null) {
		throw invalidFields([{ field: "delivery_id", detail: "Say what to send: delivery_id, or from and to." }], either);
	}
	const besides = Object.entries({ from, to, state }).flatMap(([name, value]) => (value === undefined ? [] : [name]));
	if (id !== undefined && besides.length > 0) {
		const detail = "One delivery and those of a time cannot be asked for together.";
		const faults = ["delivery_id", ...besides].map((field) => ({ field, detail }));
		throw invalidFields(faults, either);
	}
	if (range.from !== null && range.to !== null && range.from >= range.to) {
		const faults = [
			{ field: "from", detail: "must lie before to" },
			{ field: "to", detail: "must lie after from" },
		];
		throw invalidFields(faults, "Send a from that lies before to.");
	}
	return range;
}

export const replayWebhook = endpoint({
	method: "POST",
	path: "/v1/webhooks/:id/replay",
	operationId: "replayWebhook",
	summary: "Send one delivery again, or those of a time",
	description:
		"With `delivery_id` alone one; with `from` and `to` those made then, at most 10,000 of them, oldest first; `state` " +
		"narrows them. The webhook-id is that of the first time, so a receiver that has a message knows it.",
	tag: "webhooks",
	access: { kind: "user", scope: "write", ids: { id: "webhook" } },
	params: WebhookParams,
	body: ReplayBody,
	responses: { 202: ReplayAnswer },
	async handle({ services, principal, params, body }) {
		const { delivery_id: id, state } = body;
		await findWebhook(services.db, principal.userId, params.id);
		const { from, to } = replayRange(body);
		const key = { userId: principal.userId, webhookId: params.id };
		const replayed = await replayDeliveries(services, key, { from, to, id: id ?? null, state: state ?? null });
		if (id !== undefined && replayed === 0) {
			throw invalidFields([{ field: "delivery_id", detail: "There is no finished delivery with this id." }]);
		}
		return { status: 202, body: { replayed } };
	},
});

export const testWebhook = endpoint({
	method: "POST",
	path: "/v1/webhooks/:id/test",
	operationId: "testWebhook",
	summary: "Send a test message now",
	description:
		"Sends `webhook.test` once, also to a disabled webhook, and answers the entry of the log: `response` is what the " +
		"receiver answered, `error` why there was no answer.",
	tag: "webhooks",
	access: { kind: "user", scope: "write", ids: { id: "webhook" } },
	params: WebhookParams,
	responses: { 200: DeliverySchema },
	async handle({ services, principal, params }) {
		const { db } = services;
		const { userId } = principal;
		const webhook = await findWebhook(db, userId, params.id);
		const at = new Date(services.now());
		const data = { id: webhook.id, url: webhook.url };
		const id = await db.transaction().execute(async (tx) => {
			const [made = ""] = await insertNumbered(services, tx, { userId, webhookId: webhook.id }, [
				{ about_user_id: userId, subject: webhook.id, type: TEST_TYPE, body: bodyOf({ type: TEST_TYPE, at, data }) },
			]);
			await tx
				.updateTable("webhook_deliveries")
				.set({
					attempts: 1,
					fence: 1,
					claimed_until: sql<Date>`clock_timestamp() + make_interval(secs => ${CLAIM_SECONDS})`,
				})
				.where("user_id", "=", userId)
				.where("id", "=", made)
				.execute();
			return made;
		});
		const read = () =>
			db
				.selectFrom("webhook_deliveries")
				.selectAll()
				.where("user_id", "=", userId)
				.where("id", "=", id)
				.executeTakeFirst();
		const delivery = await read();
		// It lasts ten seconds at the most, and is recorded also where whoever asked has gone.
		if (delivery !== undefined) await deliverOne(services, webhook, delivery, new AbortController().signal);
		const done = await read();
		if (done === undefined) throw notFound("webhook");
		return { status: 200, body: deliveryToWire(done) };
	},
});
