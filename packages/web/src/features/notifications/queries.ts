import type { Mail } from "@kalends/client";
import { queryOptions } from "@tanstack/react-query";
import { kalends } from "../../api/kalends.ts";
import { readShown, STEP } from "../../api/shown.ts";

/** The newest of a state. */
export function notificationsQuery(state: "active" | "snoozed", shown = STEP) {
	return queryOptions({
		queryKey: ["notifications", state, shown],
		queryFn: ({ signal }) => readShown((page) => kalends.notifications.list({ ...page, state }, { signal }), shown),
		placeholderData: (before, query) => (query?.queryKey.at(-2) === state ? before : undefined),
	});
}

export const notificationPreferencesQuery = queryOptions({
	queryKey: ["notification-preferences"],
	queryFn: ({ signal }) => kalends.notifications.preferences({ signal }),
});

export const mailSettingsQuery = queryOptions({
	queryKey: ["mail-settings"],
	queryFn: ({ signal }) => kalends.mails.settings({ signal }),
});

const WHILE_QUEUED_MS = 3_000;

/** The newest; asked again while one waits to be sent. */
export function mailsQuery(state: Mail["state"] | null, shown: number) {
	const filter = state === null ? {} : { state };
	return queryOptions({
		queryKey: ["mails", state, shown],
		queryFn: ({ signal }) => readShown((page) => kalends.mails.list({ ...page, ...filter }, { signal }), shown),
		placeholderData: (before, query) => (query?.queryKey.at(-2) === state ? before : undefined),
		refetchInterval: ({ state: query }) =>
			query.data?.some((mail) => mail.state === "queued") ? WHILE_QUEUED_MS : false,
	});
}
