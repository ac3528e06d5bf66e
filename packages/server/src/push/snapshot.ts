import { parseOriginalStartKey } from "@kalends/model";
import type { Transaction } from "kysely";
import type { Database } from "../db/schema.ts";
import { eventEtag } from "../events/event-to-wire.ts";
import { notFound } from "../http/problem.ts";
import { readSlice, type StoredSlice } from "../sync/read-slice.ts";
import { lockIntents } from "./intent-rows.ts";
import { lockCalendars } from "./moves.ts";
import { IS_ONLY_HERE } from "./only-here.ts";
import type { CalendarRow, ConnectionRow, IntentRow, ResourceSnapshot } from "./types.ts";

/** A snapshot with what writing needs besides. */
export interface LockedResource {
	readonly snapshot: ResourceSnapshot;
	readonly stored: StoredSlice;
	readonly intents: readonly IntentRow[];
}

/**
 * Locks the calendar for a write of a person.
 * @throws Problem `not_found`
 */
export async function lockForWrite(
	tx: Transaction<Database>,
	userId: string,
	calendarId: string,
	missing: "event" | "calendar",
): Promise<{ readonly calendar: CalendarRow; readonly connection: ConnectionRow }> {
	const calendar = await tx
		.selectFrom("calendars")
		.selectAll()
		.where("user_id", "=", userId)
		.where("id", "=", calendarId)
		.forUpdate()
		.executeTakeFirst();
	if (calendar === undefined) throw notFound(missing);
	const connection = await tx
		.selectFrom("connections")
		.selectAll()
		.where("user_id", "=", userId)
		.where("id", "=", calendar.connection_id)
		.executeTakeFirst();
	if (connection === undefined) throw notFound(missing);
	return { calendar, connection };
}

/**
 * Locks the calendar of an event, and reads the resource that it lies in: of an occurrence the series', unless an
 * override of its own lies elsewhere.
 * @param eventId an event's or occurrence's id
 * @throws Problem `not_found`
 */
export async function lockResource(
	tx: Transaction<Database>,
	userId: string,
	eventId: string,
): Promise<LockedResource> {
	const before = await findRow(tx, userId, eventId);
	if (before === undefined) throw notFound("event");
	const { calendar, connection } = await lockForWrite(tx, userId, before.calendar_id, "event");
	// Another write may have come first.
	const row = await findRow(tx, userId, eventId);
	if (row === undefined || row.calendar_id !== calendar.id) throw notFound("event");
	const { onlyHere, ...resource } = await tx
		.selectFrom("resources as r")
		.selectAll("r")
		.select(IS_ONLY_HERE.as("onlyHere"))
		.where("r.user_id", "=", userId)
		.where("r.id", "=", row.resource_id)
		.executeTakeFirstOrThrow();
	const stored = await readSlice(tx, { userId, id: calendar.id }, [resource.provider_resource_id], []);
	const base = stored.events.find((one) => one.id === (row.master_id ?? row.id));
	if (base === undefined) throw notFound("event");
	const intents = await lockIntents(tx, userId, resource.id);
	const snapshot: ResourceSnapshot = {
		calendar,
		connection,
		resource,
		onlyHere,
		events: stored.events.filter((one) => one.resource === resource.provider_resource_id).map(({ event }) => event),
		base: {
			id: base.id,
			kind: base.kind,
			version: base.version,
			etag: eventEtag({ version: base.version, content_hash: base.hash }),
			event: base.event,
		},
		masterId: base.kind === "master" ? base.id : null,
		target: base.kind === "master" ? targetOf(eventId) : null,
		intents,
	};
	return { snapshot, stored, intents };
}

/**
 * Locks the calendar of an event and one that it is to go to.
 * @throws Problem `not_found` for an unknown event
 */
export async function lockForMove(
	tx: Transaction<Database>,
	userId: string,
	eventId: string,
	targetCalendarId: string,
): Promise<void> {
	const row = await findRow(tx, userId, eventId);
	if (row === undefined) throw notFound("event");
	// Named as the one that it is in, it stays there: nothing may be written at all.
	if (row.calendar_id === targetCalendarId) return;
	await lockCalendars(tx, userId, [row.calendar_id, targetCalendarId]);
}

/** The row that an id names; of an occurrence without a row of its own the master's. */
export async function findRow(tx: Transaction<Database>, userId: string, eventId: string) {
	const masterId = eventId.split(".", 1)[0] ?? eventId;
	const rows = await tx
		.selectFrom("events")
		.select(["id", "kind", "master_id", "calendar_id", "resource_id"])
		.where("user_id", "=", userId)
		.where("id", "in", [eventId, masterId])
		.execute();
	const own = rows.find((row) => row.id === eventId);
	if (own !== undefined) return own;
	const master = rows.find((row) => row.kind === "master");
	return targetOf(eventId) === null ? undefined : master;
}

function targetOf(eventId: string): string | null {
	const dot = eventId.indexOf(".");
	const key = dot < 0 ? "" : eventId.slice(dot + 1);
	return parseOriginalStartKey(key) === null ? null : key;
}
