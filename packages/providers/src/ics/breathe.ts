import { setImmediate } from "node:timers/promises";

/** Lets everything else that waits have its turn on the event loop. */
export async function breathe(): Promise<void> {
	await setImmediate();
}
