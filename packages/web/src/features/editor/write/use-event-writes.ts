import type { CalendarEvent, EventPatch, EventScope, EventVersion, KalendsError, NewEvent } from "@kalends/client";
import { useLingui } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import { kalends } from "../../../api/kalends.ts";
import { announce } from "../../../ui/live-region.tsx";
import { offerUndo } from "../../../ui/toast.tsx";
import type { PlannedWrite } from "../../calendar/write/optimistic.ts";
import { isEmptyPatch, type Undo, undoOf, undoOfCreate } from "../../calendar/write/undo.ts";
import { conflictRows, uncontested } from "../conflict/view-model.ts";
import { provisional, showAtOnce } from "./at-once.ts";
import { isConflict, isRefused, reasonOf } from "./errors.ts";
import { followFocus } from "./follow-focus.ts";
import { addFailed, asked, type Change, conflict, hasGuests, isSeries, type Write } from "./requests.ts";

export interface EventWrites {
	/** Shown before the server has answered; what does not get through waits among the failed. @param edit opens it once more */
	createAtOnce(body: NewEvent, edit: () => void): Promise<void>;
	/** @param key a call with the same key makes no second event @throws what the form has to say, which keeps what was typed */
	create(body: NewEvent, key: string): Promise<CalendarEvent>;
	/** Asks whom it is for where that matters. @returns false where it was called off or did not get through */
	update(event: CalendarEvent, patch: EventPatch): Promise<boolean>;
	remove(event: CalendarEvent): Promise<boolean>;
	/** Of a form. @returns false where it was called off @throws what the form has to say */
	save(change: Change): Promise<boolean>;
	restore(eventId: string, version: number, etag?: string): Promise<boolean>;
	/** Of a change that the provider has refused, or not got yet. */
	settle(event: Pick<CalendarEvent, "id" | "title">, action: "retry" | "discard"): Promise<boolean>;
}

/** Writes that are under way, or newer than what was read, by series: each ends with the etag that it left. */
const turns = new Map<string, Promise<string | null>>();

