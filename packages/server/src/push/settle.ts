import { type LostEdit, type ResourceEvents, settleIntents } from "@kalends/model";
import type { RemoteResource } from "@kalends/providers";
import { sql, type Transaction } from "kysely";
import { appendChanges, type ChangeEntry } from "../changes/append-changes.ts";
import type { Database, RunError } from "../db/schema.ts";
import { queueInvitations } from "../notify/invitations/queue-invitations.ts";
import type { Services } from "../services.ts";
import { bringEvents, eventEntries } from "../sync/bring-events.ts";
import { readSlice } from "../sync/read-slice.ts";
import { executeInTurn } from "../sync/write-slice.ts";
import { type Author, BY_PROVIDER } from "./history.ts";
import { type ClaimedIntent, IntentLost } from "./intent-lease.ts";
import { lockIntents, sendPush, storable } from "./intent-rows.ts";
import {
	type AgreedEvents,
	type EndedIntent,
	effectsOf,
	failIntent,
	guestsOf,
	type IntentsOutcome,
	NOTHING_AGREED,
} from "./outcomes.ts";
import { isProvisional } from "./provisional.ts";
import { seriesPutBack, writePutBack } from "./put-back.ts";
import { outcomeOf } from "./rebase-slice.ts";
import type { Scene } from "./scene.ts";
import type { IntentRow, ResourceRow } from "./types.ts";

/** How a claimed intent ended. */
export interface Settlement {
	/** What the provider has. */
	readonly events: ResourceEvents;
	/** What was written; null: removed; absent: nothing was. */
	readonly sent?: ResourceEvents;
	/** What was read there before it was written; absent: the intent's base. */
	readonly replaced?: ResourceEvents;
	readonly lost: readonly LostEdit[];
	/** What the last exchange answered: the resource, or null for none; undefined: there was no exchange. */
	readonly answer: RemoteResource | null | undefined;
}

/** Where and when something is settled. */
export interface SettleOwner {
	readonly userId: string;
	readonly calendarId: string;
	readonly now: number;
}

/** So much later than it was made, the end of a write is told in the feed though nothing else of the event changed. */
const TOLD_AFTER_MS = 10_000;

/**
 * The provider has agreed, or has something else in the intent's place: its row goes, the events become what the provider
 * has with later intents of the resource on top, what lost goes into the history, and who waited is told.
 *
 * @param seen the rows as the claim went out from them
 * @returns whether the resource has intents still
 * @throws IntentLost when the intent is no longer this holder's; nothing is written then
 */
export async function settleIntent(
	services: Services,
	claimed: ClaimedIntent,
	seen: Pick<Scene, "resource" | "calendar">,
	settlement: Settlement,
): Promise<{ readonly more: boolean }> {
	const { events, sent, lost, answer } = settlement;
	let more = true;
	await inCalendar(services, claimed, async (tx, owner, { rest, stamp, leaseFence }) => {
		const row = await readResourceRow(tx, claimed, seen.resource);
		const isMade = claimed.kind === "create" && answer !== undefined && answer !== null;
		const looksAgain = isMade && (leaseFence !== seen.calendar.lease_fence || (await isPulling(tx, claimed)));
		await queueInvitations(services, tx, { ...guestsOf(claimed), ...agreedBy(claimed, settlement) });
		const entries: ChangeEntry[] = [];
		let resource = row.provider_resource_id;
		const drop: string[] = [];
		if (answer === null && isProvisional(row)) drop.push(row.id);
		else if (answer !== undefined) {
			if (answer !== null) entries.push(...(await removeDouble(services, tx, owner, row.id, answer.id)));
			resource = answer?.id ?? resource;
			await storeAnswer(tx, owner.userId, row.id, resource, answer, stamp);
			if (looksAgain) await leaveToBeRead(tx, owner, claimed, events);
		}
		const remaining = settleIntents({ events, ...(sent === undefined ? {} : { sent }) }, rest, claimed);
		const after = outcomeOf(resource, [claimed, ...rest], remaining);
		const own = { intent: claimed, end: { type: "settled", lost }, stays: looksAgain, told: true } as const;
		const ended = looksAgain && lost.length === 0 ? after.ended : [own, ...after.ended];
		entries.push(...(await applyOutcome(services, tx, owner, { ...after, ended }, { drop, author: BY_PROVIDER })));
		if (rest.length > 0) await makeDue(tx, owner, row.id);
		const isLate = claimed.attempts > 1 || owner.now - claimed.created_at.getTime() > TOLD_AFTER_MS;
		if (isLate && after.rebased.length === 0) entries.push(...(await syncEntry(tx, owner, entries, claimed)));
		more = looksAgain || rest.length > 0;
		return entries;
	});
	return { more };
}

