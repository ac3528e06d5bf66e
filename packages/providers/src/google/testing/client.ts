import type { HttpRequest, HttpResponse, HttpTransport } from "../../port/http.ts";
import type { ProviderContext, PullPage, RemoteCalendar, RemoteResource, SyncCursor } from "../../port/provider.ts";
import type { ResourceWriter, WriteContext } from "../../port/writer.ts";
import { answer, type GoogleQuirks, GoogleSide } from "../../testing/google/google-side.ts";
import type { GoogleStore } from "../../testing/google/google-store.ts";
import { toRemoteCalendar } from "../calendars/calendar.ts";
import { googleProvider } from "../provider.ts";

export const provider = googleProvider({ apiUrl: new URL("https://google.example.com") });

/** What was asked, in short: method, path behind the calendar, query without what every request has. */
export interface Asked {
	readonly method: string;
	readonly path: string;
	readonly query: Readonly<Record<string, string>>;
	readonly ifMatch: string | null;
	readonly body: unknown;
}

/** One calendar of a scripted Google, and a client of it that remembers what it asked and what it has. */
export class GoogleClient {
	readonly side: GoogleSide;
	readonly store: GoogleStore;
	readonly asked: Asked[] = [];
	/** Answers in place of the scripted Google; null where it does. */
	instead: ((request: HttpRequest) => HttpResponse | null) | null = null;
	readonly mirror = new Map<string, RemoteResource>();
	#cursor: SyncCursor | null = null;

	constructor(quirks: GoogleQuirks = {}) {
		this.side = new GoogleSide(quirks);
		this.store = this.side.addCalendar("Calendar");
	}

	readonly http: HttpTransport = async (request) => {
		const { searchParams, pathname } = request.url;
		for (const name of ["maxResults", "fields", "conferenceDataVersion", "supportsAttachments"])
			searchParams.delete(name);
		this.asked.push({
			method: request.method,
			path: decodeURIComponent(pathname.replace(/^\/calendar\/v3\/(calendars\/[^/]*\/)?/, "")),
			query: Object.fromEntries(searchParams),
			ifMatch: request.headers?.["if-match"] ?? null,
			body: request.body === undefined ? null : JSON.parse(String(request.body)),
		});
		return this.instead?.(request) ?? (await this.side.http(request));
	};

	get context(): WriteContext & ProviderContext {
		return {
			http: this.http,
			tokens: this.side.tokens,
			credentials: {},
			settings: {},
			now: () => Date.UTC(2026, 0, 15),
			random: () => 0.5,
			person: { email: "person@example.com", name: null },
		};
	}

	get calendar(): RemoteCalendar {
		const { id, role: accessRole } = this.store;
		return toRemoteCalendar({ id, summary: "Calendar", timeZone: "UTC", accessRole, primary: true }, undefined);
	}

	get writer(): ResourceWriter {
		if (provider.writer === null) throw new Error("the provider does not write");
		return provider.writer;
	}

	/** Pulls as the server does, and answers the pages; `asked` holds the requests of this pull alone. */
	async pull(): Promise<readonly PullPage[]> {
		this.asked.length = 0;
		const known = {
			etags: async () => new Map([...this.mirror].map(([id, { etag }]) => [id, etag])),
			bodies: async (ids: readonly string[]) =>
				new Map(ids.flatMap((id) => this.mirror.get(id) ?? []).map(({ id, raw }) => [id, raw])),
		};
		const pages: PullPage[] = [];
		const seen = new Set<string>();
		for await (const page of provider.pull(this.calendar, this.#cursor, known, this.context)) {
			pages.push(page);
			for (const id of page.removed) this.mirror.delete(id);
			for (const resource of page.changed) this.mirror.set(resource.id, resource);
			for (const id of [...page.unchanged, ...page.changed.map((each) => each.id)]) seen.add(id);
			if (page.complete) for (const id of this.mirror.keys()) if (!seen.has(id)) this.mirror.delete(id);
			if (page.cursor !== null) this.#cursor = page.cursor;
		}
		return pages;
	}

	/** An answer of Google's with an error body. */
	refuse(request: HttpRequest, code: number, reason: string, headers = {}): HttpResponse {
		const errors = [{ domain: "global", reason, message: "no" }];
		return answer(request, code, { error: { code, message: "no", errors } }, headers);
	}

	async read(id: string): Promise<RemoteResource> {
		const resource = await this.writer.read(this.calendar, id, this.context);
		if (resource === null) throw new Error(`${id} is not there`);
		return resource;
	}
}

export const WEEKLY = {
	summary: "Weekly",
	start: { dateTime: "2026-03-02T09:00:00Z", timeZone: "UTC" },
	end: { dateTime: "2026-03-02T10:00:00Z", timeZone: "UTC" },
	recurrence: ["RRULE:FREQ=WEEKLY;COUNT=5"],
	reminders: { useDefault: false, overrides: [] },
} as const;

export const SINGLE = {
	summary: "Single",
	start: { dateTime: "2026-03-02T09:00:00Z", timeZone: "UTC" },
	end: { dateTime: "2026-03-02T10:00:00Z", timeZone: "UTC" },
	reminders: { useDefault: false, overrides: [] },
} as const;
