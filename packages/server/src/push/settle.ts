import { type LostEdit, type ResourceEvents, settleIntents } from "@kalends/model";
import type { RemoteResource } from "@kalends/providers";
import { sql, type Transaction } from "kysely";
import type { ChangeEntry } from "../changes/append-changes.ts";
import type { Database } from "../db/schema.ts";
import { queueInvitations } from "../notify/invitations/queue-invitations.ts";
import type { Services } from "../services.ts";
import { bringEvents, eventEntries } from "../sync/bring-events.ts";
import { readSlice } from "../sync/read-slice.ts";
import { applyOutcome, type SettleOwner, syncEntry } from "./apply-outcome.ts";
import { BY_PROVIDER } from "./history.ts";
import { inCalendar, readResourceRow } from "./in-calendar.ts";
import type { ClaimedIntent } from "./intent-lease.ts";
import { storable } from "./intent-rows.ts";
import { foundThere } from "./only-here.ts";
import { type AgreedEvents, guestsOf, NOTHING_AGREED } from "./outcomes.ts";
import { isProvisional } from "./provisional.ts";
import { outcomeOf } from "./rebase-slice.ts";
import type { Scene } from "./scene.ts";
import { guestsKnew, toldOf } from "./told.ts";
import type { IntentRow } from "./types.ts";

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
	seen: Pick<Scene, "resource" | "calendar" | "onlyHere">,
	settlement: Settlement,
): Promise<{ readonly more: boolean }> {
	const { events, sent, lost, answer } = settlement;
	let more = true;
	await inCalendar(services, claimed, async (tx, owner, { rest, stamp, leaseFence, locked }) => {
		const row = await readResourceRow(tx, claimed, seen.resource);
		const isAnew = seen.onlyHere && answer?.id !== row.provider_resource_id;
		const isMade = (claimed.kind === "create" || isAnew) && answer !== undefined && answer !== null;
		const looksAgain = isMade && (leaseFence !== seen.calendar.lease_fence || (await isPulling(tx, claimed)));
		await queueInvitations(services, tx, { ...guestsOf(claimed), ...agreedBy(claimed, settlement) });
		const entries: ChangeEntry[] = [];
		let resource = row.provider_resource_id;
		const drop: string[] = [];
		if (answer === null && isProvisional(row)) drop.push(row.id);
		else if (answer !== undefined) {
			if (answer !== null) entries.push(...(await removeDouble(services, tx, owner, row.id, answer.id)));
			if (answer !== null && seen.onlyHere) await foundThere(tx, owner.userId, row.id);
			resource = answer?.id ?? resource;
			await storeAnswer(tx, owner.userId, row.id, resource, answer, stamp);
			if (looksAgain) await leaveToBeRead(tx, owner, claimed, events);
		}
		const remaining = settleIntents({ events, ...(sent === undefined ? {} : { sent }) }, rest, claimed);
		const after = outcomeOf(resource, [claimed, ...rest], remaining);
		const own = { intent: claimed, end: { type: "settled", lost }, stays: looksAgain, told: true } as const;
		const ended = looksAgain && lost.length === 0 ? after.ended : [own, ...after.ended];
		entries.push(
			...(await applyOutcome(services, tx, owner, { ...after, ended }, { drop, author: BY_PROVIDER, locked })),
		);
		if (rest.length > 0) await makeDue(tx, owner, row.id);
		const isLate = claimed.attempts > 1 || owner.now - claimed.created_at.getTime() > TOLD_AFTER_MS;
		if (isLate && after.rebased.length === 0) entries.push(...(await syncEntry(tx, owner, entries, claimed)));
		more = looksAgain || rest.length > 0;
		return entries;
	});
	return { more };
}

/** What guests are told of: what was written, as the provider stored it; or what it turned out to have already. */
function agreedBy(claimed: ClaimedIntent, { events, sent, replaced, lost }: Settlement): AgreedEvents {
	const { kind, base, wanted, move } = claimed;
	// For its guests what has moved is what it was.
	if (move?.role === "leaves") return NOTHING_AGREED;
	// What was refused, and may have been made: nobody was told of it.
	if (kind === "create" && wanted === null) return NOTHING_AGREED;
	const before = guestsKnew(claimed, sent === undefined || replaced === undefined ? base : replaced);
	if (sent !== undefined) return { before, after: events };
	return lost.length === 0 ? { before, after: events === null ? null : toldOf(claimed, events) } : NOTHING_AGREED;
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
			told: null,
			move: null,
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
export async function storeAnswer(
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
export async function removeDouble(
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

/** PostgreSQL's text holds no NUL. */
function storableText(text: string): string {
	return text.replaceAll("\0", "").toWellFormed();
}
