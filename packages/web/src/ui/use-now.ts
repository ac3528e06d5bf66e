import { useSyncExternalStore } from "react";

const EVERY_MS = 15_000;
let now = Date.now();

function subscribe(listener: () => void): () => void {
	const timer = setInterval(() => {
		now = Date.now();
		listener();
	}, EVERY_MS);
	return () => clearInterval(timer);
}

/** Milliseconds since 1970, moving on four times a minute. */
export function useNow(): number {
	return useSyncExternalStore(subscribe, () => now);
}
