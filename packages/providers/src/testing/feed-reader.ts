import type { CalendarEvent } from "@kalends/model";
import type { HttpTransport } from "../port/http.ts";
import type { CalendarProvider, Discovered, ProviderContext, PullPage, SyncCursor } from "../port/provider.ts";
import { nodeTransport } from "./node-transport.ts";

export interface FeedReader {
	readonly discovered: Discovered;
	/** Everything that the last pull that yielded pages brought. */
	readonly cursor: SyncCursor | null;
	/** Etags of what was pulled so far. */
	readonly known: ReadonlyMap<string, string | null>;
	/** One pull from the stored cursor, its pages; nothing is stored when it fails. */
	pull(more?: Partial<ProviderContext>): Promise<readonly PullPage[]>;
	/** The credentials as changed by a person. */
	readdress(url: string): void;
}

/** Connects to a feed and pulls it as the server does, page by page into a memory of its own. */
export async function connectFeed(
	provider: CalendarProvider,
	url: string,
	http: HttpTransport = nodeTransport(),
): Promise<FeedReader> {
	const outside = { http, now: Date.now, random: Math.random };
	const discovered = await provider.connect({ url }, outside);
	let credentials = discovered.credentials;
	let cursor: SyncCursor | null = null;
	const known = new Map<string, string | null>();
	return {
		discovered,
		get cursor() {
			return cursor;
		},
		known,
		readdress(next) {
			credentials = { url: next };
		},
		async pull(more = {}) {
			const context = { ...outside, credentials, settings: discovered.settings, ...more };
			const { calendars } = await provider.listCalendars(context);
			const [calendar] = calendars;
			if (calendar === undefined) throw new Error("a feed has one calendar");
			const pages = await Array.fromAsync(
				provider.pull(calendar, cursor, { etags: async () => new Map(known), bodies: async () => new Map() }, context),
			);
			for (const { id, etag } of pages.flatMap((page) => page.changed)) known.set(id, etag);
			cursor = JSON.parse(JSON.stringify(pages.at(-1)?.cursor ?? null));
			return pages;
		},
	};
}

export function eventsOf(pages: readonly PullPage[]): readonly CalendarEvent[] {
	return pages.flatMap((page) => page.changed.flatMap(({ events }) => events));
}
