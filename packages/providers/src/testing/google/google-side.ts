import { isCancelled } from "../../google/types.ts";
import type { HttpRequest, HttpResponse, HttpTransport } from "../../port/http.ts";
import type { AccessTokens } from "../../port/oauth.ts";
import { GoogleStore } from "./google-store.ts";

/** All of it is documented, or at least not ruled out. */
export interface GoogleQuirks {
	/** Items a page, whatever is asked for. Default 100. */
	readonly pageSize?: number;
	/** The last page has no `nextSyncToken`. */
	readonly noSyncToken?: boolean;
	/** Ids of its own in place of those that clients send. */
	readonly ownIds?: boolean;
	/** Exceptions come before their masters. */
	readonly newestFirst?: boolean;
	/** Exceptions stay when their slots are gone. */
	readonly keepsStrays?: boolean;
	/** Every first page is empty. */
	readonly emptyPages?: boolean;
	/** What a deleted event answers to a write. Default 410. */
	readonly deletedStatus?: 404 | 410 | 412;
}

const ROOT = "/calendar/v3/";

/** One account of a scripted Google: what its API documents and the provider asks for, and no more. */
export class GoogleSide {
	readonly calendars = new Map<string, GoogleStore>();
	readonly #quirks: GoogleQuirks;
	/** Tokens end after so many requests. */
	readonly #tokenLasts = 50;
	#token = 1;
	#used = 0;
	#revoked = false;
	#made = 0;

	constructor(quirks: GoogleQuirks) {
		this.#quirks = quirks;
	}

	addCalendar(name: string): GoogleStore {
		const id = this.calendars.size === 0 ? "person@example.com" : `c${++this.#made}@group.calendar.google.com`;
		const store = new GoogleStore(id, name, this.#quirks);
		this.calendars.set(id, store);
		return store;
	}

	revoke(): void {
		this.#revoked = true;
	}

	readonly tokens: AccessTokens = {
		get: async (rejected) => {
			if (rejected === String(this.#token)) {
				this.#token++;
				this.#used = 0;
			}
			return String(this.#token);
		},
	};

	readonly http: HttpTransport = async (request) => {
		const token = request.headers?.authorization?.replace("Bearer ", "");
		if (this.#revoked || token !== String(this.#token) || ++this.#used > this.#tokenLasts) {
			return refuse(request, 401, "authError");
		}
		const { pathname, searchParams } = request.url;
		const path = pathname.slice(ROOT.length).split("/").map(decodeURIComponent);
		if (path[0] === "users") return this.#list(request);
		const store = this.calendars.get(path[1] ?? "");
		if (store === undefined) return refuse(request, 404, "notFound");
		if (path[3] === undefined && request.method === "GET") return this.#events(request, store);
		if (path[3] === undefined) {
			const made = store.insert(bodyOf(request));
			return made === "duplicate" ? refuse(request, 409, "duplicate") : answer(request, 200, made);
		}
		if (path[4] === "instances") {
			const at = Date.parse(searchParams.get("originalStart") ?? "");
			const items = store.instances(path[3]).filter(({ originalStartTime: start }) => {
				return Date.parse(start?.dateTime ?? start?.date ?? "") === at;
			});
			return answer(request, 200, { items });
		}
		if (path[4] === "move") return this.#move(request, store, path[3], searchParams.get("destination") ?? "");
		return this.#event(request, store, path[3]);
	};

	#list(request: HttpRequest): HttpResponse {
		const items = [...this.calendars.values()].map(({ id, name, role }, index) => ({
			id,
			summary: name,
			accessRole: role,
			timeZone: "UTC",
			primary: index === 0,
		}));
		return answer(request, 200, { items });
	}

	#events(request: HttpRequest, store: GoogleStore): HttpResponse {
		const { searchParams: query } = request.url;
		const syncToken = query.get("syncToken");
		const [epoch, since] = syncToken?.split(".") ?? [];
		if (epoch !== undefined && epoch !== String(store.epoch)) return refuse(request, 410, "fullSyncRequired");
		const [uid, property] = [query.get("iCalUID"), query.get("privateExtendedProperty")];
		if (syncToken !== null && (uid !== null || property !== null)) return refuse(request, 400, "invalid");
		const matching = store.since(since === undefined ? null : Number(since)).filter((event) => {
			if (uid !== null) return event.iCalUID === uid;
			if (property === null) return true;
			const [name = "", value] = property.split("=");
			return event.extendedProperties?.private?.[name] === value;
		});
		const pageSize = this.#quirks.pageSize ?? 100;
		const pageToken = query.get("pageToken");
		// A listing is of when it began; what changes later is after its sync token.
		const [revision = store.revision, at = 0] = pageToken?.split(".").map(Number) ?? [];
		const first = pageToken === null && this.#quirks.emptyPages === true;
		const items = first ? [] : matching.slice(at, at + pageSize);
		const next = first ? 0 : at + pageSize;
		if (first || next < matching.length) return answer(request, 200, { items, nextPageToken: `${revision}.${next}` });
		const token = this.#quirks.noSyncToken === true ? {} : { nextSyncToken: `${store.epoch}.${revision}` };
		return answer(request, 200, { items, ...token });
	}

	/** https://developers.google.com/calendar/api/v3/reference/events/move */
	#move(request: HttpRequest, from: GoogleStore, id: string, destination: string): HttpResponse {
		const to = this.calendars.get(destination);
		const present = from.get(id);
		if (to === undefined || present === null) return refuse(request, 404, "notFound");
		if (isCancelled(present)) {
			const status = this.#quirks.deletedStatus ?? 410;
			return refuse(request, status, status === 410 ? "deleted" : status === 404 ? "notFound" : "conditionNotMet");
		}
		if (present.organizer?.self !== true) return refuse(request, 403, "forbiddenForNonOrganizer");
		return answer(request, 200, from.moveTo(to, id));
	}

	#event(request: HttpRequest, store: GoogleStore, id: string): HttpResponse {
		const present = store.get(id);
		if (present === null) return refuse(request, 404, "notFound");
		if (request.method === "GET") return answer(request, 200, present);
		const isGone = isCancelled(present) && present.recurringEventId === undefined;
		const expected = request.headers?.["if-match"];
		if (isGone && request.method !== "PUT") {
			const status = this.#quirks.deletedStatus ?? 410;
			return refuse(request, status, status === 410 ? "deleted" : status === 404 ? "notFound" : "conditionNotMet");
		}
		if (expected !== undefined && expected !== present.etag) return refuse(request, 412, "conditionNotMet");
		if (request.method === "DELETE") {
			store.remove(id);
			return answer(request, 204, null);
		}
		const body = bodyOf(request);
		return answer(request, 200, request.method === "PUT" ? store.replace(id, body) : store.patch(id, body));
	}
}

function bodyOf(request: HttpRequest): Readonly<Record<string, unknown>> {
	return JSON.parse(String(request.body)) as Readonly<Record<string, unknown>>;
}

function refuse(request: HttpRequest, code: number, reason: string): HttpResponse {
	return answer(request, code, { error: { code, message: "refused", errors: [{ domain: "global", reason }] } });
}

export function answer({ url }: HttpRequest, status: number, body: unknown, headers = {}): HttpResponse {
	const text = body === null ? "" : JSON.stringify(body);
	return {
		status,
		headers: new Headers({ "content-type": "application/json; charset=UTF-8", ...headers }),
		url,
		permanentlyMoved: false,
		body: (async function* () {
			yield new TextEncoder().encode(text);
		})(),
		text: async () => text,
		bytes: async () => new TextEncoder().encode(text),
		discard: async () => {},
	};
}
