import type { ResolvedZone } from "../../time/resolve-tzid.ts";

/** What reading one component needs from its file and its reader. */
export interface ReadContext {
	/** Resolves a TZID as the file and the runtime know it; each TZID is resolved once. */
	zone(tzid: string): ResolvedZone;
	/** True for the reader's own addresses. */
	isSelf(email: string): boolean;
	/** Writing: where reminders by e-mail go; absent where that is not known. */
	readonly ownAddress?: string;
	/** Reports in one sentence what was left out or guessed. */
	warn(sentence: string): void;
}
