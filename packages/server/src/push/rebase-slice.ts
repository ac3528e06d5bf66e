import { rebaseIntents } from "@kalends/model";
import type { RemoteResource } from "@kalends/providers";
import { sql, type Transaction } from "kysely";
import type { Database } from "../db/schema.ts";
import type { CalendarOwner } from "../sync/read-slice.ts";
import { ANEW_KEY, anewKey, foundThere, IS_ONLY_HERE } from "./only-here.ts";
import type { EndedIntent, IntentsOutcome } from "./outcomes.ts";
import { DRAFT_KEY, draftKey, IS_PROVISIONAL, isProvisional } from "./provisional.ts";
import { toldBefore } from "./told.ts";
import type { IntentRow } from "./types.ts";

interface OpenResource {
	readonly rowId: string;
	readonly resource: string;
	readonly provisional: boolean;
	/** As of `Scene`: an intent may have made it anew. */
	readonly onlyHere: boolean;
	readonly intents: readonly IntentRow[];
}

/**
 * Puts the open intents of what a pull has found onto it. What Kalends made there and has not heard of, and what was
 * renamed or made anew there, is known by the key that it was made under, else by its UID: its row is given the id under
 * which it was found.
 *
 * In a transaction that has locked the calendar.
 * @param removed provider ids of what is gone
 */
export async function rebaseSlice(
	tx: Transaction<Database>,
	calendar: CalendarOwner,
	changed: readonly RemoteResource[],
	removed: readonly string[],
): Promise<readonly IntentsOutcome[]> {
	const found = new Map(changed.map((resource) => [resource.id, resource]));
	const byUid = new Map(changed.flatMap((resource) => resource.events.map(({ uid }) => [uid, resource] as const)));
	const byKey = new Map(changed.flatMap((one) => (one.draftKey === undefined ? [] : [[one.draftKey, one] as const])));
	const names = { ids: [...found.keys(), ...removed], uids: [...byUid.keys()], keys: [...byKey.keys()] };
	const open = await lockOpen(tx, calendar, names);
	await linkKept(tx, calendar, { found, byUid, byKey });
	const known = new Set(open.map(({ resource }) => resource));
	const gone = new Set(removed);
	const outcomes: IntentsOutcome[] = [];
	for (const one of open) {
		const { rowId, provisional, onlyHere, intents } = one;
		let { resource } = one;
		let isAnew = false;
		const isAway = onlyHere && !found.has(resource);
		if (provisional || isAway || gone.has(resource)) {
			const keys = provisional
				? [draftKey(rowId)]
				: isAway
					? [anewKey({ id: rowId, provider_resource_id: resource })]
					: [];
			const made = keys.flatMap((key) => byKey.get(key) ?? [])[0];
			const other = made ?? intents.flatMap(uidsOf).flatMap((uid) => byUid.get(uid) ?? [])[0];
			const moved = other !== undefined && !known.has(other.id) && (await linkResource(tx, calendar, rowId, other.id));
			if (moved) {
				resource = other.id;
				isAnew = isAway;
			} else if (provisional || (isAway && !gone.has(resource))) continue;
		}
		const remote = found.get(resource)?.events ?? [];
		const asMade = intents.map((intent) => ({ ...intent, onlyHere: isAnew }));
		outcomes.push(rebaseOutcome(resource, asMade, remote.length === 0 ? null : remote));
	}
	return outcomes;
}

/** What remains of intents on what the provider has. */
function rebaseOutcome(
	resource: string,
	intents: readonly IntentRow[],
	remote: Parameters<typeof rebaseIntents>[0],
): IntentsOutcome {
	return outcomeOf(resource, intents, rebaseIntents(remote, intents));
}

/** @param rows the intents that were rebased, of which there is at least one */
export function outcomeOf(
	resource: string,
	rows: readonly IntentRow[],
	{ intents, settled, shown }: ReturnType<typeof rebaseIntents<IntentRow>>,
): IntentsOutcome {
	const ended: EndedIntent[] = [];
	for (const { id, lost } of settled) {
		const intent = rows.find((row) => row.id === id);
		if (intent !== undefined) ended.push({ intent, end: { type: "settled", lost }, stays: false });
	}
	for (const { id, lost } of intents) {
		const intent = rows.find((row) => row.id === id);
		if (lost.length > 0 && intent !== undefined) ended.push({ intent, end: { type: "settled", lost }, stays: true });
	}
	// Whoever is sending one may have an answer that is older than what was found, though it says the same.
	const rebased = intents
		.filter((intent) => intent.rebased || intent.claimed_until !== null)
		.map((intent) => {
			const row = rows.find(({ id }) => id === intent.id);
			return row === undefined ? intent : { ...intent, told: toldBefore(row, intent.base) };
		});
	return { resource, eventId: rows[0]?.event_id ?? "", shown, rebased, ended, error: null };
}

