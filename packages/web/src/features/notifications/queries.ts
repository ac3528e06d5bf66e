import { queryOptions } from "@tanstack/react-query";
import { kalends } from "../../api/kalends.ts";

const SHOWN = 50;

/** The newest 50 of a state. */
export function notificationsQuery(state: "active" | "snoozed") {
	return queryOptions({
		queryKey: ["notifications", state],
		queryFn: ({ signal }) => kalends.notifications.list({ state, limit: SHOWN }, { signal }).all(SHOWN),
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

/** The newest 50; asked again while one waits to be sent. */
export function mailsQuery(state: "queued" | "sent" | "failed" | null) {
	return queryOptions({
		queryKey: ["mails", state],
		queryFn: ({ signal }) =>
			kalends.mails.list({ limit: SHOWN, ...(state === null ? {} : { state }) }, { signal }).all(SHOWN),
		refetchInterval: ({ state: query }) =>
			query.data?.some((mail) => mail.state === "queued") ? WHILE_QUEUED_MS : false,
	});
}
