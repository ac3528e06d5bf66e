import type { CalendarEvent, EventPatch, EventScope, EventVersion, KalendsError, NewEvent } from "@kalends/client";
import { useLingui } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { kalends } from "../../../api/kalends.ts";
import { sessionQuery } from "../../../api/queries.ts";
import { unanswered } from "../../../api/unanswered.ts";
import { announce } from "../../../ui/live-region.tsx";
import type { Undoable } from "../../../ui/undoable.ts";
import type { EventPoint } from "../../calendar/wire.ts";
import type { PlannedWrite } from "../../calendar/write/optimistic.ts";
import { noteRenamed } from "../../calendar/write/renamed.ts";
import { isEmptyPatch, undoOfCreate } from "../../calendar/write/undo.ts";
import { conflictRows, stillHolds, uncontested } from "../conflict/view-model.ts";
import { handOver } from "../draft.ts";
import { leaveOnlyDraftsOf } from "../kept.ts";
import { forgetSent, isRepeatable, keepSent, newSent, type Sent, takeUnanswered } from "../sent.ts";
import { provisional, showAtOnce } from "./at-once.ts";
import { isConflict, isDenied, isRefused, isSignedOut, reasonOf } from "./errors.ts";
import { followFocus, occurrenceId, passFocusOn } from "./follow-focus.ts";
import { etagOf, lostTo, nowOf } from "./reads.ts";
import {
	addFailed,
	addUntilSignedIn,
	asked,
	type Change,
	conflict,
	type FailedWrite,
	hasGuests,
	isSeries,
	seriesIdOf,
	seriesOf,
	type Write,
} from "./requests.ts";
import { takeTurn, written } from "./turns.ts";
import { planFromHistory, useUndo } from "./use-undo.ts";

