import { TransportError } from "@kalends/providers";
import { type Selectable, sql, type Transaction } from "kysely";
import { appendChanges } from "../changes/append-changes.ts";
import type { Database, WebhookDeliveriesTable } from "../db/schema.ts";
import { decoderOf } from "../egress/response.ts";
import type { Services } from "../services.ts";
import type { WebhookKey, WebhookRow } from "./directory.ts";
import { type AttemptOutcome, afterAttempt, DOWN_AFTER, judgeAnswer, nextTry } from "./schedule.ts";
import { signatureHeaders, signingSecrets } from "./secrets.ts";
import { TEST_TYPE } from "./types.ts";

/** Claiming, sending and settling of deliveries. Claims are of the database's clock, dates when to try of ours. */

export type DeliveryRow = Selectable<WebhookDeliveriesTable>;

/** Sent side by side at the most; the egress lets three of them through to one address at a time. */
const BATCH = 48;
/** Of an endpoint that does not answer well: less is lost where it hangs. */
const CAREFUL_BATCH = 3;
const TIMEOUT_MS = 10_000;
const ANSWER_BYTES = 65_536;
const KEPT_ANSWER_CHARACTERS = 2_000;
/** Longer than a batch can take whose every request hangs. */
export const CLAIM_SECONDS = 150;

export interface Batch {
	/** How many were sent. */
	readonly sent: number;
	/** Nothing more is to be sent now. */
	readonly done: boolean;
}

/**
 * Sends what is due to one endpoint: of each subject the oldest only, so that they arrive in order.
 * A process that dies between sending and settling leaves claims that end; then they are sent once more, under the same
 * `webhook-id`.
 */
export async function deliverBatch(services: Services, key: WebhookKey, signal: AbortSignal): Promise<Batch> {
	const endpoint = await findActive(services, key);
	if (endpoint === null) return { sent: 0, done: true };
	const limit = endpoint.failures >= DOWN_AFTER ? 1 : endpoint.failures > 0 ? CAREFUL_BATCH : BATCH;
	const claimed = await claimDue(services, key, limit);
	if (claimed.length === 0) return { sent: 0, done: true };
	const attempts = await Promise.all(claimed.map((delivery) => attempt(services, endpoint, delivery, signal)));
	await settle(services, key, attempts);
	return { sent: claimed.length, done: signal.aborted };
}

async function findActive({ db, now }: Services, { userId, webhookId }: WebhookKey): Promise<WebhookRow | null> {
	const row = await db
		.selectFrom("webhooks")
		.selectAll()
		.where("user_id", "=", userId)
		.where("id", "=", webhookId)
		.where("status", "=", "active")
		.executeTakeFirst();
	if (row === undefined) return null;
	return row.hold_until !== null && row.hold_until.getTime() > now() ? null : row;
}

/**
 * The oldest that are due and behind nothing of their subject. A window of the oldest nearly always holds enough; where
 * it is full of what waits for its turn, all are looked at.
 */
async function claimDue(services: Services, key: WebhookKey, limit: number): Promise<readonly DeliveryRow[]> {
	const window = limit * 4;
	const claimed = await claimAmong(services, key, limit, window);
	if (claimed.rows.length > 0 || claimed.seen < window) return claimed.rows;
	return (await claimAmong(services, key, limit, null)).rows;
}

async function claimAmong(
	{ db, now }: Services,
	{ userId, webhookId }: WebhookKey,
	limit: number,
	window: number | null,
): Promise<{ readonly rows: readonly DeliveryRow[]; readonly seen: number }> {
	const { rows } = await sql<DeliveryRow & { readonly seen: number }>`
		WITH candidates AS MATERIALIZED (
			SELECT id, subject, number FROM webhook_deliveries
			WHERE user_id = ${userId} AND webhook_id = ${webhookId} AND state = 'pending'
				AND next_attempt_at <= ${new Date(now())}
				AND (claimed_until IS NULL OR claimed_until < clock_timestamp())
			ORDER BY number LIMIT ${window}
		), chosen AS MATERIALIZED (
			SELECT c.id FROM candidates c
			CROSS JOIN LATERAL (
				SELECT e.number FROM webhook_deliveries e
				WHERE e.user_id = ${userId} AND e.webhook_id = ${webhookId} AND e.state = 'pending' AND e.subject = c.subject
				ORDER BY e.number LIMIT 1
			) first
			WHERE first.number = c.number ORDER BY c.number LIMIT ${limit}
		), due AS (
			SELECT d.id FROM webhook_deliveries d
			WHERE d.user_id = ${userId} AND d.id = ANY (ARRAY(SELECT id FROM chosen)) AND d.state = 'pending'
				AND (d.claimed_until IS NULL OR d.claimed_until < clock_timestamp())
			FOR NO KEY UPDATE SKIP LOCKED
		), claimed AS (
			UPDATE webhook_deliveries d
			SET claimed_until = clock_timestamp() + make_interval(secs => ${CLAIM_SECONDS}),
				attempts = d.attempts + 1, fence = d.fence + 1
			FROM due WHERE d.user_id = ${userId} AND d.id = due.id
			RETURNING d.*
		)
		SELECT c.*, seen.count AS seen FROM (SELECT count(*) FROM candidates) AS seen LEFT JOIN claimed c ON true`.execute(
		db,
	);
	const claimed = rows.filter(({ id }) => id !== null);
	return { rows: claimed.sort((a, b) => a.number - b.number), seen: rows[0]?.seen ?? 0 };
}

