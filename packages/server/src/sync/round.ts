import type {
	CalendarListing,
	CalendarProvider,
	HttpTransport,
	ProviderContext,
	ProviderFailure,
	RemoteCalendar,
} from "@kalends/providers";
import type { Selectable } from "kysely";
import { lockInOrder } from "../calendars/lock-in-order.ts";
import { type CalendarRow, failureOf } from "../calendars/reconcile.ts";
import { remoteCalendar } from "../calendars/remote-calendar.ts";
import { appendChanges } from "../changes/append-changes.ts";
import { reachProvider } from "../connections/provider-context.ts";
import { isPassing } from "../db/away.ts";
import type { ConnectionsTable } from "../db/schema.ts";
import { inTransaction } from "../db/transact.ts";
import { type QuietIntents, quietIntents } from "../push/intent-rows.ts";
import type { Services } from "../services.ts";
import { type Judgement, judgeFailure } from "./failure-policy.ts";
import { pullCalendar } from "./pull-calendar.ts";
import { reconcileCalendars } from "./reconcile-calendars.ts";
import { type ClaimedRun, type EventCounts, LeaseLost, NO_EVENTS, recordProgress } from "./run-lease.ts";

export type ConnectionRow = Selectable<ConnectionsTable>;

/** What one pass over a connection came to. */
export interface RoundOutcome {
	/** Why the connection as a whole could not be synced; null where it could. */
	readonly failure: Judgement | null;
	/** How many calendars are synced; none where there was no telling. */
	readonly calendars: number;
	/** Calendars that failed by themselves. */
	readonly failedCalendars: readonly { readonly name: string; readonly judgement: Judgement }[];
	readonly counts: EventCounts;
	/** Deletions were held back. */
	readonly held: boolean;
	/** The shortest time after which a feed asks to be polled again, seconds. */
	readonly refreshAfter: number | null;
	readonly requests: number;
	/** Local writes that were at rest before anything was read. */
	readonly quiet: QuietIntents;
}

/** Calendars of one connection that are pulled at the same time; servers are told apart by connection. */
const AT_ONCE = 2;

/**
 * Lists the calendars, brings their rows up to date and pulls those that have moved.
 * Failures of the provider are part of the outcome; LeaseLost and aborts are thrown.
 */
export async function performRound(
	services: Services,
	run: ClaimedRun,
	connection: ConnectionRow,
	signal: AbortSignal,
): Promise<RoundOutcome> {
	const counter = countingTransport(services.http);
	const judge = (error: unknown): Judgement => {
		signal.throwIfAborted();
		// A database that is away says nothing of the calendars: the run waits for it to come back.
		if (error instanceof LeaseLost || isPassing(error)) throw error;
		const { now, random } = services;
		const { status_reason: reason, failures } = connection;
		return judgeFailure(error, { reason, failures, now: now(), random });
	};
	const round: Round = { services, run, connection, judge, signal };
	const capabilities = services.providers.get(connection.provider)?.capabilities;
	const quiet = await quietIntents(services.db, run, capabilities?.namesEvents === true);
	let outcome: Omit<RoundOutcome, "requests" | "quiet">;
	try {
		const { provider, context } = reachProvider(services, connection, { http: counter.http, signal });
		outcome = await syncCalendars(round, provider, context);
	} catch (error) {
		const failure = judge(error);
		report(round, error, failure, null);
		outcome = { failure, calendars: 0, failedCalendars: [], counts: NO_EVENTS, held: false, refreshAfter: null };
	}
	return { ...outcome, requests: counter.count(), quiet };
}

interface Round {
	readonly services: Services;
	readonly run: ClaimedRun;
	readonly connection: ConnectionRow;
	readonly judge: (error: unknown) => Judgement;
	readonly signal: AbortSignal;
}

