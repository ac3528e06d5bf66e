import { type CalendarEvent, followMade, type LostEdit, mergeResource, type ResourceEvents } from "@kalends/model";
import type { RemoteResource } from "@kalends/providers";
import type { Transaction } from "kysely";
import type { ChangeEntry } from "../changes/append-changes.ts";
import type { Database, RunError } from "../db/schema.ts";
import type { Services } from "../services.ts";
import { applyOutcome, type SettleOwner, showAgain, syncEntry } from "./apply-outcome.ts";
import { forgetMade } from "./forget-made.ts";
import { type Author, BY_PROVIDER, insertVersions, type VersionEntry } from "./history.ts";
import { inCalendar, type Locked, readResourceRow } from "./in-calendar.ts";
import type { ClaimedIntent } from "./intent-lease.ts";
import { deleteIntents, sendPush, storable } from "./intent-rows.ts";
import { deleteAsSeen, deletionsFor, failMove } from "./moves.ts";
import { type EndedIntent, failIntent, fieldsOf, type IntentsOutcome } from "./outcomes.ts";
import { isProvisional } from "./provisional.ts";
import { seriesPutBack, writePutBack } from "./put-back.ts";
import { removeDouble, storeAnswer } from "./settle.ts";
import type { IntentRow, ResourceRow } from "./types.ts";

/** What a refusal says of what is at the provider. */
export interface Refusal {
	readonly error: RunError;
	/** What was to be created is not there. */
	readonly unmade: boolean;
	/** As of `Scene`: a change makes it anew. */
	readonly onlyHere: boolean;
	/** What was to be created is there; only what it was to be besides is refused. */
	readonly there: Refused | null;
}

/** A change of what is there, merged with what others changed in it. */
interface Refused {
	readonly resource: RemoteResource;
	readonly asked: readonly CalendarEvent[];
	/** What of the intent did not survive the merge. */
	readonly lost: readonly LostEdit[];
}

/**
 * The provider has refused for good. Where more was changed since, that takes its place with what it was made on;
 * else it stays as `failed`, and a refused deletion shows the event again. A new series that was split off goes into the
 * history, and the old one is put back; what was to move is shown where it was, and its deletion there is what failed.
 * @returns whether a series is put back
 * @throws IntentLost as `settleIntent`
 */
export async function refuseIntent(
	services: Services,
	claimed: ClaimedIntent,
	seen: ResourceRow,
	{ error, unmade, onlyHere, there }: Refusal,
): Promise<boolean> {
	let isPutBack = false;
	await inCalendar(services, claimed, async (tx, owner, given) => {
		isPutBack = false;
		const { rest, movesElsewhere } = await withoutRefusedMove(tx, owner.userId, given.rest);
		const locked = { ...given, rest };
		const row = await readResourceRow(tx, claimed, seen);
		if (there !== null && claimed.kind === "create") {
			const { resource, asked, lost } = there;
			const found = { row, there: resource, stamp: locked.stamp };
			const made = await asUpdate(services, tx, owner, { ...claimed, wanted: asked }, found);
			const sent = claimed.base ?? claimed.wanted;
			const seen = followMade(sent, sent, resource.events);
			const rest = { ...locked, resource: resource.id, unmade: true, onlyHere: false, seen };
			const entries = await refuseRest(services, tx, owner, rest, made.intent, error);
			await keepAside(tx, owner, claimed, [...lostOf(claimed, lost), ...movesElsewhere.flatMap(moveOf)]);
			return [...made.entries, ...entries];
		}
		const resource = row.provider_resource_id;
		const isLast = locked.rest.length === 0 && unmade && isProvisional(row);
		const dropped = { resource, eventId: claimed.event_id, rebased: [], shown: null, error };
		const whole = isLast ? await seriesPutBack(tx, claimed) : null;
		if (whole !== null) {
			isPutBack = true;
			const given: EndedIntent = { intent: claimed, end: { type: "put_back" }, stays: false };
			const outcome = { ...dropped, ended: [given] };
			const entries = await applyOutcome(services, tx, owner, outcome, { drop: [row.id], author: RESTORED });
			await keepAside(tx, owner, claimed, movesElsewhere.flatMap(moveOf));
			await writePutBack(services, tx, claimed, whole, error);
			return entries;
		}
		const deletions = isLast ? await deletionsFor(tx, owner.userId, claimed.id) : [];
		if (deletions.length > 0) {
			const entries: ChangeEntry[] = [];
			for (const deletion of deletions) {
				await failMove(tx, deletion, refusedMove(claimed, row, deletion), error);
				entries.push(...(await showAgain(services, tx, owner, deletion, { stays: true })));
				await keepAside(tx, owner, deletion, movesElsewhere.flatMap(moveOf));
			}
			const given: EndedIntent = { intent: claimed, end: { type: "discarded" }, stays: false };
			const outcome = { ...dropped, ended: [given] };
			return [
				...(await applyOutcome(services, tx, owner, outcome, { drop: [row.id], author: BY_PROVIDER })),
				...entries,
			];
		}
		await keepAside(tx, owner, claimed, movesElsewhere.flatMap(moveOf));
		return refuseRest(services, tx, owner, { ...locked, resource, unmade, onlyHere }, claimed, error);
	});
	return isPutBack;
}

