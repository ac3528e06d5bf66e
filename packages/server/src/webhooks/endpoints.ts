import type { Endpoint } from "../http/endpoint.ts";
import { listDeliveries, replayWebhook, testWebhook } from "./delivery-endpoints.ts";
import {
	createWebhook,
	deleteWebhook,
	getWebhook,
	listWebhooks,
	rotateWebhook,
	updateWebhook,
} from "./webhook-endpoints.ts";

export const webhookEndpoints: readonly Endpoint[] = [
	createWebhook,
	listWebhooks,
	getWebhook,
	updateWebhook,
	deleteWebhook,
	rotateWebhook,
	testWebhook,
	listDeliveries,
	replayWebhook,
] as readonly Endpoint[];
