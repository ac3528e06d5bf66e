import type { Webhook } from "../api.gen.ts";
import type { BodyOf, QueryOf, RequestOptions } from "../transport.ts";
import { Resource } from "./resource.ts";

export type NewWebhook = BodyOf<"POST /v1/webhooks">;
export type WebhookPatch = BodyOf<"PATCH /v1/webhooks/{id}">;

/** Addresses that are told of changes. What they receive is checked by `verifyWebhook`. */
export class Webhooks extends Resource {
	list(query: QueryOf<"GET /v1/webhooks"> = {}, options?: RequestOptions) {
		return this.listing("GET /v1/webhooks", { query }, options);
	}

	get(id: string, options?: RequestOptions): Promise<Webhook> {
		return this.transport.call("GET /v1/webhooks/{id}", { path: { id } }, options);
	}

	/** The secret is in the answer, this once. */
	create(webhook: NewWebhook, options?: RequestOptions) {
		return this.transport.call("POST /v1/webhooks", { body: webhook }, options);
	}

	/** `{ status: "active" }` resumes one that was disabled. */
	update(id: string, patch: WebhookPatch, options?: RequestOptions): Promise<Webhook> {
		return this.transport.call("PATCH /v1/webhooks/{id}", { path: { id }, body: patch }, options);
	}

	async delete(id: string, options?: RequestOptions): Promise<void> {
		await this.transport.call("DELETE /v1/webhooks/{id}", { path: { id } }, options);
	}

	/** A new secret, in the answer this once; for a time messages are signed with both. */
	rotate(id: string, options?: RequestOptions) {
		return this.transport.call("POST /v1/webhooks/{id}/rotate", { path: { id } }, options);
	}

	/** Sends a message that says nothing. */
	test(id: string, options?: RequestOptions) {
		return this.transport.call("POST /v1/webhooks/{id}/test", { path: { id } }, options);
	}

	/** The newest first. */
	deliveries(id: string, query: QueryOf<"GET /v1/webhooks/{id}/deliveries"> = {}, options?: RequestOptions) {
		return this.listing("GET /v1/webhooks/{id}/deliveries", { path: { id }, query }, options);
	}

	/** Sends a delivery, or those of a time, once more. */
	replay(id: string, which: BodyOf<"POST /v1/webhooks/{id}/replay">, options?: RequestOptions) {
		return this.transport.call("POST /v1/webhooks/{id}/replay", { path: { id }, body: which }, options);
	}
}