/** Nobody wants the deletion any more that was half of a move which is refused: the event is to stay where this makes it. */
async function withoutRefusedMove(
	tx: Transaction<Database>,
	userId: string,
	all: readonly IntentRow[],
): Promise<{ readonly rest: readonly IntentRow[]; readonly movesElsewhere: readonly IntentRow[] }> {
	const movesElsewhere = all.filter(({ state, move }) => state === "failed" && move?.role === "refused");
	await deleteIntents(
		userId,
		movesElsewhere.map(({ id }) => id),
	)?.execute(tx);
	return { rest: all.filter((intent) => !movesElsewhere.includes(intent)), movesElsewhere };
}

type Aside = Pick<VersionEntry, "actor" | "fields" | "events">;

/** What somebody had changed with a move that is given up. */
function moveOf({ actor, move }: IntentRow): readonly Aside[] {
	return move?.role === "refused" ? [{ actor, fields: [], events: move.events }] : [];
}

function lostOf({ actor, wanted }: IntentRow, lost: readonly LostEdit[]): readonly Aside[] {
	return lost.length === 0 ? [] : [{ actor, fields: fieldsOf(lost), events: wanted ?? [] }];
}

/** What did not come through is in the history of the event, wherever that is shown now. */
async function keepAside(
	tx: Transaction<Database>,
	{ userId, now }: SettleOwner,
	{ event_id: eventId, calendar_id: calendarId, resource_id: resourceId }: IntentRow,
	all: readonly Aside[],
): Promise<void> {
	const entries = all.map((one) => ({ ...one, action: "conflict", eventId, resourceId, onlyFirst: false }) as const);
	await insertVersions({ userId, calendarId, now }, entries)?.execute(tx);
}

const RESTORED: Author = { ...BY_PROVIDER, action: "restored" };

async function refuseRest(
	services: Services,
	tx: Transaction<Database>,
	owner: SettleOwner,
	{ rest, resource, ...more }: Locked & Replacing & { readonly resource: string },
	claimed: ClaimedIntent,
	error: RunError,
): Promise<readonly ChangeEntry[]> {
	const next = rest[0];
	if (next !== undefined) {
		await replaceRefused(services, tx, owner, claimed, next, more);
		return [];
	}
	const outcome: IntentsOutcome = {
		resource,
		eventId: claimed.event_id,
		rebased: [],
		shown: claimed.wanted ?? claimed.base,
		ended: [{ intent: claimed, end: { type: "failed" }, stays: true }],
		error,
	};
	const entries = await applyOutcome(services, tx, owner, outcome, { drop: [], author: RESTORED });
	await failIntent(owner.userId, claimed.id, error)?.execute(tx);
	return [...entries, ...(await syncEntry(tx, owner, entries, claimed))];
}

