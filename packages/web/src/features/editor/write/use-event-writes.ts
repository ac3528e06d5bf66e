import { type CalendarEvent, type EventPatch, type EventScope, KalendsError, type NewEvent } from "@kalends/client";
import { useLingui } from "@lingui/react/macro";
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { kalends } from "../../../api/kalends.ts";
import { announce } from "../../../ui/live-region.tsx";
import { offerUndo } from "../../../ui/toast.tsx";
import { RANGES } from "../../calendar/queries.ts";
import { applied, type PlannedWrite } from "../../calendar/write/optimistic.ts";
import { isEmptyPatch, type Undo, undoOf, undoOfCreate } from "../../calendar/write/undo.ts";
import { conflictRows } from "../conflict/view-model.ts";
import { addFailed, asked, type Change, conflict, hasGuests, isSeries, type Write } from "./requests.ts";

export interface EventWrites {
	/** @returns the event, or null where it did not get through; it then waits among the failed */
	create(body: NewEvent): Promise<CalendarEvent | null>;
	/** Asks whom it is for where that matters. @returns false where it was called off or did not get through */
	update(event: CalendarEvent, patch: EventPatch): Promise<boolean>;
	remove(event: CalendarEvent): Promise<boolean>;
	restore(eventId: string, version: number, etag?: string): Promise<boolean>;
	/** Of a change that the provider has refused, or not got yet. */
	settle(event: CalendarEvent, action: "retry" | "discard"): Promise<boolean>;
}

/** Writes that are under way, or newer than what was read, by series: each ends with the etag that it left. */
const turns = new Map<string, Promise<string | null>>();

/** Writes of events: shown at once, undoable, and never lost when they do not get through. */
export function useEventWrites(zone: string): EventWrites {
	const { t } = useLingui();
	const client = useQueryClient();
	const untitled = t`(No title)`;
	const nameOf = (title: string | null | undefined) => (title == null || title.trim() === "" ? untitled : title);

	const offer = (text: string, undo: () => Promise<Undo | null>, etag?: string) =>
		offerUndo(text, async () => {
			try {
				const plan = await undo();
				if (plan === null) throw new Error(t`What it was like before is no longer kept.`);
				await performUndo(plan, etag);
				announce(t`Undone`);
			} catch (error) {
				const again = () => offer(text, undo, etag);
				addFailed({ title: t`That could not be undone`, ...reasonOf(error), again });
			} finally {
				await client.invalidateQueries({ queryKey: ["events"] });
			}
		});

	const failed = (title: string, error: unknown, again: () => void): false => {
		addFailed({ title, ...reasonOf(error), again });
		announce(title);
		return false;
	};

	const create = async (body: NewEvent, key: string): Promise<CalendarEvent | null> => {
		const name = nameOf(body.title);
		try {
			const event = await kalends.events.create(body, { idempotencyKey: key });
			await client.invalidateQueries({ queryKey: ["events"] });
			offer(t`“${name}” was added`, async () => undoOfCreate(event.id, event.recurrence !== null), event.etag);
			return event;
		} catch (error) {
			if (isRefused(error)) await client.invalidateQueries({ queryKey: ["events"] });
			else if (!isFault(error)) failed(t`“${name}” could not be added`, error, () => void create(body, key));
			if (isFault(error)) throw error;
			return null;
		}
	};

	const write = async (wanted: Exclude<Write, { kind: "create" }>, readEtag: string): Promise<boolean> => {
		const { event, scope } = wanted;
		const name = nameOf(wanted.kind === "update" ? (wanted.patch.title ?? event.title) : event.title);
		const planned: PlannedWrite =
			wanted.kind === "update" ? { ...wanted, target: event } : { kind: "delete", target: event, scope };
		const takeBack = await showAtOnce(client, planned, zone);
		// What this person changed a moment ago is no conflict with themselves.
		const turn = Promise.withResolvers<string | null>();
		const before = turns.get(seriesOf(event));
		turns.set(seriesOf(event), turn.promise);
		const etag = (await before) ?? readEtag;
		let etagAfter: string | null = null;
		const options = { ifMatch: etag, ...(scope === null ? {} : { scope }) };
		try {
			if (wanted.kind === "delete") {
				await kalends.events.delete(event.id, options);
				offer(t`“${name}” was deleted`, () => undoFromHistory(event.id, null));
				return true;
			}
			const after = await kalends.events.update(event.id, wanted.patch, options);
			etagAfter = after.etag;
			const created = scope === "following" && after.id !== seriesOf(event) ? after.id : null;
			const what = wanted.patch.start === undefined ? t`“${name}” was changed` : t`“${name}” was moved`;
			offer(what, () => undoFromHistory(event.id, created), created === null ? after.etag : undefined);
			return true;
		} catch (error) {
			takeBack();
			if (isFault(error)) throw error;
			if (isConflict(error)) {
				turn.resolve(null);
				return await onConflict(wanted, error);
			}
			if (isRefused(error)) {
				announce(error.detail);
				return false;
			}
			const title = wanted.kind === "delete" ? t`“${name}” could not be deleted` : t`“${name}” could not be changed`;
			return failed(title, error, () => void write(wanted, etag).catch(() => undefined));
		} finally {
			turn.resolve(etagAfter);
			void client.invalidateQueries({ queryKey: ["events"] }).then(() => {
				if (turns.get(seriesOf(event)) === turn.promise) turns.delete(seriesOf(event));
			});
		}
	};

	const onConflict = async (wanted: Exclude<Write, { kind: "create" }>, error: KalendsError): Promise<boolean> => {
		const { event } = wanted;
		const theirs = await kalends.events.get(event.id).catch(() => null);
		const patch = wanted.kind === "update" ? wanted.patch : {};
		if (theirs !== null && wanted.kind === "update" && error.code === "precondition_failed") {
			const rows = conflictRows(event, patch, theirs);
			// Nothing that both changed: the change holds on what is there now.
			if (!rows.some(({ contested }) => contested)) return write({ ...wanted, event: theirs }, theirs.etag);
		}
		const history = await kalends.events
			.history(event.id, { limit: 10 })
			.all(10)
			.catch(() => []);
		const restorable = history.find(({ action }) => action === "conflict") ?? null;
		return new Promise((resolve) => {
			const end = (result: boolean) => {
				conflict.set(null);
				resolve(result);
			};
			conflict.set({
				base: event,
				patch,
				theirs,
				detail: error.code === "precondition_failed" ? null : error.detail,
				restorable,
				restore: () => {
					end(true);
					if (theirs !== null && wanted.kind === "update") void write({ ...wanted, event: theirs }, theirs.etag);
					else if (theirs !== null) void write(wanted, theirs.etag);
					else if (restorable !== null) void restore(event.id, restorable.version);
				},
				close: () => end(false),
			});
		});
	};

	const restore = async (eventId: string, version: number, etag?: string): Promise<boolean> => {
		try {
			const event = await kalends.events.restore(seriesIdOf(eventId), version, { ifMatch: etag });
			offer(t`“${nameOf(event.title)}” was restored`, () => undoFromHistory(event.id, null), event.etag);
			return true;
		} catch (error) {
			return failed(t`The version could not be restored`, error, () => void restore(eventId, version));
		} finally {
			await client.invalidateQueries({ queryKey: ["events"] });
		}
	};

	const change = async (wanted: Change): Promise<boolean> => {
		const ask =
			isSeries(wanted.event) || hasGuests(wanted.event) || (wanted.kind === "update" && addsGuests(wanted.patch));
		const scope = ask ? await askFor(wanted) : null;
		return scope === "cancelled" ? false : write({ ...wanted, scope }, wanted.event.etag);
	};

	return {
		create: (body) => create(body, crypto.randomUUID()),
		update: (event, patch) => (isEmptyPatch(patch) ? Promise.resolve(true) : change({ kind: "update", event, patch })),
		remove: (event) => change({ kind: "delete", event }),
		restore,
		async settle(event, action) {
			const name = nameOf(event.title);
			try {
				await (action === "retry" ? kalends.events.retry(event.id) : kalends.events.discard(event.id));
				announce(action === "retry" ? t`“${name}” was sent again` : t`The change of “${name}” was given up`);
				return true;
			} catch (error) {
				if (isRefused(error)) return false;
				return failed(t`“${name}” could not be sent`, error, () => void kalends.events.retry(event.id));
			} finally {
				await client.invalidateQueries({ queryKey: ["events"] });
			}
		},
	};
}

