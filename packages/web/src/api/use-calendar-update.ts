import type { Calendar, CalendarPatch } from "@kalends/client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { kalends } from "./kalends.ts";
import { calendarsQuery } from "./queries.ts";

interface Update {
	readonly id: string;
	readonly patch: CalendarPatch;
}

/** Changes what Kalends keeps about a calendar; shown at once, and taken back where the server refuses. */
export function useCalendarUpdate() {
	const client = useQueryClient();
	const { queryKey } = calendarsQuery;
	return useMutation({
		mutationFn: ({ id, patch }: Update) => kalends.calendars.update(id, patch),
		async onMutate({ id, patch }) {
			await client.cancelQueries({ queryKey });
			const before = client.getQueryData(queryKey)?.find((calendar) => calendar.id === id);
			// Null means the provider's own, which only the server knows.
			const shown = Object.fromEntries(
				Object.entries(patch).filter(([, value]) => value !== null && value !== undefined),
			);
			replace(id, (calendar) => ({ ...calendar, ...shown }));
			return { before };
		},
		onSuccess: (calendar) => replace(calendar.id, () => calendar),
		onError: (_error, { id }, context) => replace(id, (calendar) => context?.before ?? calendar),
		onSettled: () => client.invalidateQueries({ queryKey: ["events"] }),
	});

	function replace(id: string, change: (calendar: Calendar) => Calendar): void {
		client.setQueryData(queryKey, (all) => all?.map((one) => (one.id === id ? change(one) : one)));
	}
}