function refusedMove(
	{ calendar_id, event_id, base, wanted, move }: ClaimedIntent,
	{ raw }: ResourceRow,
	deletion: IntentRow,
) {
	const within = move?.role === "arrives";
	// What was to leave was followed, whatever was changed in it there.
	const events = within ? mergeResource({ base, local: wanted, remote: deletion.base }).events : wanted;
	return { role: "refused", calendar_id, event_id, events: events ?? [], raw: raw || null, within } as const;
}

/** What was to be made, or moved, is there: what waited for that need not wait, and what is refused is a change of it. */
async function asUpdate(
	services: Services,
	tx: Transaction<Database>,
	owner: SettleOwner,
	claimed: ClaimedIntent,
	{ row, there, stamp }: { readonly row: ResourceRow; readonly there: RemoteResource; readonly stamp: number },
): Promise<{ readonly intent: ClaimedIntent; readonly entries: readonly ChangeEntry[] }> {
	const { userId, now } = owner;
	const entries = await removeDouble(services, tx, owner, row.id, there.id);
	await storeAnswer(tx, userId, row.id, there.id, there, stamp);
	const intent = { ...claimed, kind: "update", base: there.events, move: null } as const;
	await tx
		.updateTable("intents")
		.set({ kind: intent.kind, base: storable(intent.base), wanted: storable(intent.wanted), move: null })
		.where("user_id", "=", userId)
		.where("id", "=", claimed.id)
		.execute();
	const freed = await tx
		.updateTable("intents")
		.set({ waits_for: null, next_attempt_at: new Date(now) })
		.where("user_id", "=", userId)
		.where("waits_for", "=", claimed.id)
		.where("kind", "=", "delete")
		.returning("id")
		.execute();
	for (const { id } of freed) await sendPush(tx, services, userId, id, 0);
	return { intent, entries };
}

interface Replacing {
	/** What was to be created is not there. */
	readonly unmade: boolean;
	readonly onlyHere: boolean;
	/** What the person knew of what was found, where that may have been changed. */
	readonly seen?: ResourceEvents;
}

/** What was changed after a refused intent takes its place: its deletion, where that is all, leaves nothing to do. */
async function replaceRefused(
	services: Services,
	tx: Transaction<Database>,
	{ userId }: SettleOwner,
	refused: ClaimedIntent,
	next: IntentRow,
	{ unmade, onlyHere, seen }: Replacing,
): Promise<void> {
	const waiting = tx.updateTable("intents").where("user_id", "=", userId).where("waits_for", "=", refused.id);
	const isCreate = refused.kind === "create";
	if (isCreate && next.kind === "delete") {
		// What was to move here, and is deleted or moves on, is to be deleted where it is.
		const set = waiting.set({ waits_for: next.waits_for, move: null });
		const freed = await set.returning(["id", "resource_id"]).execute();
		await deleteAsSeen(tx, userId, freed, refused);
		if (unmade) {
			await tx.deleteFrom("resources").where("user_id", "=", userId).where("id", "=", refused.resource_id).execute();
		} else {
			await forgetMade(services, tx, refused, next.waits_for);
		}
		for (const { id } of freed) await sendPush(tx, services, userId, id, 0);
		return;
	}
	await waiting.set({ waits_for: next.id }).execute();
	const kind = isCreate ? "create" : next.kind === "delete" ? next.kind : "update";
	const move = isCreate ? refused.move : next.move;
	const mayBeMade = isCreate ? refused.move === null : onlyHere && !unmade;
	const base = mayBeMade ? refused.wanted : refused.base;
	await tx
		.updateTable("intents")
		.set({
			kind,
			// Only what was seen is deleted.
			base: storable(kind === "delete" && seen !== undefined ? seen : base),
			move: move === null ? null : JSON.stringify(move),
			attempts: refused.attempts,
			next_attempt_at: new Date(services.now()),
			waits_for: isCreate ? refused.waits_for : next.waits_for,
			cut: refused.cut === null ? null : JSON.stringify(refused.cut),
		})
		.where("user_id", "=", userId)
		.where("id", "=", next.id)
		.execute();
	await tx.deleteFrom("intents").where("user_id", "=", userId).where("id", "=", refused.id).execute();
}
