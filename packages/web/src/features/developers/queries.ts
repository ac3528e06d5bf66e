import type { WebhookDelivery } from "@kalends/client";
import { queryOptions } from "@tanstack/react-query";
import { kalends } from "../../api/kalends.ts";
import { STEP, shownQuery } from "../../api/shown.ts";

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

const LOOK_EVERY_MS = 2_000;
/** Of a long log, which holds every body. */
const LOOK_SELDOM_MS = 20_000;

/** The newest deliveries; looked at again while the log is open. */
export function deliveriesQuery(webhookId: string, state: WebhookDelivery["state"] | null, shown: number) {
	return queryOptions({
		...shownQuery(["webhooks", webhookId, "deliveries"], state, shown, (query, options) =>
			kalends.webhooks.deliveries(webhookId, query, options),
		),
		refetchInterval: shown > STEP ? LOOK_SELDOM_MS : LOOK_EVERY_MS,
	});
}
