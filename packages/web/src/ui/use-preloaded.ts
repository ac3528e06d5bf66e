import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";

const AGAIN_MS = 500;

/**
 * Loads parts that may be needed when there is no network any more, one after the other, once what the page shows was read
 * and the browser has nothing else to do; what fails then, once there is a network again.
 */
export function usePreloaded(parts: readonly (() => Promise<unknown>)[]): void {
	const client = useQueryClient();
	const latest = useRef(parts);
	useEffect(() => {
		let stopped = false;
		const idle = async () => {
			if (stopped) return;
			if (client.isFetching() > 0) {
				setTimeout(whenIdle, AGAIN_MS);
				return;
			}
			try {
				for (const load of latest.current) await load();
			} catch {
				addEventListener("online", whenIdle, { once: true });
			}
		};
		// Safari has no way to ask.
		const whenIdle = () => {
			if ("requestIdleCallback" in globalThis) requestIdleCallback(() => void idle());
			else setTimeout(() => void idle(), AGAIN_MS);
		};
		whenIdle();
		return () => {
			stopped = true;
			removeEventListener("online", whenIdle);
		};
	}, [client]);
}
