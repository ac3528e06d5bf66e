import { type CalendarEvent, contentHash } from "@kalends/model";
import type { Transaction } from "kysely";
import { toRecordset } from "../db/recordset.ts";
import type { Database, IntentKind } from "../db/schema.ts";
import { inTransaction } from "../db/transact.ts";
import { copyGiven } from "../notify/reminders/given.ts";
import type { Services } from "../services.ts";
import { claimOrSend } from "./claim-written.ts";
import { commitWrite, insertProvisional, type NewResource } from "./commit-write.ts";
import { createResourceIn } from "./create-resource.ts";
import { atOneInstant } from "./history.ts";
import { insertIntent, JOB_AFTER_MS, sendPush, storable } from "./intent-rows.ts";
import { bringAlong, deleteAsSeen } from "./moves.ts";
import { type LockedResource, lockForMove, lockResource } from "./snapshot.ts";
import type { ClaimedPush, CommittedWrite, EditRequest, EditResource, IntentRow, WriteDecision } from "./types.ts";

export const editResource: EditResource = (services, request, decide) =>
	inTransaction(services.db, (tx) => editResourceIn(services, tx, request, decide));

/** `editResource` in a transaction of the caller's, in which little may follow: the feed's counter is locked then. */
export async function editResourceIn(
	services: Services,
	tx: Transaction<Database>,
	request: EditRequest,
	decide: Parameters<EditResource>[2],
): Promise<CommittedWrite> {
	const { userId, eventId, targetCalendarId } = request;
	if (targetCalendarId !== undefined) await lockForMove(tx, userId, eventId, targetCalendarId);
	const locked = await lockResource(tx, userId, eventId);
	const decision = await decide(locked.snapshot);
	const edit: Edit = { services: atOneInstant(services), tx, request, locked, decision };
	return isUnchanged(edit) ? keepUnchanged(edit) : commitEdit(edit);
}

interface Edit {
	readonly services: Services;
	readonly tx: Transaction<Database>;
	readonly request: EditRequest;
	readonly locked: LockedResource;
	readonly decision: WriteDecision;
}

async function commitEdit(edit: Edit): Promise<CommittedWrite> {
	const { services, tx, request, locked, decision } = edit;
	const { calendar, resource, base, events } = locked.snapshot;
	const { userId, actor } = request;
	const wanted = decision.wanted?.length ? decision.wanted : null;
	const created: NewResource | null = decision.created?.length
		? {
				rowId: services.newId("res"),
				eventId: decision.createdEventId ?? services.newId("evt"),
				events: decision.created,
				raw: null,
			}
		: null;
	const moved = await makeMoved(edit);
	const half: Half | null =
		moved === null ? null : { waitsFor: moved.intentIds[0] ?? null, within: decision.moved?.origin != null };
	const intentId = await storeIntent(edit, wanted, half);
	const intentIds = [...(intentId === null ? [] : [intentId]), ...(await passOnDeletions(edit, wanted, half))];
	if (created !== null) {
		await insertProvisional(tx, { userId, calendarId: calendar.id }, created);
		const intent = {
			id: services.newId("int"),
			connectionId: calendar.connection_id,
			calendarId: calendar.id,
			resourceId: created.rowId,
			eventId: created.eventId,
			kind: "create" as const,
			base: null,
			wanted: created.events,
			responseOnly: false,
			waitsFor: intentId,
			cut: wanted === null ? null : { event_id: base.id, before: events, after: wanted },
			actor,
		};
		await insertIntent(tx, userId, intent, services.now());
		intentIds.push(intent.id);
		await copyGiven(tx, userId, base.id, created.eventId);
	}
	const claimed = await claimOrSendAll(edit, intentIds);
	await commitWrite(services, tx, {
		userId,
		calendarId: calendar.id,
		actor,
		action: decision.action,
		stored: locked.stored,
		wanted: new Map([[resource.provider_resource_id, wanted ?? []]]),
		created: created === null ? [] : [created],
		drop: intentId === null ? [resource.id] : [],
	});
	const createdEventId = created?.eventId ?? moved?.eventId;
	return {
		eventId: base.id,
		...(createdEventId === undefined ? {} : { createdEventId }),
		intentIds: [...(moved?.intentIds ?? []), ...intentIds],
		...(claimed === null ? {} : { claimed }),
	};
}

/** A deletion that is half of a move. */
interface Half {
	/** The intent that makes it in the other calendar. */
	readonly waitsFor: string | null;
	/** The provider itself moves it. */
	readonly within: boolean;
}

const LEAVES = { role: "leaves" } as const;

/**
 * What is more than one intent, or comes after others of the resource, is left to be sent in its order. Of a move the feed
 * is locked already: who sends what is next waits for it, so nobody of the connection may be waited for.
 */
async function claimOrSendAll(
	{ services, tx, request, locked, decision }: Edit,
	intentIds: readonly string[],
): Promise<ClaimedPush | null> {
	const { userId, sender } = request;
	const [first, ...more] = intentIds;
	if (first === undefined) return null;
	const isAlone = more.length === 0 && locked.intents.length === 0 && decision.moved === undefined;
	const claimed = await claimOrSend(services, tx, first, locked.snapshot, isAlone ? sender : undefined);
	for (const id of more) await sendPush(tx, services, userId, id, JOB_AFTER_MS);
	return claimed;
}

/** Makes in the other calendar what moves there. */
async function makeMoved({ services, tx, request, locked, decision }: Edit): Promise<CommittedWrite | null> {
	const { userId, actor } = request;
	const { moved } = decision;
	if (moved === undefined) return null;
	const { calendarId, eventId } = moved;
	await bringAlong(tx, userId, locked.snapshot.base.id, { calendarId, eventId });
	return createResourceIn(services, tx, { ...moved, userId, actor, action: "created" });
}