function uidsOf({ base, wanted }: IntentRow): string[] {
	return (wanted ?? base ?? []).map(({ uid }) => uid);
}

/** The intents of these resources, and of new ones with these UIDs or keys; nobody claims one of them meanwhile. */
async function lockOpen(
	tx: Transaction<Database>,
	{ userId, id: calendarId }: CalendarOwner,
	{ ids, uids, keys }: Readonly<Record<"ids" | "uids" | "keys", readonly string[]>>,
): Promise<OpenResource[]> {
	if (ids.length === 0) return [];
	const { rows } = await sql<IntentRow & { readonly provider_resource_id: string; readonly only_here: boolean }>`
		WITH touched AS (
			SELECT DISTINCT i.resource_id, r.provider_resource_id, ${IS_ONLY_HERE} AS only_here
			FROM intents i JOIN resources r ON r.user_id = i.user_id AND r.id = i.resource_id
			WHERE i.user_id = ${userId} AND i.calendar_id = ${calendarId} AND (
				r.provider_resource_id = ANY(${[...ids]}::text[])
				OR (${IS_PROVISIONAL} AND (coalesce(i.wanted, i.base) -> 0 ->> 'uid' = ANY(${[...uids]}::text[])
					OR ${DRAFT_KEY} = ANY(${[...keys]}::text[])))
				OR (i.kind <> 'create' AND (i.kind = 'update' AND i.wanted -> 0 ->> 'uid' = ANY(${[...uids]}::text[])
					OR ${ANEW_KEY} = ANY(${[...keys]}::text[])) AND ${IS_ONLY_HERE}))
		)
		SELECT i.*, t.provider_resource_id, t.only_here FROM intents i JOIN touched t ON t.resource_id = i.resource_id
		WHERE i.user_id = ${userId} ORDER BY i.seq FOR UPDATE OF i`.execute(tx);
	return [...Map.groupBy(rows, (row) => row.resource_id)].flatMap(([rowId, intents]) => {
		const [first] = intents;
		if (first === undefined) return [];
		const { provider_resource_id: resource, only_here: onlyHere } = first;
		const provisional = isProvisional({ id: rowId, provider_resource_id: resource });
		return [{ rowId, resource, provisional, onlyHere, intents }];
	});
}

/** What is only here, and nobody changes, is what was found under another name: a change was taken back that made it. */
async function linkKept(
	tx: Transaction<Database>,
	calendar: CalendarOwner,
	{ found, byUid, byKey }: Readonly<Record<"found" | "byUid" | "byKey", ReadonlyMap<string, RemoteResource>>>,
): Promise<void> {
	if (found.size === 0) return;
	const { rows } = await sql<{ readonly id: string; readonly resource: string; readonly uid: string | null }>`
		SELECT r.id, r.provider_resource_id AS resource, min(e.ical_uid) AS uid
		FROM held_deletions d JOIN resources r ON r.user_id = d.user_id AND r.id = d.resource_id
		LEFT JOIN events e ON e.user_id = r.user_id AND e.resource_id = r.id
		WHERE d.user_id = ${calendar.userId} AND d.calendar_id = ${calendar.id}
			AND (e.ical_uid = ANY(${[...byUid.keys()]}::text[]) OR ${ANEW_KEY} = ANY(${[...byKey.keys()]}::text[]))
			AND NOT EXISTS (SELECT FROM intents i WHERE i.user_id = r.user_id AND i.resource_id = r.id)
		GROUP BY r.id, r.provider_resource_id`.execute(tx);
	for (const { id, resource, uid } of rows) {
		const made =
			byKey.get(anewKey({ id, provider_resource_id: resource })) ?? (uid === null ? undefined : byUid.get(uid));
		if (made !== undefined && !found.has(resource)) await linkResource(tx, calendar, id, made.id);
	}
}

/** False where another row stands for that resource already. */
async function linkResource(
	tx: Transaction<Database>,
	{ userId, id: calendarId }: CalendarOwner,
	rowId: string,
	resource: string,
): Promise<boolean> {
	const result = await tx
		.updateTable("resources as r")
		.set({ provider_resource_id: resource })
		.where("r.user_id", "=", userId)
		.where("r.id", "=", rowId)
		.where(({ not, exists, selectFrom }) =>
			not(
				exists(
					selectFrom("resources as o")
						.select("o.id")
						.where("o.user_id", "=", userId)
						.where("o.calendar_id", "=", calendarId)
						.where("o.provider_resource_id", "=", resource),
				),
			),
		)
		.executeTakeFirst();
	const isLinked = result.numUpdatedRows === 1n;
	if (isLinked) await foundThere(tx, userId, rowId);
	return isLinked;
}
