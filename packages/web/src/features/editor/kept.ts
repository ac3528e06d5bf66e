/** What this tab keeps of one person, so that a reload, a lost session or a crash loses nothing. */

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

/** @returns how it is kept */
export function keep(name: string, value: unknown): string {
	const text = JSON.stringify(value);
	try {
		sessionStorage.setItem(PREFIX + name, text);
	} catch {
		// A browser that keeps nothing, or is full: the page itself still holds it.
	}
	return text;
}

/** As it is kept; null: nothing is. */
export function keptText(name: string): string | null {
	try {
		return sessionStorage.getItem(PREFIX + name);
	} catch {
		return null;
	}
}

/** Whatever it is, also of another version of the app; null: nothing is kept, or nothing that can be read. */
export function kept(name: string): unknown {
	try {
		return JSON.parse(keptText(name) ?? "null");
	} catch {
		return null;
	}
}

export function forget(name: string): void {
	try {
		sessionStorage.removeItem(PREFIX + name);
	} catch {
		// Nothing was kept.
	}
}
