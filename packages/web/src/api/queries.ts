import { type QueryClient, queryOptions } from "@tanstack/react-query";
import { kalends } from "./kalends.ts";

/**
 * What the app reads, each under the key by which live updates find it: the first part names the kind (`connections`,
 * `calendars`, `events`, `runs`, `me`), see live.ts.
 */

export const instanceQuery = queryOptions({
	queryKey: ["instance"],
	queryFn: ({ signal }) => kalends.request("GET /v1/instance", {}, { signal }),
	staleTime: Number.POSITIVE_INFINITY,
});

/** Null when nobody is signed in. */
export const sessionQuery = queryOptions({
	queryKey: ["session"],
	queryFn: ({ signal }) => kalends.sessions.current({ signal }),
	staleTime: Number.POSITIVE_INFINITY,
});

export const meQuery = queryOptions({
	queryKey: ["me"],
	queryFn: ({ signal }) => kalends.me.get({ signal }),
});

export const connectionsQuery = queryOptions({
	queryKey: ["connections"],
	queryFn: ({ signal }) => kalends.connections.list({ limit: 200 }, { signal }).all(),
});

export const calendarsQuery = queryOptions({
	queryKey: ["calendars"],
	queryFn: ({ signal }) => kalends.calendars.list({ limit: 200 }, { signal }).all(),
});

/** The newest 20. */
export function runsQuery(connectionId: string) {
	return queryOptions({
		queryKey: ["runs", connectionId],
		queryFn: ({ signal }) => kalends.connections.runs(connectionId, { limit: 20 }, { signal }).all(20),
	});
}

/** After whatever may have changed anything: everything of the person's that is on the screen is read anew. */
export async function refreshAll(client: QueryClient): Promise<void> {
	await client.invalidateQueries();
}