/** What guests are told of: what was written, as the provider stored it; or what it turned out to have already. */
function agreedBy({ base, wanted }: ClaimedIntent, { events, sent, replaced, lost }: Settlement): AgreedEvents {
	if (sent !== undefined) return { before: replaced === undefined ? base : replaced, after: events };
	return lost.length === 0 ? { before: base, after: wanted } : NOTHING_AGREED;
}

/**
 * The provider has refused for good. Where more was changed since, that takes its place with what it was made on;
 * else it stays as `failed`, and a refused deletion shows the event again. A new series that was split off goes into the
 * history, and the old one is put back.
 * @param unmade the refusal says that what was to be created is not there
 * @returns whether a series is put back
 * @throws IntentLost as `settleIntent`
 */
export async function refuseIntent(
	services: Services,
	claimed: ClaimedIntent,
	seen: ResourceRow,
	error: RunError,
	unmade: boolean,
): Promise<boolean> {
	let isPutBack = false;
	await inCalendar(services, claimed, async (tx, owner, { rest }) => {
		const { userId } = owner;
		const row = await readResourceRow(tx, claimed, seen);
		const next = rest[0];
		if (next !== undefined) {
			await replaceRefused(services, tx, owner, claimed, next);
			return [];
		}
		const of = { resource: row.provider_resource_id, eventId: claimed.event_id, rebased: [], error };
		const author: Author = { ...BY_PROVIDER, action: "restored" };
		const whole = unmade && isProvisional(row) ? await seriesPutBack(tx, claimed) : null;
		if (whole !== null) {
			isPutBack = true;
			const given: EndedIntent = { intent: claimed, end: { type: "put_back" }, stays: false };
			const dropped = { ...of, shown: null, ended: [given] };
			const entries = await applyOutcome(services, tx, owner, dropped, { drop: [row.id], author });
			await writePutBack(services, tx, claimed, whole, error);
			return entries;
		}
		const outcome: IntentsOutcome = {
			...of,
			shown: claimed.wanted ?? claimed.base,
			ended: [{ intent: claimed, end: { type: "failed" }, stays: true }],
		};
		const entries = await applyOutcome(services, tx, owner, outcome, { drop: [], author });
		await failIntent(userId, claimed.id, error)?.execute(tx);
		return [...entries, ...(await syncEntry(tx, owner, entries, claimed))];
	});
	return isPutBack;
}

/** What was changed after a refused intent takes its place: its deletion, where that is all, leaves nothing to do. */
async function replaceRefused(
	services: Services,
	tx: Transaction<Database>,
	{ userId }: SettleOwner,
	refused: ClaimedIntent,
	next: IntentRow,
): Promise<void> {
	const waiting = tx.updateTable("intents").where("user_id", "=", userId).where("waits_for", "=", refused.id);
	if (refused.kind === "create" && next.kind === "delete") {
		const freed = await waiting.set({ waits_for: null }).returning("id").execute();
		await tx.deleteFrom("resources").where("user_id", "=", userId).where("id", "=", refused.resource_id).execute();
		for (const { id } of freed) await sendPush(tx, services, userId, id, 0);
		return;
	}
	await waiting.set({ waits_for: next.id }).execute();
	const kind = next.kind === "delete" ? next.kind : refused.kind === "create" ? "create" : "update";
	await tx
		.updateTable("intents")
		.set({
			kind,
			base: storable(refused.kind === "create" ? refused.wanted : refused.base),
			attempts: refused.attempts,
			next_attempt_at: new Date(services.now()),
			waits_for: refused.kind === "create" ? refused.waits_for : null,
			cut: refused.cut === null ? null : JSON.stringify(refused.cut),
		})
		.where("user_id", "=", userId)
		.where("id", "=", next.id)
		.execute();
	await tx.deleteFrom("intents").where("user_id", "=", userId).where("id", "=", refused.id).execute();
}

