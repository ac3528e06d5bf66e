import type { WebhookDelivery } from "@kalends/client";
import { queryOptions } from "@tanstack/react-query";
import { kalends } from "../../api/kalends.ts";

export const apiKeysQuery = queryOptions({
	queryKey: ["api-keys"],
	queryFn: ({ signal }) => kalends.apiKeys.list({ limit: 200 }, { signal }).all(),
});

export const webhooksQuery = queryOptions({
	queryKey: ["webhooks"],
	queryFn: ({ signal }) => kalends.webhooks.list({ limit: 200 }, { signal }).all(),
	// Deliveries go on by themselves.
	refetchInterval: 10_000,
});

const SHOWN = 100;
const LOOK_EVERY_MS = 2_000;

/** The newest 100 deliveries; looked at again while the log is open. */
export function deliveriesQuery(webhookId: string, state: WebhookDelivery["state"] | null) {
	return queryOptions({
		queryKey: ["webhooks", webhookId, "deliveries", state],
		queryFn: ({ signal }) =>
			kalends.webhooks
				.deliveries(webhookId, { limit: SHOWN, ...(state === null ? {} : { state }) }, { signal })
				.all(SHOWN),
		refetchInterval: LOOK_EVERY_MS,
	});
}
