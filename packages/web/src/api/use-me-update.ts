import type { MePatch } from "@kalends/client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { kalends } from "./kalends.ts";
import { meQuery, sessionQuery } from "./queries.ts";

/** Changes name, zone or preferences; shown at once, and taken back where the server refuses. Null brings a default back. */
export function useMeUpdate() {
	const client = useQueryClient();
	const { queryKey } = meQuery;
	return useMutation({
		mutationFn: (patch: MePatch) => kalends.me.update(patch),
		// Of several at once the last is what holds.
		scope: { id: "me" },
		async onMutate({ preferences = {}, ...rest }) {
			await client.cancelQueries({ queryKey });
			const before = client.getQueryData(queryKey);
			client.setQueryData(queryKey, (me) => {
				if (me === undefined) return undefined;
				return { ...me, ...given(rest), preferences: { ...me.preferences, ...given(preferences) } };
			});
			return { before };
		},
		onSuccess: (me) => client.setQueryData(queryKey, me),
		onError: (_error, _patch, context) => client.setQueryData(queryKey, context?.before),
		onSettled: (_me, _error, { name, time_zone }) => {
			if (time_zone !== undefined) void client.invalidateQueries({ queryKey: ["events"] });
			if (name !== undefined) void client.invalidateQueries({ queryKey: sessionQuery.queryKey });
		},
	});
}

/** What null means only the server knows, but for what may itself be null. */
function given(patch: object): object {
	return Object.fromEntries(
		Object.entries(patch).filter(([name, value]) => value !== undefined && (value !== null || NULLABLE.has(name))),
	);
}

const NULLABLE: ReadonlySet<string> = new Set([
	"time_zone",
	"secondary_time_zone",
	"week_start",
	"hour_cycle",
	"locale",
]);