/** What is known once the calendar is locked. */
interface Locked {
	/** The intents of the resource behind the claimed one, oldest first. */
	readonly rest: readonly IntentRow[];
	/** The calendar's new `write_seq`. */
	readonly stamp: number;
	/** Raised by each pull that begins. */
	readonly leaseFence: number;
}

/**
 * One transaction under the calendar's lock and the intent's fence, which ends with the feed.
 * @throws IntentLost when the intent is no longer this holder's
 */
async function inCalendar(
	services: Services,
	claimed: ClaimedIntent,
	work: (tx: Transaction<Database>, owner: SettleOwner, locked: Locked) => Promise<readonly ChangeEntry[]>,
): Promise<void> {
	const owner = { userId: claimed.user_id, calendarId: claimed.calendar_id, now: services.now() };
	await services.db.transaction().execute(async (tx) => {
		const { write_seq: stamp, lease_fence: leaseFence } = await raiseWriteSeq(tx, owner);
		const intents = await lockIntents(tx, owner.userId, claimed.resource_id);
		const own = intents.find(({ id }) => id === claimed.id);
		if (own?.fence !== claimed.fence || own.state !== "pending") {
			throw new IntentLost("the intent was taken over, settled or changed");
		}
		const rest = intents.filter(({ id }) => id !== claimed.id);
		await appendChanges(tx, owner.userId, owner.now, await work(tx, owner, { rest, stamp, leaseFence }));
	});
}

/** @throws IntentLost where the resource was found under another id since: what is known is of the old one */
async function readResourceRow(
	tx: Transaction<Database>,
	claimed: ClaimedIntent,
	seen: ResourceRow,
): Promise<ResourceRow> {
	const row = await tx
		.selectFrom("resources")
		.selectAll()
		.where("user_id", "=", claimed.user_id)
		.where("id", "=", claimed.resource_id)
		.executeTakeFirst();
	if (row?.provider_resource_id !== seen.provider_resource_id) {
		throw new IntentLost("the resource was found elsewhere");
	}
	return row;
}

/**
 * Performs an outcome in a transaction that has locked the calendar.
 * @returns the entries for the feed
 */
export async function applyOutcome(
	services: Services,
	tx: Transaction<Database>,
	owner: SettleOwner,
	outcome: IntentsOutcome,
	{ drop, author }: { readonly drop: readonly string[]; readonly author: Author },
): Promise<ChangeEntry[]> {
	const { userId, calendarId } = owner;
	const effects = await effectsOf(services, tx, owner, [outcome]);
	const uids = [...effects.wanted.values()].flatMap((events) => events.map(({ event }) => event.uid));
	const stored = await readSlice(tx, { userId, id: calendarId }, [...effects.wanted.keys()], uids);
	const plan = await bringEvents(services, tx, owner, {
		stored: stored.events,
		wanted: effects.wanted,
		resourceIds: stored.resourceIds,
		bodies: [],
		drop: [...effects.drop, ...drop],
		expanded: new Map(),
		remembered: effects.remembered,
		author,
		versions: effects.versions,
	});
	await executeInTurn(tx, effects.statements);
	for (const id of effects.freed) await sendPush(tx, services, userId, id, 0);
	return eventEntries(plan, calendarId);
}

/** Locks the calendar, and notes for pulls that are under way that somebody writes. */
async function raiseWriteSeq(tx: Transaction<Database>, { userId, calendarId }: SettleOwner) {
	const row = await tx
		.updateTable("calendars")
		.set({ write_seq: sql<number>`write_seq + 1` })
		.where("user_id", "=", userId)
		.where("id", "=", calendarId)
		.returning(["write_seq", "lease_fence"])
		.executeTakeFirst();
	if (row === undefined) throw new IntentLost("the calendar was removed");
	return row;
}

