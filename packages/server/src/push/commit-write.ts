import { type CalendarEvent, contentHash, type WantedEvent } from "@kalends/model";
import { sql, type Transaction } from "kysely";
import { appendChanges } from "../changes/append-changes.ts";
import type { Actor, Database, VersionAction } from "../db/schema.ts";
import type { Services } from "../services.ts";
import { bringEvents, eventEntries } from "../sync/bring-events.ts";
import type { StoredSlice } from "../sync/read-slice.ts";
import { provisionalId } from "./provisional.ts";
import type { ResourceRow } from "./types.ts";

/** A resource that a write makes. */
export interface NewResource {
	readonly rowId: string;
	readonly eventId: string;
	readonly events: readonly CalendarEvent[];
	readonly raw: string | null;
}

export interface LocalWrite {
	readonly userId: string;
	readonly calendarId: string;
	readonly actor: Actor;
	readonly action: VersionAction;
	readonly stored: StoredSlice;
	/** By the provider's resource id, of those that are there. */
	readonly wanted: ReadonlyMap<string, readonly CalendarEvent[]>;
	readonly created: readonly NewResource[];
	/** Rows of resources that were never sent, and go. */
	readonly drop: readonly string[];
}

/**
 * Writes events as a person wants them, by the code that pulls write with. In a transaction that has locked the calendar
 * and made the intents; the feed comes last, so nothing may follow.
 */
export async function commitWrite(services: Services, tx: Transaction<Database>, write: LocalWrite): Promise<void> {
	const { userId, calendarId, stored, created } = write;
	const owner = { userId, calendarId, now: services.now() };
	const wanted = new Map<string, readonly WantedEvent[]>();
	for (const [resource, events] of write.wanted) wanted.set(resource, hashed(events));
	for (const { rowId, events } of created) wanted.set(provisionalId(rowId), hashed(events));
	const eventIds = new Map(created.map(({ rowId, eventId }) => [provisionalId(rowId), eventId]));
	const plan = await bringEvents(services, tx, owner, {
		stored: stored.events,
		wanted,
		resourceIds: new Map([
			...stored.resourceIds,
			...created.map(({ rowId }) => [provisionalId(rowId), rowId] as const),
		]),
		bodies: [],
		drop: write.drop,
		expanded: new Map(),
		remembered: (resource) => eventIds.get(resource) ?? null,
		author: { actor: write.actor, action: write.action },
	});
	// A pull that is under way learns that it is not alone (sync/apply-slice.ts).
	await tx
		.updateTable("calendars")
		.set({ write_seq: sql<number>`write_seq + 1` })
		.where("user_id", "=", userId)
		.where("id", "=", calendarId)
		.execute();
	await appendChanges(tx, userId, owner.now, eventEntries(plan, calendarId));
}

/** Makes the rows of new resources, which the provider has not named yet. */
export async function insertProvisional(
	tx: Transaction<Database>,
	{ userId, calendarId }: { readonly userId: string; readonly calendarId: string },
	{ rowId, raw }: Pick<NewResource, "rowId" | "raw">,
): Promise<ResourceRow> {
	return tx
		.insertInto("resources")
		.values({
			user_id: userId,
			id: rowId,
			calendar_id: calendarId,
			provider_resource_id: provisionalId(rowId),
			raw: raw ?? "",
		})
		.returningAll()
		.executeTakeFirstOrThrow();
}

export function hashed(events: readonly CalendarEvent[]): WantedEvent[] {
	return events.map((event) => ({ event, hash: contentHash(event) }));
}
