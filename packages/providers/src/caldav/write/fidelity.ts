/** New bodies that a server has to keep octet for octet before its entity tags are believed. */
const KEPT_ENOUGH = 3;
const ACCOUNTS = 1_000;

/**
 * Which servers store what they are sent. A strong entity tag in the answer to a PUT says so (RFC 4791 §5.3.4), also on
 * servers that parse the body and store what they understood of it (Cyrus, SOGo, Xandikos, Radicale). So what was
 * stored is read until a server has kept some bodies as they were, and always on one that was seen to change one.
 * Kept while the process lives.
 */
export class Fidelity {
	readonly #kept = new Map<string, number>();

	/** @param home the address below which one account's calendars lie */
	isProven(home: string): boolean {
		return (this.#kept.get(home) ?? 0) >= KEPT_ENOUGH;
	}

	/**
	 * @param isNew the body is wholly ours; one over a body that the server wrote has its ways already
	 * @param stored what the server hands out under the very entity tag that its answer named
	 */
	learn(home: string, sent: string, stored: string, isNew: boolean): void {
		const before = this.#kept.get(home) ?? 0;
		// Zone definitions are what every serializer writes in its own way; a body without one tells little.
		const isTelling = isNew && sent.includes("BEGIN:VTIMEZONE");
		const after = sent === stored ? before + (isTelling ? 1 : 0) : -Infinity;
		this.#kept.delete(home);
		this.#kept.set(home, after);
		for (const [oldest] of this.#kept) {
			if (this.#kept.size <= ACCOUNTS) break;
			this.#kept.delete(oldest);
		}
	}
}
