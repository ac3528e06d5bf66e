import { randomBytes } from "node:crypto";
import { type CalendarProvider, ProviderFailure, type RemoteCalendar } from "@kalends/providers";
import { type Selectable, sql } from "kysely";
import { secretHash } from "../accounts/secret-hash.ts";
import { remoteCalendar } from "../calendars/remote-calendar.ts";
import { type ReachedProvider, reachProvider } from "../connections/provider-context.ts";
import type { ConnectionsTable, PushChannelsTable } from "../db/schema.ts";
import type { Services } from "../services.ts";
import { VaultError } from "../vault/vault.ts";
import { pushAddress } from "./address.ts";
import { type KnownChannel, planChannels, renewalOf } from "./plan.ts";

type ConnectionRow = Selectable<ConnectionsTable>;

export interface ConnectionKey {
	readonly userId: string;
	readonly connectionId: string;
}

/** Asked for; providers may give less. */
const LIFETIME_MS = 7 * 86_400_000;
/** Where a provider tells of no changes there. */
const REFUSED_MS = 86_400_000;
/** Where it has no time now. */
const AGAIN_MS = 600_000;
/** Longer than all channels of a connection take. */
const CLAIM_SECONDS = 300;

/**
 * Brings the push channels of a connection up to date: one for each selected calendar and one for their list, renewed
 * before they end. Does nothing where another process is at it, or where messages cannot reach this server. What goes
 * wrong is logged: without channels the calendars are polled.
 */
export async function keepChannels(services: Services, key: ConnectionKey, signal: AbortSignal): Promise<void> {
	const connection = await claim(services, key);
	if (connection === null) return;
	try {
		const reached = reachProvider(services, connection, { signal });
		const targets = await targetsOf(services, reached.provider, connection);
		const rows = await channelsOf(services, key);
		const plan = planChannels([...targets.keys()], rows.map(knownChannel), services.now());
		const failed = new Set<string | null>();
		for (const id of plan.open) {
			signal.throwIfAborted();
			const isOpen = await open(services, key, { id, calendar: targets.get(id) ?? null }, reached);
			if (!isOpen) failed.add(id);
		}
		const replaced = plan.stop.filter(({ calendarId }) => !failed.has(calendarId));
		await stop(services, reached, rowsOf(rows, replaced));
		await forget(services, key, plan.forget);
	} catch (error) {
		if (!(error instanceof VaultError)) throw error;
		services.log.warn({ connection_id: key.connectionId, err: error }, "push channels cannot be opened");
	} finally {
		await release(services, key);
	}
}

/** Sends the job that `keepChannels` is, where there is anything for it to do. */
export async function keepSoon(
	services: Services,
	connection: Pick<ConnectionRow, "user_id" | "id" | "provider" | "paused" | "status">,
): Promise<void> {
	const provider = services.providers.get(connection.provider);
	if (provider?.push === undefined) return;
	const key = { userId: connection.user_id, connectionId: connection.id };
	const targets = await targetsOf(services, provider, connection);
	const rows = await channelsOf(services, key);
	const {
		open: opening,
		stop: stopping,
		forget: over,
	} = planChannels([...targets.keys()], rows.map(knownChannel), services.now());
	if (opening.length + stopping.length + over.length > 0) await sendKeeping(services, key);
}

export async function sendKeeping({ jobs, db }: Pick<Services, "jobs" | "db">, key: ConnectionKey): Promise<void> {
	const payload = { user_id: key.userId, connection_id: key.connectionId };
	await jobs.send("channels.keep", payload, { transaction: db, key: key.connectionId, owner: key.userId });
}

/** What is to be watched, by the calendar's id here; null: their list. Nothing while nothing would be synced. */
async function targetsOf(
	services: Services,
	provider: CalendarProvider,
	connection: Pick<ConnectionRow, "user_id" | "id" | "paused" | "status">,
): Promise<ReadonlyMap<string | null, RemoteCalendar | null>> {
	const isIdle = connection.paused || connection.status === "reauth_required";
	if (isIdle || pushAddress(services.config, provider) === null) return new Map();
	const rows = await watchedCalendars(services, { userId: connection.user_id, connectionId: connection.id });
	const calendars = rows.map((row) => [row.id, remoteCalendar(row)] as const);
	return new Map(calendars.length === 0 ? [] : [[null, null], ...calendars]);
}

interface Target {
	readonly id: string | null;
	readonly calendar: RemoteCalendar | null;
}

