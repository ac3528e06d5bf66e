import type { QueryClient, QueryKey } from "@tanstack/react-query";

/** What is read anew when a change of this type is told; the first parts of the keys in api/queries.ts. */
const TOUCHED: Readonly<Record<string, readonly string[]>> = {
	event: ["events", "bookings"],
	calendar: ["calendars", "events"],
	connection: ["connections", "runs", "calendars", "mail-settings"],
	notification: ["notifications"],
	webhook: ["webhooks"],
};

const GATHER_MS = 150;

export interface Refresher {
	/** @param type of a change: `event.updated`, `calendar.synced`, … */
	note(type: string): void;
	stop(): void;
}

/**
 * Makes one refresh of many changes: a sync tells of hundreds.
 * @param later calls back after the time, and gives what takes that back
 */
export function createRefresher(
	refresh: (kind: string) => void,
	later: (work: () => void, milliseconds: number) => () => void = timer,
): Refresher {
	const kinds = new Set<string>();
	let cancel: (() => void) | null = null;
	return {
		note(type) {
			for (const kind of TOUCHED[type.split(".")[0] ?? ""] ?? []) kinds.add(kind);
			if (cancel !== null || kinds.size === 0) return;
			cancel = later(() => {
				cancel = null;
				const due = [...kinds];
				kinds.clear();
				due.forEach(refresh);
			}, GATHER_MS);
		},
		stop: () => cancel?.(),
	};
}

function timer(work: () => void, milliseconds: number): () => void {
	const id = setTimeout(work, milliseconds);
	return () => clearTimeout(id);
}

/**
 * Has everything under the key read anew that is on the screen. What is being read for the first time is not asked for a
 * second time meanwhile, though its answer may be of before: it is, once that has come.
 */
export async function readAnew(client: QueryClient, queryKey: QueryKey): Promise<void> {
	const first = client
		.getQueryCache()
		.findAll({ queryKey, fetchStatus: "fetching", predicate: ({ state }) => state.data === undefined });
	await Promise.all([client.invalidateQueries({ queryKey }), ...first.map(({ promise }) => promise?.catch(() => {}))]);
	if (first.length > 0) await client.invalidateQueries({ predicate: (query) => first.includes(query) });
}
