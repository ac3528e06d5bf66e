import type { EventScope } from "@kalends/client";
import { useLingui } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import { kalends } from "../../../api/kalends.ts";
import { unanswered } from "../../../api/unanswered.ts";
import { announce } from "../../../ui/live-region.tsx";
import { type Undoable, undoable } from "../../../ui/undoable.ts";
import { forgetRenamed } from "../../calendar/write/renamed.ts";
import { type Undo, undoOf } from "../../calendar/write/undo.ts";
import { isConflict, reasonOf } from "./errors.ts";
import { followFocus } from "./follow-focus.ts";
import { addFailed, seriesIdOf } from "./requests.ts";
import { takeTurnBack, undoneTo, written } from "./turns.ts";

/** A write that is through, and how it is taken back. */
export interface Done {
	/** As it was before, which focus goes to. */
	readonly eventId: string;
	readonly plan: () => Promise<Undo | null>;
	/** On what it was written; null: on nothing. */
	readonly from: string | null;
	/** What it left; null: nothing that is there. */
	readonly left: Promise<string | null>;
}

export interface Undos {
	/** Before the write is sent. */
	begin(): Undoable;
	offer(undoing: Undoable, text: string, done: Done): void;
}

/** Offers to take writes back, each to what it was before it, in any number. */
export function useUndo(): Undos {
	const { t } = useLingui();
	const client = useQueryClient();
	const perform = async (done: Done, order: number): Promise<void> => {
		const { eventId, plan, from } = done;
		const series = seriesIdOf(eventId);
		const endTurn = await takeTurnBack(series, order);
		try {
			const [undo, left] = await Promise.all([plan(), done.left]);
			if (undo === null) throw new Error(t`What it was like before is no longer kept.`);
			const now = await unanswered(performed(undo, left === null ? undefined : undoneTo.now(left)));
			if (now !== null && from !== null) {
				undoneTo.note(from, now);
				written.note(left ?? from, now);
			}
			announce(t`Undone`);
			forgetRenamed(eventId);
			followFocus(eventId);
		} catch (error) {
			const reason = isConflict(error)
				? { detail: t`The event was changed since.`, fix: t`Its history has what it was like before.` }
				: reasonOf(error);
			addFailed({ title: t`That could not be undone`, ...reason, again: () => void perform(done, order) });
		} finally {
			endTurn();
			await client.invalidateQueries({ queryKey: ["events"] });
		}
	};
	return {
		begin: () => undoable(t`It will be undone as soon as it is saved`),
		offer: (undoing, text, done) => undoing.offer(text, () => perform(done, undoing.order)),
	};
}

/**
 * Read right after the write, as what is written next changes what was before; read again where that failed.
 * @param createdId the new series that it made
 */
export function planFromHistory(eventId: string, createdId: string | null): Done["plan"] {
	const read = async () => {
		const { data } = await kalends.events.history(seriesIdOf(eventId), { limit: 20 });
		return undoOf(eventId, data, createdId);
	};
	const first = read();
	first.catch(() => undefined);
	return () => first.catch(read);
}

/** @returns the etag that it left; null where nothing is left */
async function performed(undo: Undo, etag: string | undefined): Promise<string | null> {
	if (undo.kind === "delete") {
		const scope: { readonly scope?: EventScope } = undo.scope === null ? {} : { scope: undo.scope };
		await kalends.events.delete(undo.eventId, { ifMatch: etag, ...scope });
		return null;
	}
	const event = await kalends.events.restore(undo.eventId, undo.version, { ifMatch: etag });
	if (undo.alsoDelete !== null) await kalends.events.delete(undo.alsoDelete, { scope: "all" });
	return event.etag;
}
