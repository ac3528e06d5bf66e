import type { Mail } from "@kalends/client";
import { queryOptions } from "@tanstack/react-query";
import { kalends } from "../../api/kalends.ts";
import { STEP, shownQuery } from "../../api/shown.ts";

/** The newest of a state. */
export function notificationsQuery(state: "active" | "snoozed", shown = STEP) {
	return shownQuery(["notifications"], state, shown, (query, options) => kalends.notifications.list(query, options));
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
	return queryOptions({
		...shownQuery(["mails"], state, shown, (query, options) => kalends.mails.list(query, options)),
		refetchInterval: ({ state: query }) =>
			query.data?.some((mail) => mail.state === "queued") ? WHILE_QUEUED_MS : false,
	});
}
