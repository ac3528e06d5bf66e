import type { DryRun, Event } from "../api.gen.ts";
import type { BodyOf, QueryOf, RequestOptions } from "../transport.ts";
import { Resource } from "./resource.ts";

export type NewEvent = BodyOf<"POST /v1/events">;
export type EventPatch = BodyOf<"PATCH /v1/events/{id}">;
/** Of a series or one of its occurrences: which occurrences are meant. Needed there. */
export type EventScope = NonNullable<QueryOf<"PATCH /v1/events/{id}">["scope"]>;
type Rsvp = BodyOf<"POST /v1/events/{id}/rsvp">;

export interface EditOptions extends RequestOptions {
	readonly scope?: EventScope | undefined;
	/** The event's etag as it was read: refused (`precondition_failed`) where the event has changed since. */
	readonly ifMatch?: string | undefined;
}

/**
 * Occurrences, series and single events of all selected calendars. A write answers when the provider has it; where that
 * takes longer than ten seconds it answers too, and the event's `sync.state` is `pending`.
 */
export class Events extends Resource {
	list(query: QueryOf<"GET /v1/events"> = {}, options?: RequestOptions) {
		return this.listing("GET /v1/events", { query }, options);
	}

	/** From now, the next seven days unless told. */
	upcoming(query: QueryOf<"GET /v1/events/upcoming"> = {}, options?: RequestOptions) {
		return this.listing("GET /v1/events/upcoming", { query }, options);
	}

	get(id: string, options?: RequestOptions): Promise<Event> {
		return this.transport.call("GET /v1/events/{id}", { path: { id } }, options);
	}

	async create(event: NewEvent, options?: RequestOptions): Promise<Event> {
		return written(await this.transport.call("POST /v1/events", { body: event }, options));
	}

	/** Merge-patch: what is left out stays, null clears, lists are replaced. With `following` it answers the new series. */
	async update(id: string, patch: EventPatch, options: EditOptions = {}): Promise<Event> {
		return written(await this.#update(id, patch, options, false));
	}

	/** Resolves when the provider has agreed, or Kalends goes on trying. */
	async delete(id: string, options: EditOptions = {}): Promise<void> {
		await this.#delete(id, options, false);
	}

	/** What `create` would do, and whom the provider would mail. Changes nothing. */
	async previewCreate(event: NewEvent, options?: RequestOptions): Promise<DryRun> {
		return foreseen(await this.transport.call("POST /v1/events", { body: event, query: { dry_run: true } }, options));
	}

	/** What `update` would do to which occurrences. Changes nothing. */
	async previewUpdate(id: string, patch: EventPatch, options: EditOptions = {}): Promise<DryRun> {
		return foreseen(await this.#update(id, patch, options, true));
	}

	/** What `delete` would do to which occurrences. Changes nothing. */
	async previewDelete(id: string, options: EditOptions = {}): Promise<DryRun> {
		return foreseen(await this.#delete(id, options, true));
	}

	/** Answers an invitation. */
	rsvp(
		id: string,
		response: Rsvp["response"],
		options: RequestOptions & Omit<Rsvp, "response"> & { readonly scope?: EventScope | undefined } = {},
	): Promise<Event> {
		const { comment, scope, ...rest } = options;
		return this.transport.call(
			"POST /v1/events/{id}/rsvp",
			{ path: { id }, body: { response, comment }, query: { scope } as QueryOf<"POST /v1/events/{id}/rsvp"> },
			rest,
		);
	}

	/** Who changed what and when, the newest first; of deleted events too. */
	history(id: string, query: QueryOf<"GET /v1/events/{id}/history"> = {}, options?: RequestOptions) {
		return this.listing("GET /v1/events/{id}/history", { path: { id }, query }, options);
	}

	/** What was deleted within the last 30 days and can be restored, the latest first. */
	deleted(query: QueryOf<"GET /v1/events/deleted"> = {}, options?: RequestOptions) {
		return this.listing("GET /v1/events/deleted", { query }, options);
	}

	/** Brings the event back to a version of its history, deleted ones under their old id. */
	async restore(id: string, version: number, options: Omit<EditOptions, "scope"> = {}): Promise<Event> {
		return written(await this.#restore(id, version, options, false));
	}

	async previewRestore(id: string, version: number, options: Omit<EditOptions, "scope"> = {}): Promise<DryRun> {
		return foreseen(await this.#restore(id, version, options, true));
	}

	/** Of a change that the provider has not got: try again now; undefined where that deleted the event. */
	retry(id: string, options?: RequestOptions): Promise<Event | undefined> {
		return this.transport.call("POST /v1/events/{id}/sync", { path: { id }, body: { action: "retry" } }, options);
	}

	/** Gives the change up; undefined where the provider never had the event. */
	discard(id: string, options?: RequestOptions): Promise<Event | undefined> {
		return this.transport.call("POST /v1/events/{id}/sync", { path: { id }, body: { action: "discard" } }, options);
	}

	#update(id: string, body: EventPatch, { scope, ifMatch, ...options }: EditOptions, dryRun: boolean) {
		return this.transport.call(
			"PATCH /v1/events/{id}",
			{ path: { id }, query: { scope, ...preview(dryRun) }, headers: { "If-Match": ifMatch }, body },
			options,
		);
	}

	#delete(id: string, { scope, ifMatch, ...options }: EditOptions, dryRun: boolean) {
		return this.transport.call(
			"DELETE /v1/events/{id}",
			{ path: { id }, query: { scope, ...preview(dryRun) }, headers: { "If-Match": ifMatch } },
			options,
		);
	}

	#restore(id: string, version: number, { ifMatch, ...options }: EditOptions, dryRun: boolean) {
		return this.transport.call(
			"POST /v1/events/{id}/restore",
			{ path: { id }, query: preview(dryRun), headers: { "If-Match": ifMatch }, body: { version } },
			options,
		);
	}
}

function preview(dryRun: boolean): { readonly dry_run?: boolean } {
	return dryRun ? { dry_run: true } : {};
}

function written(answer: Event | DryRun): Event {
	if ("dry_run" in answer) throw new TypeError("the server answered a write with a preview");
	return answer;
}

function foreseen(answer: Event | DryRun | undefined): DryRun {
	if (answer === undefined || !("dry_run" in answer)) throw new TypeError("the server answered a preview with a write");
	return answer;
}