async function isPulling(tx: Transaction<Database>, { user_id: userId, connection_id }: IntentRow): Promise<boolean> {
	const run = await tx
		.selectFrom("runs")
		.select("id")
		.where("user_id", "=", userId)
		.where("connection_id", "=", connection_id)
		.where("state", "=", "running")
		.executeTakeFirst();
	return run !== undefined;
}

/**
 * What was made may have been deleted there again, unseen by a pull that did not know it yet: the intent stays as one
 * that has nothing to write, so that the resource is read once more (model's `lookAgain`).
 */
async function leaveToBeRead(
	tx: Transaction<Database>,
	{ userId, now }: SettleOwner,
	{ id, resource_id }: IntentRow,
	events: ResourceEvents,
): Promise<void> {
	await tx
		.updateTable("intents")
		.set({
			kind: "update",
			base: storable(events),
			wanted: storable(events),
			fence: sql<number>`fence + 1`,
			claimed_until: null,
			next_attempt_at: new Date(now),
		})
		.where("user_id", "=", userId)
		.where("id", "=", id)
		.execute();
	await tx
		.updateTable("resources")
		.set({ etag: null })
		.where("user_id", "=", userId)
		.where("id", "=", resource_id)
		.execute();
}

/** What waited behind a settled intent is sent at once. */
async function makeDue(tx: Transaction<Database>, { userId, now }: SettleOwner, resourceId: string): Promise<void> {
	await tx
		.updateTable("intents")
		.set({ next_attempt_at: new Date(now) })
		.where("user_id", "=", userId)
		.where("resource_id", "=", resourceId)
		.where("next_attempt_at", ">", new Date(now))
		.execute();
}

/** Stamps the row, so that a pull which began before knows that it may be told of what was. */
async function storeAnswer(
	tx: Transaction<Database>,
	userId: string,
	rowId: string,
	resource: string,
	answer: RemoteResource | null,
	stamp: number,
): Promise<void> {
	await tx
		.updateTable("resources")
		.set({
			provider_resource_id: resource,
			etag: answer?.etag ?? null,
			schedule_tag: answer?.scheduleTag ?? null,
			raw: storableText(answer?.raw ?? ""),
			warnings: JSON.stringify(answer?.warnings ?? []),
			gone: answer === null,
			write_seq: stamp,
		})
		.where("user_id", "=", userId)
		.where("id", "=", rowId)
		.execute();
}

/** A pull may have taken what we made for something else, as the provider gave it another UID: one row stays. */
async function removeDouble(
	services: Services,
	tx: Transaction<Database>,
	owner: SettleOwner,
	rowId: string,
	resource: string,
): Promise<ChangeEntry[]> {
	const double = await tx
		.selectFrom("resources")
		.select("id")
		.where("user_id", "=", owner.userId)
		.where("calendar_id", "=", owner.calendarId)
		.where("provider_resource_id", "=", resource)
		.where("id", "!=", rowId)
		.executeTakeFirst();
	if (double === undefined) return [];
	const stored = await readSlice(tx, { userId: owner.userId, id: owner.calendarId }, [resource], []);
	const plan = await bringEvents(services, tx, owner, {
		stored: stored.events,
		wanted: new Map([[resource, []]]),
		resourceIds: stored.resourceIds,
		bodies: [],
		drop: [double.id],
		expanded: new Map(),
		author: BY_PROVIDER,
	});
	return eventEntries(plan, owner.calendarId);
}

/** Tells that the event's `sync` has changed, unless the feed tells of it anyway, or it is gone. */
async function syncEntry(
	tx: Transaction<Database>,
	{ userId, calendarId }: SettleOwner,
	entries: readonly ChangeEntry[],
	{ event_id: id }: IntentRow,
): Promise<ChangeEntry[]> {
	if (entries.some((entry) => entry.id === id)) return [];
	const event = await tx
		.selectFrom("events")
		.select("id")
		.where("user_id", "=", userId)
		.where("id", "=", id)
		.executeTakeFirst();
	return event === undefined ? [] : [{ type: "event.updated", id, calendarId, fields: ["sync"] }];
}

/** PostgreSQL's text holds no NUL. */
function storableText(text: string): string {
	return text.replaceAll("\0", "").toWellFormed();
}
