import { queryOptions } from "@tanstack/react-query";
import { kalends } from "../../api/kalends.ts";

export const usersQuery = queryOptions({
	queryKey: ["users"],
	queryFn: ({ signal }) => kalends.users.list({ limit: 200 }, { signal }).all(),
});

const LOOK_EVERY_MS = 15_000;

/** Of everybody; live updates tell of one's own only, so it is looked at again. */
export function adminConnectionsQuery(trouble: boolean) {
	return queryOptions({
		queryKey: ["admin-connections", trouble],
		queryFn: ({ signal }) => kalends.admin.connections({ limit: 200, trouble }, { signal }).all(),
		refetchInterval: LOOK_EVERY_MS,
	});
}
