import { useSyncExternalStore } from "react";

const EVERY_MS = 15_000;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let now = Date.now();

/** @returns ends it */
export function followNow(listener: () => void): () => void {
	timer ??= setInterval(() => {
		now = Date.now();
		for (const told of [...listeners]) told();
	}, EVERY_MS);
	listeners.add(listener);
	return () => {
		listeners.delete(listener);
		if (listeners.size > 0) return;
		clearInterval(timer);
		timer = undefined;
	};
}

/** The same between two ticks, as React wants it; while nobody follows there are none, and then it is the time itself. */
export function readNow(): number {
	if (listeners.size === 0 && Date.now() - now >= EVERY_MS) now = Date.now();
	return now;
}

/** Milliseconds since 1970, moving on four times a minute. */
export function useNow(): number {
	return useSyncExternalStore(followNow, readNow);
}
