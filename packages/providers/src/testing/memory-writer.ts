import { type CalendarEvent, writeCalendar } from "@kalends/model";
import { ProviderFailure, type ProviderFailureKind, type ProviderFailureReason } from "../port/failure.ts";
import type { RemoteCalendar, RemoteResource } from "../port/provider.ts";
import type { CurrentResource, ResourceDraft, ResourceWriter, UpdateOptions, WriteContext } from "../port/writer.ts";
import { outgoingEvents, sameEvents } from "../shared/outgoing.ts";
import { type MemoryAccount, type MemoryCalendar, readBody, storeEntry } from "./memory-store.ts";

export type WriteOperation = "read" | "find_created" | "create" | "update" | "move" | "remove";
/** Those that have an effect, whose answer can be lost. */
export type EffectOperation = "create" | "update" | "move" | "remove";

/** What a write did, in the order in which it took effect. */
export interface PerformedWrite {
	readonly operation: EffectOperation;
	readonly calendarId: string;
	/** The resource's id. */
	readonly id: string;
	/** What was given to be stored; empty for `move` and `remove`. */
	readonly events: readonly CalendarEvent[];
	readonly responseOnly: boolean;
}

/** What the writer needs of the side that it writes to. */
export interface WriterSide {
	calendarOf(context: WriteContext, calendarId: string): { account: MemoryAccount; calendar: MemoryCalendar };
	/** Counts the call, waits where it is held, and fails where that was told. */
	before(operation: WriteOperation): Promise<void>;
	/** The effect is there; the answer waits, or is lost. */
	after(operation: EffectOperation): Promise<void>;
	newEtag(): string;
	/** Does the side store something else than it was sent, so that it tells no etag? */
	readonly rewrites: boolean;
	/** Does it move resources between calendars by itself? */
	readonly moves: boolean;
	readonly performed: PerformedWrite[];
}

