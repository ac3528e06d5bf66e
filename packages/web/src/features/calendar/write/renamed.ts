/**
 * The ids that events have by now whose writes gave them another, null where they went: an address that names the old one
 * leads there, for as long as the page is open.
 */
const renamed = new Map<string, string | null>();

export function noteRenamed(before: string, after: string | null): void {
	if (before !== after) renamed.set(before, after);
}

export function idNow(id: string): string | null {
	return renamed.get(id) ?? (renamed.has(id) ? null : id);
}

/** It is there: whatever was, it has come back. */
export function forgetRenamed(id: string): void {
	renamed.delete(id);
}
