import type { EventValues } from "./form/values.ts";

/** What was typed and not saved, kept in this tab, so that a reload, a lost session or a crash loses nothing. */

const PREFIX = "kalends.draft.";

export function keepDraft(id: string, values: EventValues): void {
	try {
		sessionStorage.setItem(PREFIX + id, JSON.stringify(values));
	} catch {
		// A browser that keeps nothing, or is full: the form itself still holds it.
	}
}

/** @param like values of the same shape: what lacks one of their fields is of another version, and left aside */
export function readDraft(id: string, like: EventValues): EventValues | null {
	try {
		const draft: unknown = JSON.parse(sessionStorage.getItem(PREFIX + id) ?? "null");
		if (typeof draft !== "object" || draft === null) return null;
		return Object.keys(like).every((field) => field in draft) ? (draft as EventValues) : null;
	} catch {
		return null;
	}
}

export function dropDraft(id: string): void {
	try {
		sessionStorage.removeItem(PREFIX + id);
	} catch {
		// Nothing was kept.
	}
}
