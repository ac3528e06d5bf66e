import { type QueryClient, queryOptions } from "@tanstack/react-query";
import { server, sessionEnded } from "./server.ts";

/**
 * What the app reads, each under the key by which live updates find it: the first part names the kind (`connections`,
 * `calendars`, `events`, `runs`, `me`), see live.ts.
 */

export const instanceQuery = queryOptions({
	queryKey: ["instance"],
	queryFn: ({ signal }) => server.request("GET /v1/instance", {}, { signal }),
	staleTime: Number.POSITIVE_INFINITY,
});

const readSession = (signal: AbortSignal) => server.request("GET /api/auth/get-session", {}, { signal });

/** Null when nobody is signed in. */
export const sessionQuery = queryOptions({
	queryKey: ["session"],
	async queryFn({ signal, client }) {
		const before = client.getQueryData<Awaited<ReturnType<typeof readSession>>>(["session"]);
		const now = await readSession(signal);
		if (now !== null || !before) return now;
		// Whose page this is must still be known when the session has ended meanwhile.
		sessionEnded.set(true);
		return before;
	},
	staleTime: Number.POSITIVE_INFINITY,
	refetchOnReconnect: false,
});

export const meQuery = queryOptions({
	queryKey: ["me"],
	queryFn: ({ signal }) => server.request("GET /v1/me", {}, { signal }),
});

export const connectionsQuery = queryOptions({
	queryKey: ["connections"],
	queryFn: ({ signal }) => server.list("GET /v1/connections", { query: { limit: 200 } }, { signal }).all(),
});

export const calendarsQuery = queryOptions({
	queryKey: ["calendars"],
	queryFn: async ({ signal }) => {
		const calendars = await server.list("GET /v1/calendars", { query: { limit: 200 } }, { signal }).all();
		return (await import("../ui/calendar-color.ts")).withOwnColors(calendars);
	},
});

/** After whatever may have changed anything: everything of the person's that is on the screen is read anew. */
export async function refreshAll(client: QueryClient): Promise<void> {
	await client.invalidateQueries();
}
