import { type CalendarEvent, changedFields, originalStartKey } from "@kalends/model";
import type { CalendarProvider, ProviderContext, RemoteCalendar } from "@kalends/providers";
import { type Reaching, reachProvider } from "../connections/provider-context.ts";
import { notFound } from "../http/problem.ts";

/** One event that is not the same here and there. */
export interface Difference {
	readonly calendarId: string;
	readonly calendarName: string;
	/** `missing` here, `extra` here (the provider has it no more), or `different`. */
	readonly kind: "missing" | "extra" | "different";
	readonly uid: string;
	/** Key of the original start of an override; null for singles and masters. */
	readonly originalStart: string | null;
	readonly title: string;
	/** Names of the API's fields that differ. */
	readonly fields: readonly string[];
}

export interface Verification {
	readonly calendars: number;
	readonly events: number;
	/** Local writes that the provider has not agreed to yet; what they are of is not compared. */
	readonly pending: number;
	readonly differences: readonly Difference[];
}

/**
 * Compares the stored copy with what the provider has: everything is fetched anew, nothing is written.
 * What Kalends keeps on purpose is no difference: deletions that wait for a decision or were refused, and past events
 * that left a feed's window. Nor is what a local write has changed and the provider has not yet.
 *
 * @throws ProviderFailure where the provider cannot be asked, Problem `not_found` for an unknown connection
 */
export async function verifyConnection(
	services: Reaching,
	userId: string,
	connectionId: string,
	signal?: AbortSignal,
): Promise<Verification> {
	const connection = await services.db
		.selectFrom("connections")
		.selectAll()
		.where("user_id", "=", userId)
		.where("id", "=", connectionId)
		.executeTakeFirst();
	if (connection === undefined) throw notFound("connection");
	const { provider, context: base } = reachProvider(services, connection, { signal });
	const { now } = services;
	const listing = await provider.listCalendars(base);
	const context = { ...base, settings: listing.settings ?? connection.settings };
	const rows = await services.db
		.selectFrom("calendars")
		.select(["id", "provider_calendar_id", "name", "name_override"])
		.where("user_id", "=", userId)
		.where("connection_id", "=", connectionId)
		.where("selected", "=", true)
		.orderBy("id")
		.execute();
	let calendars = 0;
	let events = 0;
	let pending = 0;
	const differences: Difference[] = [];
	for (const row of rows) {
		const remote = listing.calendars.find((one) => one.id === row.provider_calendar_id);
		if (remote === undefined) continue;
		const openBefore = await readOpen(services, userId, row.id);
		const wanted = await fetchAll(provider, remote, context);
		const stored = await readStored(services, userId, row.id);
		const openAfter = await readOpen(services, userId, row.id);
		const open = new Set([...openBefore, ...openAfter].map(({ uid }) => uid));
		calendars++;
		events += wanted.size;
		pending += new Set(openAfter.map(({ id }) => id)).size;
		const keepsPast = !provider.capabilities.pastAbsenceMeansDeletion;
		for (const difference of compare(wanted, stored, keepsPast ? now() : null)) {
			if (open.has(difference.uid)) continue;
			differences.push({ calendarId: row.id, calendarName: row.name_override ?? row.name, ...difference });
		}
	}
	return { calendars, events, pending, differences };
}

/** Events by resource, UID and original start. */
type EventMap<E> = Map<string, E>;

interface StoredCopy {
	readonly event: CalendarEvent;
	readonly held: boolean;
	/** Last end of the series that it belongs to; null: endless. */
	readonly endsAt: number | null;
}

