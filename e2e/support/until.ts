import { setTimeout } from "node:timers/promises";

const LOOK_EVERY_MS = 25;
const PATIENCE_MS = 120_000;

/**
 * Asks until the answer is neither null nor false, and gives it.
 * @param what completes "waited in vain for"
 */
export async function until<T>(
	what: string,
	look: () => Promise<T | null | false>,
	patienceMs = PATIENCE_MS,
): Promise<T> {
	const deadline = performance.now() + patienceMs;
	for (;;) {
		const found = await look();
		if (found !== null && found !== false) return found;
		if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`);
		await setTimeout(LOOK_EVERY_MS);
	}
}