/** Writes of events: shown at once, undoable, and never lost when they do not get through. */
export function useEventWrites(zone: string): EventWrites {
	const { t } = useLingui();
	const client = useQueryClient();
	const untitled = t`(No title)`;
	const nameOf = (title: string | null | undefined) => (title == null || title.trim() === "" ? untitled : title);
	const readAnew = () => client.invalidateQueries({ queryKey: ["events"] });

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
				await readAnew();
			}
		});

	const failed = (title: string, error: unknown, again: () => void, edit?: () => void): false => {
		addFailed({ title, ...reasonOf(error), again, ...(edit === undefined ? {} : { edit }) });
		announce(title);
		return false;
	};

	/** The event keeps what was sent: it is sent again, or the event becomes again what the provider has. */
	const refused = async (name: string, error: KalendsError): Promise<false> => {
		const kept = error.eventId === null ? null : await kalends.events.get(error.eventId).catch(() => null);
		const event = { id: error.eventId ?? "", title: name };
		const title = t`The provider refused the change of “${name}”`;
		addFailed({
			title,
			// The event's own words are for people; the answer's are for programs too.
			...reasonOf(error),
			...(kept?.sync.error === undefined ? {} : { detail: kept.sync.error.detail, fix: kept.sync.error.fix }),
			again: () => void settle(event, "retry"),
			discard: () => void settle(event, "discard"),
		});
		announce(title);
		return false;
	};

	const created = (event: CalendarEvent) => {
		const name = nameOf(event.title);
		const text = isPending(event) ? t`“${name}” was added, and waits for its provider` : t`“${name}” was added`;
		offer(text, async () => undoOfCreate(event.id, event.recurrence !== null), event.etag);
	};

	const createAtOnce = async (body: NewEvent, edit: () => void, key: string): Promise<void> => {
		const name = nameOf(body.title);
		const takeBack = await showAtOnce(client, { kind: "create", event: provisional(body, key) }, zone);
		try {
			created(await kalends.events.create(body, { idempotencyKey: key }));
		} catch (error) {
			takeBack();
			if (isRefused(error)) await refused(name, error);
			else failed(t`“${name}” could not be added`, error, () => void createAtOnce(body, edit, key), edit);
		} finally {
			await readAnew();
		}
	};

	const write = async (wanted: Write, readEtag: string, inForm: boolean): Promise<boolean> => {
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
				if (scope === "this" || scope === "following") etagAfter = await etagOf(seriesOf(event));
				return true;
			}
			const after = await kalends.events.update(event.id, wanted.patch, options);
			etagAfter = after.etag;
			const lost = await lostTo(event, wanted.patch, after);
			if (lost !== null) {
				turn.resolve(etagAfter);
				return await tell(wanted, after, lost);
			}
			const series = seriesOf(after);
			const made = scope === "following" && series !== seriesOf(event) ? series : null;
			const what = isPending(after)
				? t`“${name}” was changed, and waits for its provider`
				: wanted.patch.start === undefined
					? t`“${name}” was changed`
					: t`“${name}” was moved`;
			offer(what, () => undoFromHistory(event.id, made), made === null ? after.etag : undefined);
			const start = scope === "this" ? (event.original_start ?? event.start) : (wanted.patch.start ?? event.start);
			followFocus(series, start as CalendarEvent["start"], zone);
			return true;
		} catch (error) {
			takeBack();
			if (isConflict(error)) {
				turn.resolve(null);
				return await onConflict(wanted, error, inForm);
			}
			if (inForm) throw error;
			if (isRefused(error)) return await refused(name, error);
			const title = wanted.kind === "delete" ? t`“${name}” could not be deleted` : t`“${name}” could not be changed`;
			return failed(title, error, () => void write(wanted, etag, false));
		} finally {
			turn.resolve(etagAfter);
			void readAnew().then(() => {
				if (turns.get(seriesOf(event)) === turn.promise) turns.delete(seriesOf(event));
			});
		}
	};

	const onConflict = async (wanted: Write, error: KalendsError, inForm: boolean): Promise<boolean> => {
		const { event } = wanted;
		const theirs = await kalends.events.get(event.id).catch(() => null);
		if (theirs !== null && wanted.kind === "update" && error.code === "precondition_failed") {
			// Nothing that both changed: the change holds on what is there now.
			const isContested = conflictRows(event, wanted.patch, theirs).some(({ contested }) => contested);
			if (!isContested) return write({ ...wanted, event: theirs }, theirs.etag, inForm);
		}
		const history = await kalends.events
			.history(seriesOf(event), { limit: 10 })
			.all(10)
			.catch(() => []);
		// Where it is gone, its last version is what it was before it went.
		const restorable = history.find(({ action }) => action === "conflict" || action === "deleted") ?? null;
		return tell(wanted, theirs, restorable, error.code === "conflict" ? error.detail : null);
	};

	/** Asks which of both sides stays. @returns false where that is left open */
	const tell = (
		wanted: Write,
		theirs: CalendarEvent | null,
		restorable: EventVersion | null,
		detail: string | null = null,
	): Promise<boolean> => {
		const { event } = wanted;
		const patch = wanted.kind === "update" ? wanted.patch : {};
		const rows = theirs === null ? [] : conflictRows(event, patch, theirs);
		return new Promise((resolve) => {
			const end = (result: boolean) => {
				conflict.set(null);
				resolve(result);
			};
			conflict.set({
				base: event,
				patch,
				theirs,
				detail,
				restorable,
				restore() {
					end(true);
					if (theirs !== null) void write({ ...wanted, event: theirs }, theirs.etag, false);
					else if (restorable !== null) void restoreMine(wanted, restorable);
				},
				keep() {
					end(true);
					const rest = uncontested(patch, rows);
					if (theirs === null || wanted.kind === "delete" || isEmptyPatch(rest)) return;
					void write({ ...wanted, event: theirs, patch: rest }, theirs.etag, false);
				},
				close: () => end(false),
			});
		});
	};

	/** What a conflict lost is in the history as it was wanted; what was deleted is there as it was before. */
	const restoreMine = async (wanted: Write, { action, version }: EventVersion): Promise<void> => {
		const { event } = wanted;
		if (!(await restore(event.id, version)) || action !== "deleted" || wanted.kind === "delete") return;
		const back = await kalends.events.get(event.id).catch(() => null);
		if (back !== null) await write({ ...wanted, event: back }, back.etag, false);
	};

	const restore = async (eventId: string, version: number, etag?: string): Promise<boolean> => {
		try {
			const event = await kalends.events.restore(seriesIdOf(eventId), version, { ifMatch: etag });
			offer(t`“${nameOf(event.title)}” was restored`, () => undoFromHistory(event.id, null), event.etag);
			return true;
		} catch (error) {
			return failed(t`The version could not be restored`, error, () => void restore(eventId, version));
		} finally {
			await readAnew();
		}
	};

	const settle: EventWrites["settle"] = async (event, action) => {
		const name = nameOf(event.title);
		try {
			await (action === "retry" ? kalends.events.retry(event.id) : kalends.events.discard(event.id));
			announce(action === "retry" ? t`“${name}” was sent again` : t`The change of “${name}” was given up`);
			return true;
		} catch (error) {
			if (isRefused(error)) return await refused(name, error);
			return failed(t`“${name}” could not be sent`, error, () => void settle(event, action));
		} finally {
			await readAnew();
		}
	};

	const change = async (wanted: Change, inForm: boolean): Promise<boolean> => {
		const ask =
			isSeries(wanted.event) || hasGuests(wanted.event) || (wanted.kind === "update" && addsGuests(wanted.patch));
		const scope = ask ? await askFor(wanted) : null;
		return scope === "cancelled" ? false : write({ ...wanted, scope }, wanted.event.etag, inForm);
	};

	return {
		createAtOnce: (body, edit) => createAtOnce(body, edit, crypto.randomUUID()),
		async create(body, key) {
			try {
				const event = await kalends.events.create(body, { idempotencyKey: key });
				created(event);
				followFocus(event.id, event.start, zone);
				return event;
			} finally {
				void readAnew();
			}
		},
		update: (event, patch) =>
			isEmptyPatch(patch) ? Promise.resolve(true) : change({ kind: "update", event, patch }, false),
		remove: (event) => change({ kind: "delete", event }, false),
		save: (wanted) =>
			wanted.kind === "update" && isEmptyPatch(wanted.patch) ? Promise.resolve(true) : change(wanted, true),
		restore,
		settle,
	};
}

/** Stored here, not yet with the provider. */
function isPending({ sync }: CalendarEvent): boolean {
	return sync.state === "pending";
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

/** Where the provider had another change of the same field, which then stays: the version that was lost, from the history. */
async function lostTo(base: CalendarEvent, patch: EventPatch, after: CalendarEvent): Promise<EventVersion | null> {
	if (!conflictRows(base, patch, after).some(({ field, contested }) => contested && field in patch)) return null;
	const { data } = await kalends.events.history(seriesOf(base), { limit: 1 });
	const latest = data[0];
	return latest?.action === "conflict" ? latest : null;
}

async function etagOf(eventId: string): Promise<string | null> {
	const event = await kalends.events.get(eventId).catch(() => null);
	return event?.etag ?? null;
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

function addsGuests(patch: EventPatch): boolean {
	return (patch.participants?.length ?? 0) > 0;
}

function seriesOf(event: CalendarEvent): string {
	return event.recurring_event_id ?? event.id;
}

function seriesIdOf(eventId: string): string {
	return eventId.split(".")[0] ?? eventId;
}
