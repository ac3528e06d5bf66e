import type { Transaction } from "kysely";
import type { ChangeEntry } from "../changes/append-changes.ts";
import type { Database } from "../db/schema.ts";
import type { Services } from "../services.ts";
import { bringEvents, eventEntries } from "../sync/bring-events.ts";
import { readSlice } from "../sync/read-slice.ts";
import { executeInTurn } from "../sync/write-slice.ts";
import { type Author, BY_PROVIDER } from "./history.ts";
import { sendPush } from "./intent-rows.ts";
import { bringBack } from "./moves.ts";
import { effectsOf, type IntentsOutcome } from "./outcomes.ts";
import type { IntentRow } from "./types.ts";

/** Where and when something is settled. */
export interface SettleOwner {
	readonly userId: string;
	readonly calendarId: string;
	readonly now: number;
}

interface Applying {
	/** Rows of resources that go besides. */
	readonly drop: readonly string[];
	readonly author: Author;
	/** Ids of the calendars that are locked besides. */
	readonly locked?: ReadonlySet<string>;
}

/**
 * Performs an outcome in a transaction that has locked the calendar. What was to move away and does not is shown again at
 * once where its calendar is locked too; else its own push does that.
 * @returns the entries for the feed
 */
export async function applyOutcome(
	services: Services,
	tx: Transaction<Database>,
	owner: SettleOwner,
	outcome: IntentsOutcome,
	{ drop, author, locked }: Applying,
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
	const entries = eventEntries(plan, calendarId);
	const shown = new Set<string>();
	for (const deletion of effects.givenUp.filter(({ calendar_id }) => locked?.has(calendar_id) === true)) {
		entries.push(...(await showAgain(services, tx, owner, deletion, { stays: false })));
		shown.add(deletion.id);
	}
	for (const id of effects.freed) if (!shown.has(id)) await sendPush(tx, services, userId, id, 0);
	return entries;
}

/**
 * Shows what was to move away as it is in its own calendar, which is locked.
 * @param end whether the deletion stays, as `failed`
 */
export async function showAgain(
	services: Services,
	tx: Transaction<Database>,
	{ userId, now }: SettleOwner,
	deletion: IntentRow & { readonly provider_resource_id: string },
	{ stays }: { readonly stays: boolean },
): Promise<ChangeEntry[]> {
	const outcome: IntentsOutcome = {
		resource: deletion.provider_resource_id,
		eventId: deletion.event_id,
		shown: deletion.base,
		rebased: [],
		ended: stays ? [] : [{ intent: deletion, end: { type: "discarded" }, stays }],
		error: null,
	};
	const owner = { userId, calendarId: deletion.calendar_id, now };
	await bringBack(tx, deletion);
	return applyOutcome(services, tx, owner, outcome, { drop: [], author: { ...BY_PROVIDER, action: "restored" } });
}

/** Tells that the event's `sync` has changed, unless the feed tells of it anyway, or it is gone. */
export async function syncEntry(
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