/** One request and what came of it. */
interface Attempt {
	readonly delivery: DeliveryRow;
	readonly at: number;
	readonly headers: Readonly<Record<string, string>>;
	readonly latencyMs: number;
	readonly status: number | null;
	readonly answer: string | null;
	/** A sentence, where there was no answer. */
	readonly error: string | null;
	/** Null: broken off because the server stops; it does not count. */
	readonly outcome: AttemptOutcome | null;
}

async function attempt(
	services: Services,
	endpoint: WebhookRow,
	delivery: DeliveryRow,
	signal: AbortSignal,
): Promise<Attempt> {
	const at = services.now();
	const { body, message_id: messageId, number, about_user_id: about } = delivery;
	const headers = {
		"content-type": "application/json; charset=utf-8",
		...signatureHeaders(signingSecrets(services, endpoint), { messageId, at, body }),
		"kalends-delivery": delivery.id,
		"kalends-sequence": String(number),
		"kalends-user": about,
	};
	const begun = performance.now();
	const tried = { delivery, at, headers };
	const took = () => Math.round(performance.now() - begun);
	try {
		const response = await services.http({
			method: "POST",
			url: new URL(endpoint.url),
			headers,
			body,
			redirect: "manual",
			maxBytes: ANSWER_BYTES,
			timeoutMs: TIMEOUT_MS,
			signal,
		});
		const latencyMs = took();
		const outcome = judgeAnswer(response.status, response.headers.get("retry-after"), services.now());
		const answer = await textOf(response);
		return { ...tried, latencyMs, status: response.status, answer, error: null, outcome };
	} catch (error) {
		if (!(error instanceof TransportError)) throw error;
		const stopped = error.code === "aborted" && signal.aborted;
		return {
			...tried,
			latencyMs: took(),
			status: null,
			answer: null,
			error: error.message,
			outcome: stopped ? null : { type: "failed", retryAfterMs: null },
		};
	}
}

/** The status is the receipt, so a body that is too long or breaks off makes no difference: what came of it is kept. */
async function textOf({ headers, body }: Awaited<ReturnType<Services["http"]>>): Promise<string> {
	const chunks: Uint8Array[] = [];
	try {
		for await (const chunk of body) chunks.push(chunk);
	} catch (error) {
		if (!(error instanceof TransportError)) throw error;
	}
	const text = decoderOf(headers.get("content-type")).decode(Buffer.concat(chunks));
	return text.slice(0, KEPT_ANSWER_CHARACTERS).replaceAll("\0", "\uFFFD").toWellFormed();
}

/** Records what came of the attempts, in the log and about the endpoint. */
async function settle(services: Services, key: WebhookKey, attempts: readonly Attempt[]): Promise<void> {
	await services.db.transaction().execute(async (tx) => {
		await recordAttempts(services, tx, key, attempts);
		await recordHealth(services, tx, key, attempts);
	});
}