/** False where the provider opened none. */
async function open(
	services: Services,
	key: ConnectionKey,
	{ id: target, calendar }: Target,
	{ provider, context }: ReachedProvider,
): Promise<boolean> {
	const { db, now, config } = services;
	const address = pushAddress(config, provider);
	if (provider.push === undefined || address === null) return false;
	const id = randomBytes(32).toString("base64url");
	const token = randomBytes(32).toString("base64url");
	const createdAt = now();
	const expiresAt = createdAt + LIFETIME_MS;
	// Before it is asked for, as its first message may come before the answer.
	await db
		.insertInto("push_channels")
		.values({
			id,
			user_id: key.userId,
			connection_id: key.connectionId,
			calendar_id: target,
			token_hash: secretHash(token),
			state: "opening",
			resource_id: null,
			renew_at: new Date(expiresAt),
			expires_at: new Date(expiresAt),
			created_at: new Date(createdAt),
		})
		.execute();
	const update = (columns: Partial<Pick<PushChannelsTable, "state" | "resource_id" | "renew_at" | "expires_at">>) =>
		db.updateTable("push_channels").set(columns).where("user_id", "=", key.userId).where("id", "=", id).execute();
	try {
		const channel = await provider.push.watch(calendar, { id, token, address, expiresAt }, context);
		await update({
			state: "live",
			resource_id: channel.resourceId,
			renew_at: new Date(renewalOf(createdAt, channel.expiresAt)),
			expires_at: new Date(channel.expiresAt),
		});
		return true;
	} catch (error) {
		if (!(error instanceof ProviderFailure)) throw error;
		const { kind, reason, message, retryAfter } = error;
		const passes = kind === "unavailable" || kind === "rate_limited" || kind === "auth_revoked";
		const wait = passes ? Math.max(AGAIN_MS, (retryAfter ?? 0) * 1000) : REFUSED_MS;
		await update({ state: "refused", renew_at: new Date(now() + wait) });
		const fields = { connection_id: key.connectionId, calendar_id: target, kind, reason, detail: message };
		services.log.info(fields, "no push channel; the calendar is polled");
		return false;
	}
}

type ChannelRow = Selectable<PushChannelsTable>;

/** Who cannot stop one now stops it later; one that is not stopped at all sends its messages until it ends. */
async function stop(
	services: Services,
	{ provider, context }: ReachedProvider,
	rows: readonly ChannelRow[],
): Promise<void> {
	await Promise.all(
		rows.map(async (row) => {
			const { id, user_id, connection_id, resource_id, expires_at } = row;
			if (resource_id !== null) {
				try {
					await provider.push?.stop({ id, resourceId: resource_id, expiresAt: expires_at.getTime() }, context);
				} catch (error) {
					if (!(error instanceof ProviderFailure)) throw error;
					services.log.info(
						{ connection_id, reason: error.reason, detail: error.message },
						"a push channel was not stopped",
					);
					if (error.kind === "unavailable" || error.kind === "rate_limited") {
						const again = new Date(services.now() + Math.max(AGAIN_MS, (error.retryAfter ?? 0) * 1000));
						const mine = services.db.updateTable("push_channels").where("user_id", "=", user_id).where("id", "=", id);
						await mine.set({ renew_at: again }).execute();
						return;
					}
				}
			}
			await services.db.deleteFrom("push_channels").where("user_id", "=", user_id).where("id", "=", id).execute();
		}),
	);
}

async function forget({ db }: Services, key: ConnectionKey, channels: readonly KnownChannel[]): Promise<void> {
	if (channels.length === 0) return;
	await db
		.deleteFrom("push_channels")
		.where("user_id", "=", key.userId)
		.where(
			"id",
			"in",
			channels.map(({ id }) => id),
		)
		.execute();
}

async function channelsOf({ db }: Pick<Services, "db">, key: ConnectionKey): Promise<ChannelRow[]> {
	return db
		.selectFrom("push_channels")
		.selectAll()
		.where("user_id", "=", key.userId)
		.where("connection_id", "=", key.connectionId)
		.orderBy("id")
		.execute();
}

/** Those that are synced. */
async function watchedCalendars({ db }: Pick<Services, "db">, key: ConnectionKey) {
	return db
		.selectFrom("calendars")
		.selectAll()
		.where("user_id", "=", key.userId)
		.where("connection_id", "=", key.connectionId)
		.where("selected", "=", true)
		.where("status", "not in", ["gone", "pending"])
		.orderBy("id")
		.execute();
}

async function claim({ db }: Pick<Services, "db">, key: ConnectionKey): Promise<ConnectionRow | null> {
	const claimed = await db
		.updateTable("connections")
		.set({
			channels_claimed_until: sql<Date>`clock_timestamp() + ${sql.lit(`${CLAIM_SECONDS} seconds`)}::interval`,
		})
		.where("user_id", "=", key.userId)
		.where("id", "=", key.connectionId)
		.where((eb) =>
			eb.or([
				eb("channels_claimed_until", "is", null),
				eb("channels_claimed_until", "<", sql<Date>`clock_timestamp()`),
			]),
		)
		.returningAll()
		.executeTakeFirst();
	return claimed ?? null;
}

async function release({ db }: Pick<Services, "db">, key: ConnectionKey): Promise<void> {
	await db
		.updateTable("connections")
		.set({ channels_claimed_until: null })
		.where("user_id", "=", key.userId)
		.where("id", "=", key.connectionId)
		.execute();
}

function knownChannel(row: ChannelRow): KnownChannel {
	return {
		id: row.id,
		calendarId: row.calendar_id,
		state: row.state,
		renewAt: row.renew_at.getTime(),
		expiresAt: row.expires_at.getTime(),
		createdAt: row.created_at.getTime(),
	};
}

function rowsOf(rows: readonly ChannelRow[], channels: readonly KnownChannel[]): ChannelRow[] {
	const ids = new Set(channels.map(({ id }) => id));
	return rows.filter(({ id }) => ids.has(id));
}
