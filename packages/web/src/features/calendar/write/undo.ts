import type { EventPatch, EventScope, EventVersion } from "@kalends/client";

/** How a write that the server has taken is taken back. */
export type Undo =
	/** What was made goes. */
	| { readonly kind: "delete"; readonly eventId: string; readonly scope: EventScope | null }
	/** The event, or its series, becomes again what it was; then what a split made goes. */
	| {
			readonly kind: "restore";
			readonly eventId: string;
			readonly version: number;
			readonly alsoDelete: string | null;
	  };

/**
 * The undo of a change or deletion, from the event's history after it, the newest first. Of a series everything is restored.
 * @param createdId the new series that `following` made
 * @returns null where the version before is no longer kept
 */
export function undoOf(
	eventId: string,
	history: readonly (Pick<EventVersion, "version" | "action"> & {
		readonly event: Pick<EventVersion["event"], "recurrence">;
	})[],
	createdId: string | null,
): Undo | null {
	const [latest, ...older] = history.filter(({ action }) => action !== "conflict");
	if (latest === undefined) return null;
	const series = eventId.split(".")[0] ?? eventId;
	// A deletion's entry holds the event as it was before it.
	if (latest.action === "deleted")
		return { kind: "restore", eventId: series, version: latest.version, alsoDelete: createdId };
	const before = older[0];
	if (before === undefined) return null;
	// It was brought back: before that it was not there.
	if (before.action === "deleted") return undoOfCreate(series, before.event.recurrence !== null);
	return { kind: "restore", eventId: series, version: before.version, alsoDelete: createdId };
}

export function undoOfCreate(eventId: string, recurring: boolean): Undo {
	return { kind: "delete", eventId, scope: recurring ? "all" : null };
}

/** Whether a patch changes anything. */
export function isEmptyPatch(patch: EventPatch): boolean {
	return Object.keys(patch).length === 0;
}
