import type { Connection, Run } from "../api.gen.ts";
import type { BodyOf, QueryOf, RequestOptions } from "../transport.ts";
import { Resource } from "./resource.ts";

export type NewConnection = BodyOf<"POST /v1/connections">;
export type ConnectionPatch = BodyOf<"PATCH /v1/connections/{id}">;
export type Consent = BodyOf<"POST /v1/connections/authorize">;

/** The longest that the server lets a caller wait for a sync, and a little. */
const SYNC_TIMEOUT_MS = 330_000;
/** The server looks for the account within the request. */
const CONNECT_TIMEOUT_MS = 180_000;

/** Accounts with providers. */
export class Connections extends Resource {
	list(query: QueryOf<"GET /v1/connections"> = {}, options?: RequestOptions) {
		return this.listing("GET /v1/connections", { query }, options);
	}

	get(id: string, options?: RequestOptions): Promise<Connection> {
		return this.transport.call("GET /v1/connections/{id}", { path: { id } }, options);
	}

	/** CalDAV, iCloud or a feed: finds the account and its calendars, and starts the first sync. */
	create(connection: NewConnection, options?: RequestOptions): Promise<Connection> {
		return this.transport.call(
			"POST /v1/connections",
			{ body: connection },
			{ timeout: CONNECT_TIMEOUT_MS, ...options },
		);
	}

	update(id: string, patch: ConnectionPatch, options?: RequestOptions): Promise<Connection> {
		const limits = { timeout: CONNECT_TIMEOUT_MS, ...options };
		return this.transport.call("PATCH /v1/connections/{id}", { path: { id }, body: patch }, limits);
	}

	/** Gives the consent back, and erases the credentials and the copy of the events. Nothing is deleted at the provider. */
	async delete(id: string, options?: RequestOptions): Promise<void> {
		await this.transport.call("DELETE /v1/connections/{id}", { path: { id } }, options);
	}

	/** The address of the consent page; it works once, within five minutes. To renew a consent, authorize again. */
	async authorize(consent: Consent, options?: RequestOptions): Promise<string> {
		const answer = await this.transport.call("POST /v1/connections/authorize", { body: consent }, options);
		return answer.authorization_url;
	}

	/** Starts a sync, or has the running one go round once more, and answers at once. */
	async sync(id: string, options?: RequestOptions): Promise<Run> {
		const { run } = await this.transport.call("POST /v1/connections/{id}/sync", { path: { id } }, options);
		return run;
	}

	/** As `sync`, and answers when it has ended, or after five minutes with the run still `running`. */
	async syncAndWait(id: string, options?: RequestOptions): Promise<Run> {
		const { run } = await this.transport.call(
			"POST /v1/connections/{id}/sync",
			{ path: { id }, query: { wait: true } },
			{ timeout: SYNC_TIMEOUT_MS, ...options },
		);
		return run;
	}

	/** The newest first. */
	runs(id: string, query: QueryOf<"GET /v1/connections/{id}/runs"> = {}, options?: RequestOptions) {
		return this.listing("GET /v1/connections/{id}/runs", { path: { id }, query }, options);
	}
}