async function syncCalendars(
	round: Round,
	provider: CalendarProvider,
	context: ProviderContext,
): Promise<Omit<RoundOutcome, "requests" | "quiet">> {
	const listing = (await listedJustNow(round)) ?? (await provider.listCalendars(context));
	const settings = listing.settings ?? context.settings;
	const rows = await reconcileCalendars(round.services, round.run, provider, listing);
	// After the calendars have followed the account: until then the next listing finds again that it moved.
	if (listing.settings !== undefined) await storeSettings(round, JSON.stringify(listing.settings));
	const remotes = new Map(listing.calendars.map((remote) => [remote.id, remote]));
	const due: { row: CalendarRow; remote: RemoteCalendar }[] = [];
	const unchanged: string[] = [];
	const unlisted: { row: CalendarRow; error: ProviderFailure }[] = [];
	for (const row of rows) {
		if (!row.selected) continue;
		const remote = remotes.get(row.provider_calendar_id);
		const error = remote === undefined ? failureOf(row, listing.failures ?? []) : null;
		if (error !== null && row.status !== "gone") unlisted.push({ row, error });
		if (remote === undefined) continue;
		if (isDue(row, remote)) due.push({ row, remote });
		else unchanged.push(row.id);
	}

	const calendars = due.length + unchanged.length + unlisted.length;
	let counts = NO_EVENTS;
	let held = false;
	let refreshAfter: number | null = null;
	let failure: Judgement | null = null;
	const failedCalendars: { name: string; judgement: Judgement }[] = [];
	const fail = async (row: CalendarRow, error: unknown): Promise<void> => {
		const judgement = round.judge(error);
		report(round, error, judgement, row.id);
		if (judgement.stopsConnection) failure = judgement;
		else {
			failedCalendars.push({ name: row.name_override ?? row.name, judgement });
			await markFailed(round, row, judgement);
		}
	};
	for (const { row, error } of unlisted) await fail(row, error);
	const lane = async (): Promise<void> => {
		for (let next = due.shift(); next !== undefined && failure === null; next = due.shift()) {
			const { row, remote } = next;
			try {
				const pulled = await pullCalendar(round.services, round.run, row, remote, provider, { ...context, settings });
				counts = sum(counts, pulled.counts);
				held ||= pulled.held;
				if (pulled.refreshAfter !== null) refreshAfter = Math.min(refreshAfter ?? Infinity, pulled.refreshAfter);
			} catch (error) {
				await fail(row, error);
			}
		}
	};
	const lanes = await Promise.allSettled(Array.from({ length: AT_ONCE }, lane));
	for (const result of lanes) if (result.status === "rejected") throw result.reason;
	if (failure === null && unchanged.length > 0) await markSynced(round, unchanged);
	return { failure, calendars, failedCalendars, counts, held, refreshAfter };
}

const JUST_NOW_MS = 30_000;

/** What connecting has listed need not be listed again for the first sync; null where it was not just now. */
async function listedJustNow({ services, run, connection }: Round): Promise<CalendarListing | null> {
	if (run.trigger !== "first" || services.now() - connection.created_at.getTime() > JUST_NOW_MS) return null;
	const rows = await services.db
		.selectFrom("calendars")
		.selectAll()
		.where("user_id", "=", run.userId)
		.where("connection_id", "=", run.connectionId)
		.execute();
	const fresh = rows.length > 0 && rows.every((row) => row.status === "pending" && row.version !== null);
	return fresh ? { calendars: rows.map(remoteCalendar) } : null;
}

/** Has it moved since the last complete pull, or is there no telling? */
function isDue(row: CalendarRow, remote: RemoteCalendar): boolean {
	const settled = row.status === "active" || row.status === "paused";
	return !settled || row.cursor === null || remote.version === null || row.version !== remote.version;
}

async function storeSettings({ services, run }: Round, settings: string): Promise<void> {
	await services.db.transaction().execute(async (tx) => {
		await tx
			.updateTable("connections")
			.set({ settings })
			.where("user_id", "=", run.userId)
			.where("id", "=", run.connectionId)
			.execute();
		await recordProgress(tx, run, NO_EVENTS);
	});
}

async function markFailed({ services, run }: Round, row: CalendarRow, judgement: Judgement): Promise<void> {
	// What waits for a decision goes on waiting.
	if (row.status === "paused") return;
	const moved = row.status !== "error" || row.status_reason !== judgement.reason;
	const at = new Date(services.now());
	await services.db.transaction().execute(async (tx) => {
		await tx
			.updateTable("calendars")
			.set({
				status: "error",
				status_reason: judgement.reason,
				status_message: judgement.message,
				...(moved ? { status_since: at } : {}),
			})
			.where("user_id", "=", run.userId)
			.where("id", "=", row.id)
			.execute();
		await recordProgress(tx, run, NO_EVENTS);
		const entry = { type: "calendar.updated", id: row.id, calendarId: row.id, fields: ["status"] } as const;
		await appendChanges(tx, run.userId, services.now(), moved ? [entry] : []);
	});
}

async function markSynced({ services, run }: Round, calendarIds: readonly string[]): Promise<void> {
	await inTransaction(services.db, async (tx) => {
		await lockInOrder(tx, run.userId, calendarIds);
		await tx
			.updateTable("calendars")
			.set({ last_synced_at: new Date(services.now()) })
			.where("user_id", "=", run.userId)
			.where("id", "in", [...calendarIds])
			.execute();
	});
}

function report(
	{ services, run, connection }: Round,
	error: unknown,
	judgement: Judgement,
	calendarId: string | null,
): void {
	const { kind, reason, message } = judgement;
	services.metrics.providerFailures.inc({ provider: connection.provider, kind });
	const fields = { user_id: run.userId, connection_id: run.connectionId, run_id: run.runId, calendar_id: calendarId };
	if (reason === "internal") services.log.error({ ...fields, err: error }, "sync failed by a fault of our own");
	else services.log.info({ ...fields, kind, reason, detail: message }, "sync failed");
}

function sum(a: EventCounts, b: EventCounts): EventCounts {
	return { created: a.created + b.created, updated: a.updated + b.updated, deleted: a.deleted + b.deleted };
}

function countingTransport(http: HttpTransport): { readonly http: HttpTransport; count(): number } {
	let count = 0;
	return {
		http: (request) => {
			count++;
			return http(request);
		},
		count: () => count,
	};
}