async function recordAttempts(
	services: Services,
	tx: Transaction<Database>,
	{ userId }: WebhookKey,
	attempts: readonly Attempt[],
): Promise<void> {
	const now = services.now();
	const rows = attempts.map(({ delivery, at, headers, latencyMs, status, answer, error, outcome }) => ({
		id: delivery.id,
		fence: delivery.fence,
		...nextState(services, delivery, outcome, now),
		attempts: outcome === null ? delivery.attempts - 1 : delivery.attempts,
		last_attempt_at: new Date(at),
		request_headers: headers,
		response_status: status,
		response_body: answer,
		latency_ms: latencyMs,
		error,
	}));
	await sql`
		UPDATE webhook_deliveries d
		SET state = r.state, next_attempt_at = r.next_attempt_at, give_up_at = r.give_up_at, finished_at = r.finished_at,
			attempts = r.attempts, last_attempt_at = r.last_attempt_at, request_headers = r.request_headers,
			response_status = r.response_status, response_body = r.response_body, latency_ms = r.latency_ms, error = r.error,
			claimed_until = NULL
		FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r(
			id text, fence bigint, state text, next_attempt_at timestamptz, give_up_at timestamptz, finished_at timestamptz,
			attempts int, last_attempt_at timestamptz, request_headers jsonb, response_status int, response_body text,
			latency_ms int, error text
		)
		WHERE d.user_id = ${userId} AND d.id = r.id AND d.fence = r.fence`.execute(tx);
	for (const { outcome } of attempts) {
		if (outcome !== null) services.metrics.webhookDeliveries.inc({ outcome: outcome.type });
	}
}

function nextState(services: Services, delivery: DeliveryRow, outcome: AttemptOutcome | null, now: number) {
	const { attempts, give_up_at: known, type } = delivery;
	const later = { state: "pending", next_attempt_at: delivery.next_attempt_at, give_up_at: known, finished_at: null };
	const over = { next_attempt_at: new Date(now), give_up_at: known, finished_at: new Date(now) };
	if (outcome === null) return later;
	if (outcome.type === "delivered") return { state: "delivered", ...over };
	if (type === TEST_TYPE) return { state: "failed", ...over };
	const retryAfter = outcome.type === "failed" ? outcome.retryAfterMs : null;
	const next = nextTry({ attempts, giveUpAt: known?.getTime() ?? null }, retryAfter, now, services.random());
	if (next.type === "given_up") return { state: "failed", ...over };
	return { ...later, next_attempt_at: new Date(next.at), give_up_at: new Date(next.giveUpAt) };
}

async function recordHealth(
	services: Services,
	tx: Transaction<Database>,
	{ userId, webhookId }: WebhookKey,
	attempts: readonly Attempt[],
): Promise<void> {
	const told = attempts.filter(({ delivery, outcome }) => outcome !== null && delivery.type !== TEST_TYPE);
	if (told.length === 0) return;
	const endpoint = await tx
		.selectFrom("webhooks")
		.select(["failures", "failing_since", "status"])
		.where("user_id", "=", userId)
		.where("id", "=", webhookId)
		.forNoKeyUpdate()
		.executeTakeFirst();
	if (endpoint === undefined) return;
	const now = services.now();
	const before = { failures: endpoint.failures, failingSince: endpoint.failing_since?.getTime() ?? null };
	// Where some were taken and some not, the endpoint itself is there.
	const outcomes = told.flatMap(({ outcome }) => outcome ?? []);
	const best =
		outcomes.find(({ type }) => type === "gone") ?? outcomes.find(({ type }) => type === "delivered") ?? outcomes[0];
	if (best === undefined) return;
	const after = afterAttempt(before, best, now);
	const disabled = after.disable !== null && endpoint.status === "active";
	await tx
		.updateTable("webhooks")
		.set({
			failures: after.failures,
			failing_since: after.failingSince === null ? null : new Date(after.failingSince),
			hold_until: after.holdUntil === null ? null : new Date(after.holdUntil),
			...(best.type === "delivered" ? { last_delivered_at: new Date(now) } : {}),
			...(disabled ? { status: "disabled", status_reason: after.disable, status_since: new Date(now) } : {}),
		})
		.where("user_id", "=", userId)
		.where("id", "=", webhookId)
		.execute();
	if (after.recovered) {
		await tx
			.updateTable("webhook_deliveries")
			.set({ next_attempt_at: new Date(now) })
			.where("user_id", "=", userId)
			.where("webhook_id", "=", webhookId)
			.where("state", "=", "pending")
			.execute();
	}
	if (disabled) {
		services.log.warn({ webhook: webhookId, reason: after.disable }, "a webhook was disabled");
		await appendChanges(tx, userId, now, [{ type: "webhook.updated", id: webhookId, fields: ["status"] }]);
	}
}

/**
 * Sends one delivery now, whatever waits before it and whether the endpoint is disabled or not: the test button.
 * The row must have been claimed when it was made.
 */
export async function deliverOne(services: Services, endpoint: WebhookRow, delivery: DeliveryRow, signal: AbortSignal) {
	const done = await attempt(services, endpoint, delivery, signal);
	await settle(services, { userId: endpoint.user_id, webhookId: endpoint.id }, [done]);
}