/** Writes to the in-memory side as a strict CalDAV server would let it: etags, one resource for each UID, rights. */
export function memoryWriter(side: WriterSide): ResourceWriter {
	const read = (calendar: RemoteCalendar, id: string, context: WriteContext) =>
		side.calendarOf(context, calendar.id).calendar.entries.get(id)?.resource ?? null;

	const store = (
		{ account, calendar }: ReturnType<WriterSide["calendarOf"]>,
		id: string,
		events: readonly CalendarEvent[],
		before: Pick<RemoteResource, "raw" | "events"> | null,
		{ person, now }: WriteContext,
		responseOnly = false,
	): RemoteResource => {
		const email = account.username.includes("@") ? account.username : person.email;
		const context = { organizer: { email, name: person.name }, responseOnly, now: now() };
		const outgoing = outgoingEvents(before?.events ?? [], events, context);
		const sent = writeCalendar({ events: outgoing, base: before?.raw || null, now: now() });
		const parse = (body: string) => {
			const resource = readBody(id, side.newEtag(), body, calendar.remote.timeZone, account.username);
			if (resource === null) throw new Error("wrote what cannot be read");
			return resource;
		};
		const stored = parse(side.rewrites ? rewritten(sent) : sent);
		storeEntry(calendar, { id, resource: stored, broken: false });
		return side.rewrites ? { ...parse(sent), etag: null } : stored;
	};

	const move: NonNullable<ResourceWriter["move"]> = async (from, { id }, to, context) => {
		await side.before("move");
		const [left, entered] = [from, to].map((each) => writable(side.calendarOf(context, each.id)).calendar);
		const stored = left?.entries.get(id)?.resource;
		if (!left || !entered || !stored) throw failed("not_found", "resource_gone");
		if (entered.entries.get(id)?.resource) throw failed("invalid", "already_exists");
		const resource = { ...stored, etag: side.newEtag() };
		storeEntry(left, { id, resource: null, broken: false });
		storeEntry(entered, { id, resource, broken: false });
		for (const { uid } of stored.events) if (left.written.delete(uid)) entered.written.set(uid, id);
		side.performed.push({ operation: "move", calendarId: to.id, id, events: [], responseOnly: false });
		await side.after("move");
		return resource;
	};

	return {
		async read(calendar, id, context) {
			await side.before("read");
			return read(calendar, id, context);
		},
		async findCreated(calendar, draft, context) {
			await side.before("find_created");
			const { entries } = side.calendarOf(context, calendar.id).calendar;
			if (entries.get(draft.key)?.resource === null) throw failed("gone", "resource_gone");
			return read(calendar, draft.key, context);
		},
		async create(calendar: RemoteCalendar, draft: ResourceDraft, context: WriteContext) {
			await side.before("create");
			const place = writable(side.calendarOf(context, calendar.id));
			const { entries } = place.calendar;
			if (entries.get(draft.key)?.resource) throw failed("precondition_failed", "already_exists");
			const uids = new Set(draft.events.map(({ uid }) => uid));
			for (const { resource } of entries.values()) {
				if (resource?.events.some(({ uid }) => uids.has(uid))) throw failed("invalid", "uid_conflict");
			}
			const resource = store(
				place,
				draft.key,
				draft.events,
				draft.raw === null ? null : { raw: draft.raw, events: [] },
				context,
			);
			const { events } = draft;
			for (const uid of uids) place.calendar.written.set(uid, draft.key);
			side.performed.push({
				operation: "create",
				calendarId: calendar.id,
				id: draft.key,
				events,
				responseOnly: false,
			});
			await side.after("create");
			return resource;
		},
		async update(
			calendar: RemoteCalendar,
			current: CurrentResource,
			events: readonly CalendarEvent[],
			{ responseOnly }: UpdateOptions,
			context: WriteContext,
		) {
			await side.before("update");
			const place = writable(side.calendarOf(context, calendar.id));
			const stored = place.calendar.entries.get(current.id)?.resource;
			if (!stored) throw failed("not_found", "resource_gone");
			if (!isAsKnown(current, stored, place)) throw failed("precondition_failed", "changed_meanwhile");
			const resource = store(place, current.id, events, stored, context, responseOnly);
			side.performed.push({ operation: "update", calendarId: calendar.id, id: current.id, events, responseOnly });
			await side.after("update");
			return resource;
		},
		async remove(calendar, current, context) {
			await side.before("remove");
			const place = writable(side.calendarOf(context, calendar.id));
			const stored = place.calendar.entries.get(current.id)?.resource;
			if (stored && !isAsKnown(current, stored, place)) throw failed("precondition_failed", "changed_meanwhile");
			if (stored) {
				storeEntry(place.calendar, { id: current.id, resource: null, broken: false });
				side.performed.push({
					operation: "remove",
					calendarId: calendar.id,
					id: current.id,
					events: [],
					responseOnly: false,
				});
			}
			await side.after("remove");
		},
		...(side.moves ? { move } : {}),
	};
}

/** By etag; where none is known, by what is in it. */
function isAsKnown(
	{ id, etag, raw }: CurrentResource,
	stored: RemoteResource,
	{ account, calendar }: ReturnType<WriterSide["calendarOf"]>,
): boolean {
	if (etag !== null) return etag === stored.etag;
	const known = readBody(id, "", raw, calendar.remote.timeZone, account.username);
	return sameEvents(known?.events ?? [], stored.events);
}

function writable<T extends { readonly calendar: MemoryCalendar }>(place: T): T {
	const { access } = place.calendar.remote;
	if (access !== "write" && access !== "owner") throw failed("forbidden", "read_only");
	return place;
}

/** As servers that schedule do: a property more in each event. */
function rewritten(body: string): string {
	return body.replaceAll("END:VEVENT\r\n", "X-STORED-BY:memory\r\nEND:VEVENT\r\n");
}

function failed(kind: ProviderFailureKind, reason: ProviderFailureReason): ProviderFailure {
	return new ProviderFailure(kind, { reason, message: `the other side answered ${reason}` });
}