export interface EventWrites {
	/** Shown before the server has answered; what does not get through waits among the failed, also beyond a reload. */
	createAtOnce(sent: Sent): Promise<void>;
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

/** Writes of events: shown at once, undoable, and never lost when they do not get through. */
export function useEventWrites(zone: string): EventWrites {
	const { t } = useLingui();
	const client = useQueryClient();
	const navigate = useNavigate();
	const untitled = t`(No title)`;
	const nameOf = (title: string | null | undefined) => (title == null || title.trim() === "" ? untitled : title);
	const readAnew = () => client.invalidateQueries({ queryKey: ["events"] });

	const undos = useUndo();

	const failed = (
		title: string,
		error: unknown,
		again: () => void,
		more: Pick<FailedWrite, "edit" | "discard"> = {},
	): false => {
		const wanted = { title, again, ...more };
		if (isSignedOut(error)) {
			const fix = t`Sign in, and it is sent again.`;
			addUntilSignedIn({ ...wanted, detail: t`Your session has ended.`, fix });
		} else addFailed({ ...wanted, ...reasonOf(error) });
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

	const giveUp = async (name: string, error: KalendsError): Promise<false> => {
		if (error.eventId !== null) await settle({ id: error.eventId, title: name }, "discard");
		return false;
	};

	const created = (event: CalendarEvent, undoing: Undoable) => {
		const name = nameOf(event.title);
		const text = isPending(event) ? t`“${name}” was added, and waits for its provider` : t`“${name}” was added`;
		const plan = async () => undoOfCreate(event.id, event.recurrence !== null);
		undos.offer(undoing, text, {
			eventId: event.id,
			plan,
			from: null,
			left: Promise.resolve(event.etag),
		});
	};

	/** Wanted back before it was through, and never was. @returns whether there is nothing left to tell */
	const calledOff = (undoing: Undoable, error: unknown): boolean => {
		undoing.end();
		if (!undoing.wanted() || !isDenied(error)) return false;
		announce(t`Undone`);
		return true;
	};

	const shownFirst = ({ id, recurrence, start }: CalendarEvent) =>
		recurrence === null ? id : occurrenceId(id, start as EventPoint, zone);

	/** @param show whether the lists are there that it is to be seen in */
	const createAtOnce = async (sent: Sent, show: boolean): Promise<void> => {
		const { body, key } = sent;
		const name = nameOf(body.title);
		keepSent(sent);
		const undoing = undos.begin();
		const shown = { kind: "create", event: provisional(body, key) } as const;
		const takeBack = show ? await showAtOnce(client, shown, zone) : () => undefined;
		try {
			const event = await unanswered(kalends.events.create(body, { idempotencyKey: key }));
			forgetSent(key);
			created(event, undoing);
			followFocus(shownFirst(event));
		} catch (error) {
			takeBack();
			const done = calledOff(undoing, error);
			if (done || isRefused(error)) forgetSent(key);
			if (isRefused(error)) await (done ? giveUp(name, error) : refused(name, error));
			else if (!done) {
				failed(t`“${name}” could not be added`, error, () => void createAtOnce(sent, true), ways(sent));
			}
		} finally {
			await readAnew();
		}
	};

	/** What else can be done with a new event that did not get through. */
	const ways = ({ key, values }: Sent) => ({
		edit() {
			forgetSent(key);
			handOver(values);
			void navigate({ to: "/calendar/new" });
		},
		discard: () => forgetSent(key),
	});

	/** What had no answer when the page was left is sent again, which makes it once. */
	const resume = (sent: Sent): void => {
		if (isRepeatable(sent, Date.now())) return void createAtOnce(sent, false);
		const name = nameOf(sent.body.title);
		addFailed({
			title: t`It is not known whether “${name}” was added`,
			detail: t`The page was left before the server had answered.`,
			fix: t`Look whether it is there before you try again.`,
			again() {
				forgetSent(sent.key);
				void createAtOnce(newSent(sent.values, Date.now()), true);
			},
			...ways(sent),
		});
	};

	// biome-ignore lint/correctness/useExhaustiveDependencies: once, with what the page was left with.
	useEffect(() => {
		const session = client.getQueryData(sessionQuery.queryKey);
		if (!session) return;
		leaveOnlyDraftsOf(session.user.id);
		for (const sent of takeUnanswered()) resume(sent);
	}, []);

	const write = async (wanted: Write, readEtag: string, inForm: boolean): Promise<boolean> => {
		const { event, scope } = wanted;
		const series = seriesOf(event);
		const name = nameOf(wanted.kind === "update" ? (wanted.patch.title ?? event.title) : event.title);
		const planned: PlannedWrite =
			wanted.kind === "update" ? { ...wanted, target: event } : { kind: "delete", target: event, scope };
		const undoing = undos.begin();
		if (wanted.kind === "delete") passFocusOn(event, scope);
		const takeBack = await showAtOnce(client, planned, zone);
		const endTurn = await unanswered(takeTurn(series));
		const etag = written.now(readEtag);
		const options = { ifMatch: etag, ...(scope === null ? {} : { scope }) };
		let ending: Promise<unknown> = Promise.resolve();
		/** @param left of the event or series that was written */
		const through = (text: string, left: Promise<string | null>, createdId: string | null) => {
			const plan = planFromHistory(event.id, createdId);
			undos.offer(undoing, text, { eventId: event.id, plan, from: etag, left });
			const noted = left.then((now) => now !== null && written.note(etag, now));
			ending = Promise.allSettled([noted, plan()]);
		};
		try {
			if (wanted.kind === "delete") {
				await unanswered(kalends.events.delete(event.id, options));
				noteRenamed(event.id, null);
				const some = scope === "this" || scope === "following";
				through(t`“${name}” was deleted`, some ? etagOf(series) : Promise.resolve(null), null);
				return true;
			}
			const after = await unanswered(kalends.events.update(event.id, wanted.patch, options));
			const lost = await lostTo(event, wanted.patch, after);
			if (lost !== null) {
				// What waits for its turn was not meant for what others have made of it: the etag stands for none of one's own.
				undoing.end();
				endTurn();
				return await tell(wanted, after, lost);
			}
			const made = seriesOf(after) === series ? null : seriesOf(after);
			const what = isPending(after)
				? t`“${name}” was changed, and waits for its provider`
				: wanted.patch.start === undefined
					? t`“${name}” was changed`
					: t`“${name}” was moved`;
			const start = (wanted.patch.start ?? slotOf(event)) as EventPoint;
			const shown = scope === "this" || after.recurrence === null ? after.id : occurrenceId(after.id, start, zone);
			noteRenamed(event.id, shown);
			followFocus(shown);
			through(what, made === null ? Promise.resolve(after.etag) : etagOf(series), made);
			return true;
		} catch (error) {
			takeBack();
			endTurn();
			if (inForm) undoing.end();
			else if (calledOff(undoing, error)) return isRefused(error) ? await giveUp(name, error) : false;
			if (isConflict(error)) return await onConflict(wanted, error, inForm);
			if (inForm) throw error;
			if (isRefused(error)) return await refused(name, error);
			const title = wanted.kind === "delete" ? t`“${name}” could not be deleted` : t`“${name}” could not be changed`;
			return failed(title, error, () => void write(wanted, etag, false));
		} finally {
			void ending.then(endTurn);
			void readAnew();
		}
	};

	const onConflict = async (wanted: Write, error: KalendsError, inForm: boolean): Promise<boolean> => {
		const { event } = wanted;
		const theirs = await nowOf(event).catch(() => null);
		if (theirs !== null && error.code === "precondition_failed" && stillHolds(wanted, theirs)) {
			return write({ ...wanted, event: theirs }, theirs.etag, inForm);
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
			conflict.get()?.close();
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
		const series = seriesIdOf(eventId);
		const endTurn = await takeTurn(series);
		try {
			const from = etag === undefined ? null : written.now(etag);
			const event = await unanswered(kalends.events.restore(series, version, { ifMatch: from ?? undefined }));
			if (from !== null) written.note(from, event.etag);
			const plan = planFromHistory(event.id, null);
			const done = { eventId, plan, from, left: Promise.resolve(event.etag) };
			undos.offer(undos.begin(), t`“${nameOf(event.title)}” was restored`, done);
			return true;
		} catch (error) {
			return failed(t`The version could not be restored`, error, () => void restore(eventId, version));
		} finally {
			endTurn();
			await readAnew();
		}
	};

	const settle: EventWrites["settle"] = async (event, action) => {
		const name = nameOf(event.title);
		try {
			await unanswered(action === "retry" ? kalends.events.retry(event.id) : kalends.events.discard(event.id));
			announce(action === "retry" ? t`“${name}” was sent again` : t`The change of “${name}” was discarded`);
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
		createAtOnce: (sent) => createAtOnce(sent, true),
		async create(body, key) {
			try {
				const event = await unanswered(kalends.events.create(body, { idempotencyKey: key }));
				created(event, undos.begin());
				followFocus(shownFirst(event));
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

function addsGuests(patch: EventPatch): boolean {
	return (patch.participants?.length ?? 0) > 0;
}

/** Where an occurrence is by the rule. */
function slotOf({ original_start, start }: CalendarEvent): CalendarEvent["start"] {
	return original_start ?? start;
}
