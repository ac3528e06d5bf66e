import { type LostEdit, type ResourceEvents, type WaitedEnd, type WantedEvent, waitVerdict } from "@kalends/model";
import { sql, type Transaction } from "kysely";
import type { Database, RunError } from "../db/schema.ts";
import type { Statement } from "../events/occurrence-statements.ts";
import { type AgreedChange, queueInvitations } from "../notify/invitations/queue-invitations.ts";
import type { Services } from "../services.ts";
import { hashed } from "./commit-write.ts";
import type { VersionEntry } from "./history.ts";
import { deleteIntents, rebaseRows } from "./intent-rows.ts";
import { bringBack, type Deletion, endWaits, giveUpDeletions, intentsWithResource, mayGo } from "./moves.ts";
import { guestsKnew, toldOf } from "./told.ts";
import type { IntentRow } from "./types.ts";

/** An intent that is done, was discarded, failed, or lost a part of what it wanted. */
export interface EndedIntent {
	readonly intent: IntentRow;
	readonly end: WaitedEnd;
	/** It goes on, or stays as `failed`; else its row goes. */
	readonly stays: boolean;
	/** Its guests were told already. */
	readonly told?: true;
}

/** What has become of the intents of one resource. */
export interface IntentsOutcome {
	/** The provider's id, or the provisional one. */
	readonly resource: string;
	/** Of the single or master. */
	readonly eventId: string;
	/** What the person sees from now on. */
	readonly shown: ResourceEvents;
	/** Those that go on from another base, as they are to be stored. */
	readonly rebased: readonly IntentRow[];
	readonly ended: readonly EndedIntent[];
	/** Why those failed that did. */
	readonly error: RunError | null;
}

/** What outcomes ask to be done to events, history and intents. */
export interface Effects {
	/** By the provider's resource id. */
	readonly wanted: ReadonlyMap<string, readonly WantedEvent[]>;
	readonly remembered: (resource: string, uid: string) => string | null;
	/** Rows of resources that were never sent and go. */
	readonly drop: readonly string[];
	readonly versions: readonly VersionEntry[];
	/** On the rows of intents. */
	readonly statements: readonly (() => Statement)[];
	/** What was to move away and does not. */
	readonly givenUp: readonly Deletion[];
	/** Ids of intents that waited and need not any more. */
	readonly freed: readonly string[];
}

/** Works out what outcomes mean, also for what waits for the intents; in a transaction that has locked the calendar. */
export async function effectsOf(
	services: Services,
	tx: Transaction<Database>,
	owner: { readonly userId: string; readonly now: number },
	outcomes: readonly IntentsOutcome[],
): Promise<Effects> {
	const { userId, now } = owner;
	const waiting = await waitersOf(
		tx,
		userId,
		outcomes.flatMap(({ ended }) => ended.map(({ intent }) => intent.id)),
	);
	for (const { ended, shown } of outcomes) for (const one of ended) await tellGuests(services, tx, one, shown);
	const wanted = new Map(outcomes.map(({ resource, shown }) => [resource, hashed(shown ?? [])]));
	const eventIds = new Map(outcomes.map(({ resource, eventId }) => [resource, eventId]));
	const versions = outcomes.flatMap(({ ended }) => ended.flatMap(conflictOf));
	const drop: string[] = [];
	const freed: string[] = [];
	const agreed: string[] = [];
	const givenUp: Deletion[] = [];
	const fail: { readonly id: string; readonly error: RunError | null }[] = [];
	const queue = outcomes.flatMap(({ ended, error }) => ended.map((one) => ({ ...one, error })));
	for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
		const verdict = waitVerdict(next.end);
		for (const waiter of waiting.filter(({ waits_for }) => waits_for === next?.intent.id)) {
			if (waiter.kind === "delete") {
				const isThere = mayGo(next.end);
				// What failed may be there all the same, and is tried again or discarded.
				if (next.stays && (isThere || next.end.type === "failed")) continue;
				if (isThere) agreed.push(waiter.id);
				else givenUp.push(waiter);
				freed.push(waiter.id);
				continue;
			}
			if (verdict === "go") {
				if (!next.stays) freed.push(waiter.id);
				continue;
			}
			const end: WaitedEnd = verdict === "fail" ? { type: "failed" } : { type: "discarded" };
			queue.push({ intent: waiter, end, stays: verdict === "fail", error: next.error });
			if (verdict === "fail") {
				fail.push({ id: waiter.id, error: next.error });
				continue;
			}
			drop.push(waiter.resource_id);
			wanted.set(waiter.provider_resource_id, []);
			versions.push({ ...conflictBy(waiter), fields: [], events: waiter.wanted ?? [] });
		}
	}
	for (const deletion of givenUp) await bringBack(tx, deletion);
	return {
		wanted,
		remembered: (resource) => eventIds.get(resource) ?? null,
		drop,
		versions,
		statements: [
			() => deleteIntents(userId, endedIds(outcomes)),
			() =>
				rebaseRows(
					userId,
					now,
					outcomes.flatMap(({ rebased }) => rebased),
				),
			...fail.map(
				({ id, error }) =>
					() =>
						failIntent(userId, id, error),
			),
			() => endWaits(userId, now, agreed),
			() =>
				giveUpDeletions(
					userId,
					now,
					givenUp.map(({ id }) => id),
				),
		],
		givenUp,
		freed,
	};
}