async function fetchAll(
	provider: CalendarProvider,
	remote: RemoteCalendar,
	context: ProviderContext,
): Promise<EventMap<CalendarEvent>> {
	const resources = new Map<string, readonly CalendarEvent[]>();
	for await (const page of provider.pull(
		remote,
		null,
		{ etags: async () => new Map(), bodies: async () => new Map() },
		context,
	)) {
		for (const { id, events } of page.changed) resources.set(id, events);
		for (const id of page.removed) resources.delete(id);
	}
	const all: EventMap<CalendarEvent> = new Map();
	for (const [resource, events] of resources) {
		for (const event of events) {
			const key = keyOf(resource, event);
			const rival = all.get(key);
			if (rival === undefined || isNewer(event, rival)) all.set(key, event);
		}
	}
	return all;
}

/** The open local writes of a calendar, with each UID that they are of. */
async function readOpen(
	{ db }: Reaching,
	userId: string,
	calendarId: string,
): Promise<readonly { readonly id: string; readonly uid: string }[]> {
	const rows = await db
		.selectFrom("intents")
		.select(["id", "base", "wanted"])
		.where("user_id", "=", userId)
		.where("calendar_id", "=", calendarId)
		.execute();
	return rows.flatMap(({ id, base, wanted }) => [...(base ?? []), ...(wanted ?? [])].map(({ uid }) => ({ id, uid })));
}

/** As `planSlice` decides between two of a kind in one resource. */
function isNewer(event: CalendarEvent, than: CalendarEvent): boolean {
	if (event.sequence !== than.sequence) return event.sequence > than.sequence;
	return (event.updated_at ?? "") > (than.updated_at ?? "");
}

async function readStored({ db }: Reaching, userId: string, calendarId: string): Promise<EventMap<StoredCopy>> {
	const rows = await db
		.selectFrom("events as e")
		.innerJoin("resources as r", (join) =>
			join.onRef("r.user_id", "=", "e.user_id").onRef("r.id", "=", "e.resource_id"),
		)
		.leftJoin("events as m", (join) => join.onRef("m.user_id", "=", "e.user_id").onRef("m.id", "=", "e.master_id"))
		.leftJoin("held_deletions as h", (join) =>
			join.onRef("h.user_id", "=", "e.user_id").onRef("h.resource_id", "=", "e.resource_id"),
		)
		.select(["e.data", "e.series_ends_at", "m.id as master", "m.series_ends_at as master_ends_at"])
		.select(["r.provider_resource_id as resource", "h.resource_id as held"])
		.where("e.user_id", "=", userId)
		.where("e.calendar_id", "=", calendarId)
		.execute();
	return new Map(
		rows.map((row) => {
			const ends = row.master === null ? row.series_ends_at : row.master_ends_at;
			const copy = { event: row.data, held: row.held !== null, endsAt: ends?.getTime() ?? null };
			return [keyOf(row.resource, row.data), copy];
		}),
	);
}

/** @param pastBefore stored events that ended before this may be missing there; null: none may */
function* compare(
	wanted: EventMap<CalendarEvent>,
	stored: EventMap<StoredCopy>,
	pastBefore: number | null,
): Generator<Omit<Difference, "calendarId" | "calendarName">> {
	for (const [key, event] of wanted) {
		const copy = stored.get(key);
		const fields = copy === undefined ? [] : changedFields(copy.event, event);
		if (copy === undefined) yield { kind: "missing", ...describe(event), fields };
		else if (fields.length > 0) yield { kind: "different", ...describe(event), fields };
	}
	for (const [key, { event, held, endsAt }] of stored) {
		const isPast = pastBefore !== null && endsAt !== null && endsAt < pastBefore;
		if (!wanted.has(key) && !held && !isPast) yield { kind: "extra", ...describe(event), fields: [] };
	}
}

function describe(event: CalendarEvent) {
	const originalStart = event.recurrence_id === null ? null : originalStartKey(event.recurrence_id);
	return { uid: event.uid, originalStart, title: event.title };
}

function keyOf(resource: string, event: CalendarEvent): string {
	const key = event.recurrence_id === null ? "" : originalStartKey(event.recurrence_id);
	return JSON.stringify([resource, event.uid, key]);
}
