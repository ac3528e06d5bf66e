import { sql, type Transaction } from "kysely";
import type { Database } from "../db/schema.ts";
import type { Services } from "../services.ts";
import { type Message, messagesOf } from "./content.ts";
import { type WebhookKey, type WebhookRow, webhooksAbout } from "./directory.ts";
import { takes } from "./types.ts";

/** Entries of a feed that become deliveries in one transaction. */
const SLICE = 250;

export interface FanOut {
	/** Endpoints that have something new. */
	readonly told: readonly WebhookKey[];
	/** The user has endpoints. */
	readonly own: boolean;
	/** There is more to do for this user. */
	readonly more: boolean;
}

/**
 * Makes deliveries of what a user's feed, and what was announced beside it, hold behind the cursor. The deliveries and the
 * cursor are one transaction, so that each entry becomes one delivery for each endpoint, whoever is killed when.
 */
export async function fanOut(services: Services, userId: string): Promise<FanOut> {
	const { db } = services;
	// Nearly always nobody is told.
	if ((await webhooksAbout(db, userId)).length === 0) return { told: [], own: false, more: false };
	return db.transaction().execute(async (tx) => {
		const endpoints = await webhooksAbout(tx, userId);
		if (endpoints.length === 0) return { told: [], own: false, more: false };
		const own = endpoints.some((one) => one.user_id === userId);
		const cursor = await lockCursor(tx, userId, endpoints);
		const changes = await tx
			.selectFrom("changes")
			.selectAll()
			.where("user_id", "=", userId)
			.where("seq", ">", cursor)
			.orderBy("seq")
			.limit(SLICE)
			.execute();
		const announced = await takeAnnouncements(tx, userId);
		const last = changes.at(-1);
		if (last === undefined && announced.length === 0) return { told: [], own, more: false };
		const wanted = changes.filter((change) =>
			endpoints.some((one) =>
				isTold(one, userId, { ...change, subject: change.entity_id, calendarId: change.calendar_id }),
			),
		);
		const messages = [...(await messagesOf(tx, userId, wanted)), ...announced];
		if (last !== undefined) {
			await tx.updateTable("webhook_cursors").set({ seq: last.seq }).where("user_id", "=", userId).execute();
		}
		const told = await insertDeliveries(services, tx, userId, endpoints, messages);
		return { told, own, more: changes.length === SLICE || announced.length === SLICE };
	});
}

async function lockCursor(
	tx: Transaction<Database>,
	userId: string,
	endpoints: readonly WebhookRow[],
): Promise<number> {
	const own = endpoints.filter((one) => one.user_id === userId).map((one) => one.after_seq);
	const since = new Date(Math.min(...endpoints.map(({ created_at }) => created_at.getTime())));
	await sql`
		INSERT INTO webhook_cursors (user_id, seq)
		SELECT ${userId}, least(
			coalesce(
				(SELECT min(seq) - 1 FROM changes WHERE user_id = ${userId} AND at >= ${since}),
				(SELECT last_seq FROM change_counters WHERE user_id = ${userId}),
				0
			),
			${own.length === 0 ? null : Math.min(...own)}::bigint
		)
		ON CONFLICT (user_id) DO NOTHING`.execute(tx);
	const { seq } = await tx
		.selectFrom("webhook_cursors")
		.select("seq")
		.where("user_id", "=", userId)
		.forUpdate()
		.executeTakeFirstOrThrow();
	return seq;
}

async function takeAnnouncements(tx: Transaction<Database>, userId: string): Promise<readonly Message[]> {
	const rows = await tx
		.deleteFrom("webhook_announcements")
		.where("user_id", "=", userId)
		.where("id", "in", (eb) =>
			eb.selectFrom("webhook_announcements").select("id").where("user_id", "=", userId).orderBy("id").limit(SLICE),
		)
		.returningAll()
		.execute();
	return rows
		.sort((a, b) => a.id - b.id)
		.map(({ type, subject, calendar_id, at, data }) => ({
			type,
			subject,
			calendarId: calendar_id,
			at,
			data,
			seq: null,
		}));
}

/** An endpoint is told of what comes after it was made, but not of itself: of its owner's by the feed's number, of others' by the clock. */
function isTold(
	endpoint: WebhookRow,
	userId: string,
	message: Pick<Message, "type" | "subject" | "calendarId" | "at" | "seq">,
): boolean {
	if (message.subject === endpoint.id) return false;
	const later =
		endpoint.user_id === userId && message.seq !== null
			? message.seq > endpoint.after_seq
			: message.at.getTime() >= endpoint.created_at.getTime();
	return later && takes(endpoint, message);
}

async function insertDeliveries(
	services: Services,
	tx: Transaction<Database>,
	userId: string,
	endpoints: readonly WebhookRow[],
	messages: readonly Message[],
): Promise<WebhookKey[]> {
	const told: WebhookKey[] = [];
	const written = messages.map((message) => ({ ...message, body: bodyOf(message) }));
	// In the order of their ids, as other users' deliveries to the same endpoints are numbered too.
	for (const endpoint of endpoints) {
		const taken = written.filter((message) => isTold(endpoint, userId, message));
		if (taken.length === 0) continue;
		await insertNumbered(
			services,
			tx,
			{ userId: endpoint.user_id, webhookId: endpoint.id },
			taken.map(({ type, subject, body }) => ({ about_user_id: userId, subject, type, body })),
		);
		told.push({ userId: endpoint.user_id, webhookId: endpoint.id });
	}
	return told;
}

/** The message as it is sent (Standard Webhooks: `type`, `timestamp`, `data`). */
export function bodyOf({ type, at, data }: Pick<Message, "type" | "at" | "data">): string {
	return JSON.stringify({ type, timestamp: at.toISOString(), data });
}

export interface NewDelivery {
	readonly about_user_id: string;
	readonly subject: string;
	readonly type: string;
	readonly body: string;
	/** Of what is sent again; the delivery's own id unless given. */
	readonly message_id?: string;
	readonly replay?: boolean;
}

/**
 * Adds deliveries behind those that the endpoint has, numbered without gaps, due now.
 * @returns their ids
 */
export async function insertNumbered(
	services: Pick<Services, "newId" | "now">,
	tx: Transaction<Database>,
	{ userId, webhookId }: WebhookKey,
	deliveries: readonly NewDelivery[],
): Promise<readonly string[]> {
	const count = deliveries.length;
	const { last_number: last } = await tx
		.updateTable("webhooks")
		.set({ last_number: sql<number>`last_number + ${count}` })
		.where("user_id", "=", userId)
		.where("id", "=", webhookId)
		.returning("last_number")
		.executeTakeFirstOrThrow();
	const rows = deliveries.map((delivery, index) => {
		const id = services.newId("dlv");
		return { id, message_id: id, replay: false, ...delivery, number: last - count + index + 1 };
	});
	const now = new Date(services.now());
	await sql`
		INSERT INTO webhook_deliveries
			(user_id, webhook_id, id, number, message_id, about_user_id, subject, type, body, replay, next_attempt_at, created_at)
		SELECT ${userId}, ${webhookId}, r.id, r.number, r.message_id, r.about_user_id, r.subject, r.type, r.body, r.replay,
			${now}, ${now}
		FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r(
			id text, number bigint, message_id text, about_user_id text, subject text, type text, body text, replay boolean
		)`.execute(tx);
	return rows.map(({ id }) => id);
}