/** The statement that marks an intent as refused; nobody holds it any more. */
export function failIntent(userId: string, id: string, error: RunError | null): Statement {
	return sql`
		UPDATE intents SET state = 'failed', claimed_until = NULL, fence = fence + 1,
			error = ${error === null ? null : JSON.stringify(error)}::jsonb
		WHERE user_id = ${userId} AND id = ${id}`;
}

/** What a write changed with the provider. */
export type AgreedEvents = Pick<AgreedChange, "before" | "after">;

export const NOTHING_AGREED: AgreedEvents = { before: null, after: null };

/** Whose guests are told. */
export function guestsOf({ user_id, connection_id, calendar_id, event_id }: IntentRow) {
	return { userId: user_id, connectionId: connection_id, calendarId: calendar_id, eventId: event_id };
}

/** A pull has found that the provider has what an intent wanted: whoever sent it has not heard of that, or will not. */
async function tellGuests(
	services: Services,
	tx: Transaction<Database>,
	{ intent, end, stays, told }: EndedIntent,
	found: ResourceEvents,
): Promise<void> {
	if (
		intent.move?.role === "leaves" ||
		told ||
		stays ||
		end.type !== "settled" ||
		end.lost.length > 0 ||
		(intent.attempts === 0 && intent.told === null)
	)
		return;
	await queueInvitations(services, tx, {
		...guestsOf(intent),
		before: guestsKnew(intent, intent.base),
		after: toldOf(intent, found),
	});
}

/** Whoever waits for these, or for those. */
async function waitersOf(tx: Transaction<Database>, userId: string, ids: readonly string[]): Promise<Deletion[]> {
	const all: Deletion[] = [];
	for (let wave = [...ids]; wave.length > 0; ) {
		const found = await intentsWithResource(tx, userId)
			.where("i.waits_for", "=", sql<string>`ANY(${wave}::text[])`)
			.forUpdate("i")
			.execute();
		all.push(...found);
		wave = found.map(({ id }) => id);
	}
	return all;
}

function endedIds(outcomes: readonly IntentsOutcome[]): string[] {
	return outcomes.flatMap(({ ended }) => ended.filter(({ stays }) => !stays).map(({ intent }) => intent.id));
}

function conflictOf({ intent, end }: EndedIntent): VersionEntry[] {
	if (end.type === "put_back") return [{ ...conflictBy(intent), fields: [], events: intent.wanted ?? [] }];
	if (end.type !== "settled" || end.lost.length === 0) return [];
	// Of a move that was refused, what it was to be.
	const wanted = intent.move?.role === "refused" ? intent.move.events : intent.wanted;
	return [{ ...conflictBy(intent), fields: fieldsOf(end.lost), events: wanted ?? intent.base ?? [] }];
}

/** Names of the API's fields, each once. */
export function fieldsOf(lost: readonly LostEdit[]): readonly string[] {
	return [...new Set(lost.flatMap((one) => one.fields))].sort();
}

function conflictBy({ event_id, actor, resource_id }: IntentRow) {
	return { eventId: event_id, action: "conflict", actor, resourceId: resource_id, onlyFirst: false } as const;
}
