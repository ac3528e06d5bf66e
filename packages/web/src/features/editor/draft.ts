import type { CalendarEvent } from "@kalends/client";
import type { EventValues } from "./form/values.ts";

/** What was typed and not saved, kept in this tab, so that a reload, a lost session or a crash loses nothing. */
export interface Draft {
	readonly values: EventValues;
	/** The event that it changes, as it was then: what others changed meanwhile is told when it is saved. Null: it is new. */
	readonly base: CalendarEvent | null;
	/** Taken along from a smaller form, rather than come upon again. */
	readonly handedOver?: boolean;
}

const PREFIX = "kalends.draft.";
const OWNER = "kalends.drafts-of";

/** What somebody else typed in this tab before is not for this person to read. */
export function leaveOnlyDraftsOf(userId: string): void {
	try {
		if (sessionStorage.getItem(OWNER) === userId) return;
		for (const key of Object.keys(sessionStorage)) if (key.startsWith(PREFIX)) sessionStorage.removeItem(key);
		sessionStorage.setItem(OWNER, userId);
	} catch {
		// A browser that keeps nothing has nothing of anybody.
	}
}

export function keepDraft(id: string, draft: Draft): void {
	try {
		sessionStorage.setItem(PREFIX + id, JSON.stringify(draft));
	} catch {
		// A browser that keeps nothing, or is full: the form itself still holds it.
	}
}

/** @param like values of the same shape: what lacks one of their fields is of another version, and left aside */
export function readDraft(id: string, like: EventValues): Draft | null {
	try {
		const draft: Partial<Draft> | null = JSON.parse(sessionStorage.getItem(PREFIX + id) ?? "null");
		const { values, base = null, handedOver = false } = draft ?? {};
		if (values === undefined || !Object.keys(like).every((field) => field in values)) return null;
		return { values, base, handedOver };
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
