import type { Calendar } from "../api.gen.ts";
import type { BodyOf, QueryOf, RequestOptions } from "../transport.ts";
import { Resource } from "./resource.ts";

export type CalendarPatch = BodyOf<"PATCH /v1/calendars/{id}">;

export class Calendars extends Resource {
	list(query: QueryOf<"GET /v1/calendars"> = {}, options?: RequestOptions) {
		return this.listing("GET /v1/calendars", { query }, options);
	}

	get(id: string, options?: RequestOptions): Promise<Calendar> {
		return this.transport.call("GET /v1/calendars/{id}", { path: { id } }, options);
	}

	update(id: string, patch: CalendarPatch, options?: RequestOptions): Promise<Calendar> {
		return this.transport.call("PATCH /v1/calendars/{id}", { path: { id }, body: patch }, options);
	}

	/** The events whose deletion waits for a decision: `applyDeletions`, or `keepDeletions`. */
	heldDeletions(id: string, query: QueryOf<"GET /v1/calendars/{id}/deletions"> = {}, options?: RequestOptions) {
		return this.listing("GET /v1/calendars/{id}/deletions", { path: { id }, query }, options);
	}

	/** Deletes here what the provider no longer has; undefined where the calendar itself was gone, and is removed. */
	applyDeletions(id: string, options?: RequestOptions): Promise<Calendar | undefined> {
		const body = { action: "apply" } as const;
		return this.transport.call("POST /v1/calendars/{id}/deletions", { path: { id }, body }, options);
	}

	/** Keeps here what the provider no longer has. */
	keepDeletions(id: string, options?: RequestOptions): Promise<Calendar | undefined> {
		const body = { action: "keep" } as const;
		return this.transport.call("POST /v1/calendars/{id}/deletions", { path: { id }, body }, options);
	}

	/** What was guessed, cut or could not be read. */
	warnings(id: string, query: QueryOf<"GET /v1/calendars/{id}/warnings"> = {}, options?: RequestOptions) {
		return this.listing("GET /v1/calendars/{id}/warnings", { path: { id }, query }, options);
	}
}