function askFor(change: Change): Promise<EventScope | null | "cancelled"> {
	return new Promise((resolve) => {
		asked.set({
			change,
			done: (scope) => {
				asked.set(null);
				resolve(scope);
			},
		});
	});
}

/** @returns takes it back */
async function showAtOnce(client: QueryClient, write: PlannedWrite, zone: string): Promise<() => void> {
	await client.cancelQueries({ queryKey: RANGES });
	const before = client.getQueriesData<readonly CalendarEvent[]>({ queryKey: RANGES });
	client.setQueriesData<readonly CalendarEvent[]>({ queryKey: RANGES }, (events) =>
		events === undefined ? undefined : applied(events, write, zone),
	);
	return () => {
		for (const [key, events] of before) client.setQueryData(key, events);
	};
}

async function undoFromHistory(eventId: string, createdId: string | null): Promise<Undo | null> {
	const { data } = await kalends.events.history(seriesIdOf(eventId), { limit: 20 });
	return undoOf(eventId, data, createdId);
}

async function performUndo(undo: Undo, etag: string | undefined): Promise<void> {
	if (undo.kind === "delete") {
		await kalends.events.delete(undo.eventId, { ifMatch: etag, ...(undo.scope === null ? {} : { scope: undo.scope }) });
		return;
	}
	await kalends.events.restore(undo.eventId, undo.version, { ifMatch: etag });
	if (undo.alsoDelete !== null) await kalends.events.delete(undo.alsoDelete, { scope: "all" });
}

function reasonOf(error: unknown): { readonly detail: string; readonly fix: string | null } {
	if (error instanceof KalendsError) return { detail: error.detail, fix: error.fix };
	return { detail: error instanceof Error ? error.message : String(error), fix: null };
}

/** What the form has to say beside its fields. */
function isFault(error: unknown): error is KalendsError {
	return error instanceof KalendsError && error.code === "invalid_request";
}

function isConflict(error: unknown): error is KalendsError {
	return error instanceof KalendsError && ["precondition_failed", "conflict", "not_found"].includes(error.code);
}

/** The event keeps what was sent and shows that it failed, with its own Retry and Discard. */
function isRefused(error: unknown): error is KalendsError {
	return error instanceof KalendsError && error.code === "provider_refused";
}

function addsGuests(patch: EventPatch): boolean {
	return (patch.participants?.length ?? 0) > 0;
}

function seriesOf(event: CalendarEvent): string {
	return event.recurring_event_id ?? event.id;
}

function seriesIdOf(eventId: string): string {
	return eventId.split(".")[0] ?? eventId;
}