/**
 * Makes the intent of an edit, or changes the last one of the resource where that was never sent, or was refused.
 * @returns null where nothing is to be sent: what was never there is deleted
 */
async function storeIntent(
	{ services, tx, request, locked, decision }: Edit,
	wanted: readonly CalendarEvent[] | null,
	half: Half | null,
): Promise<string | null> {
	const { userId, actor } = request;
	const { calendar, resource, base, events, onlyHere } = locked.snapshot;
	const last = locked.intents.at(-1);
	const responseOnly = decision.responseOnly === true;
	// An edit that waits to be sent stays one of its own, as the deletion may be given up.
	const isApart = half !== null && last?.kind === "update" && last.state === "pending";
	if (last === undefined || !isOpen(last) || isApart) {
		const id = services.newId("int");
		const intent = {
			id,
			connectionId: calendar.connection_id,
			calendarId: calendar.id,
			resourceId: resource.id,
			eventId: base.id,
			kind: wanted === null ? ("delete" as const) : ("update" as const),
			base: events,
			wanted,
			responseOnly,
			waitsFor: half?.waitsFor ?? null,
			move: half?.within ? LEAVES : null,
			actor,
		};
		await insertIntent(tx, userId, intent, services.now());
		return id;
	}
	if (last.kind === "create" && wanted === null && !mayBeThere(last)) return null;
	const mayBeMade =
		last.kind === "create"
			? last.attempts > 0 && last.move === null
			: onlyHere && last.kind === "update" && last.attempts > 1;
	const sent = mayBeMade ? last.wanted : last.base;
	await tx
		.updateTable("intents")
		.set({
			kind: kindOf(last, wanted),
			base: storable(sent),
			wanted: storable(wanted),
			waits_for: last.kind === "create" ? last.waits_for : (half?.waitsFor ?? null),
			move: toColumn(last.kind === "create" ? last.move : half?.within ? LEAVES : null),
			response_only: last.response_only && responseOnly,
			state: "pending",
			error: null,
			next_attempt_at: new Date(services.now() + JOB_AFTER_MS),
			actor: JSON.stringify(actor),
		})
		.where("user_id", "=", userId)
		.where("id", "=", last.id)
		.execute();
	// What had failed with it waits for it again.
	await tx
		.updateTable("intents")
		.set({ state: "pending", error: null })
		.where("user_id", "=", userId)
		.where("waits_for", "=", last.id)
		.execute();
	return last.id;
}

/**
 * What was moved here and never sent moves on or is deleted: what it was moved from goes once that is made, or at once.
 * @returns the ids of those deletions
 */
async function passOnDeletions(
	{ tx, request: { userId }, locked }: Edit,
	wanted: readonly CalendarEvent[] | null,
	half: Half | null,
): Promise<string[]> {
	const last = locked.intents.at(-1);
	if (wanted !== null || last?.kind !== "create" || !isOpen(last)) return [];
	const passed = await tx
		.updateTable("intents")
		.set({ waits_for: half?.waitsFor ?? null, move: toColumn(half?.within ? LEAVES : null) })
		.where("user_id", "=", userId)
		.where("waits_for", "=", last.id)
		.where("kind", "=", "delete")
		.returning(["id", "resource_id"])
		.execute();
	if (half?.within !== true) await deleteAsSeen(tx, userId, passed, last);
	return passed.map(({ id }) => id);
}

function toColumn(move: IntentRow["move"]): string | null {
	return move === null ? null : toRecordset(move);
}

/** It can still be changed: the provider has not been told of it, or has refused it. */
function isOpen({ state, attempts }: Pick<IntentRow, "state" | "attempts">): boolean {
	return state === "failed" || attempts === 0;
}

/** It was refused, but only after it may have been made: what was made goes, once it is found. */
function mayBeThere({ attempts, move }: Pick<IntentRow, "attempts" | "move">): boolean {
	return attempts > 1 && move?.role !== "arrives";
}

function kindOf(last: Pick<IntentRow, "kind">, wanted: readonly CalendarEvent[] | null): IntentKind {
	if (last.kind === "create") return "create";
	return wanted === null ? "delete" : "update";
}

function isUnchanged({ locked, decision }: Edit): boolean {
	if (decision.wanted === null || decision.created?.length) return false;
	const before = locked.snapshot.events.map(contentHash).sort();
	const after = decision.wanted.map(contentHash).sort();
	return before.length === after.length && before.every((hash, index) => hash === after[index]);
}

/** Saving again what is there: what was refused is tried again, and a refused deletion is taken back. */
async function keepUnchanged({ services, tx, request, locked }: Edit): Promise<CommittedWrite> {
	const { userId } = request;
	const eventId = locked.snapshot.base.id;
	const last = locked.intents.at(-1);
	if (last?.state === "failed" && last.kind === "delete") {
		await tx.deleteFrom("intents").where("user_id", "=", userId).where("id", "=", last.id).execute();
		return { eventId, intentIds: [] };
	}
	if (last?.state === "failed") await reopenIntents(services, tx, userId, last.id);
	return { eventId, intentIds: locked.intents.map(({ id }) => id) };
}

/** A refused intent, and those that failed with it, are to be tried once more. */
export async function reopenIntents(
	services: Services,
	tx: Transaction<Database>,
	userId: string,
	intentId: string,
): Promise<void> {
	await tx
		.updateTable("intents")
		.set({ state: "pending", error: null, next_attempt_at: new Date(services.now()) })
		.where("user_id", "=", userId)
		.where("state", "=", "failed")
		.where((eb) => eb.or([eb("id", "=", intentId), eb("waits_for", "=", intentId)]))
		.execute();
	await sendPush(tx, services, userId, intentId, JOB_AFTER_MS);
}
