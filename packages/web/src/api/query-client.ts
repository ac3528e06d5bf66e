import { KalendsError } from "@kalends/client";
import { QueryClient } from "@tanstack/react-query";

/** The SDK repeats what may be repeated; what comes through the stream is fetched anew, so nothing else ages quickly. */
export const queryClient = new QueryClient({
	defaultOptions: {
		queries: { retry: false, staleTime: 60_000, refetchOnReconnect: "always" },
		mutations: { retry: false, networkMode: "always" },
	},
});

export function isKalendsError(error: unknown): error is KalendsError {
	return error instanceof KalendsError;
}

/** Whether the server answered that there is no such thing, or no longer. */
export function isGone(error: unknown): boolean {
	return isKalendsError(error) && error.status === 404;
}
