import { queryOptions } from "@tanstack/react-query";
import { kalends } from "../../api/kalends.ts";

/** The newest 20. */
export function runsQuery(connectionId: string) {
	return queryOptions({
		queryKey: ["runs", connectionId],
		queryFn: ({ signal }) => kalends.connections.runs(connectionId, { limit: 20 }, { signal }).all(20),
	});
}
