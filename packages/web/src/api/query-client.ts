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
