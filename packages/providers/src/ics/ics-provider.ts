import { ProviderFailure } from "../port/failure.ts";
import type {
	CalendarProvider,
	ConnectInput,
	Discovered,
	KnownResources,
	ProviderContext,
	ProviderSettings,
	PullPage,
	RemoteCalendar,
	SyncCursor,
} from "../port/provider.ts";
import { credentialsOf, type FeedAddress, feedAddress, leavesTransportOpen } from "./address.ts";
import { type FeedMemory, fromCursor, toCursor } from "./cursor.ts";
import { type FetchedFeed, type FetchLimits, fetchFeed } from "./fetch-feed.ts";
import { openMoved, sealMoved } from "./moved-address.ts";
import { examineFeed, type FeedProperties, feedProperties, readSlices } from "./read-feed.ts";
import { refreshAfter } from "./refresh.ts";

export interface IcsOptions {
	/** Decoded bytes of a feed at the most. Default 20 MiB. */
	readonly maxBytes?: number;
	/** From asking to the last byte, milliseconds. Default 60,000. */
	readonly timeoutMs?: number;
}

/** Somebody waits for the answer, perhaps behind a proxy that gives up after a minute. */
const PATIENCE = 30_000;

/** A feed is one calendar. Its id is the same for every feed, so that a changed address stays the same calendar. */
const CALENDAR_ID = "feed";

/**
 * ICS feeds (RFC 5545 over HTTP): read only, one calendar each, asked conditionally, compared by content. A failed or
 * broken answer never yields a page, so what was stored stays.
 */
export function icsProvider(options: IcsOptions = {}): CalendarProvider {
	const limits: FetchLimits = {
		maxBytes: options.maxBytes ?? 20 * 1024 * 1024,
		timeoutMs: options.timeoutMs ?? 60_000,
	};
	return {
		id: "ics",
		writer: null,
		capabilities: {
			pastAbsenceMeansDeletion: false,
			calendarVersions: false,
			discoversCalendars: false,
		},
		connect: (input, context) =>
			connect(input, { ...context, limits: { ...limits, timeoutMs: Math.min(limits.timeoutMs, PATIENCE) } }),
		listCalendars: async ({ settings }) => ({ calendars: [calendarOf(settings)] }),
		pull: (calendar, cursor, known, context) => pull(calendar, cursor, known, context, limits),
	};
}

type ConnectContext = Omit<ProviderContext, "credentials" | "settings"> & { readonly limits: FetchLimits };

const NOTHING_KNOWN = { etag: null, lastModified: null };

async function connect(input: ConnectInput, context: ConnectContext): Promise<Discovered> {
	const typed = feedAddress(input);
	const fetched = await fetchFeed(typed, null, NOTHING_KNOWN, context).catch((error: unknown) => {
		throw leavesTransportOpen(input) && typed.login === null ? withoutHttps(error, typed) : error;
	});
	const address = settledAddress(typed, fetched.movedTo);
	const { name, color, timeZone } = feedProperties(await examineFeed(wholeBody(fetched), typed.url.host));
	const settings = { name: name ?? typed.url.host, color, timeZone };
	return {
		account: address.url.host,
		suggestedName: settings.name,
		credentials: credentialsOf(address),
		settings,
		calendars: [calendarOf(settings)],
	};
}

/** Who typed webcal did not ask for https, and may not know that it was tried. */
function withoutHttps(error: unknown, { url }: FeedAddress): unknown {
	const isNoHttps =
		error instanceof ProviderFailure && (error.reason === "tls_failure" || error.reason === "connection_refused");
	if (!isNoHttps) return error;
	const message = `${url.host} was asked over https and gave no secure connection`;
	return new ProviderFailure(error.kind, { reason: "no_https", message, cause: error });
}

/** A feed that has moved for good is asked at its new address from the start; credentials do not move to others. */
function settledAddress(typed: FeedAddress, movedTo: URL | null): FeedAddress {
	if (movedTo === null || (typed.login !== null && movedTo.origin !== typed.url.origin)) return typed;
	return { ...typed, url: movedTo };
}

function calendarOf(settings: ProviderSettings): RemoteCalendar {
	return {
		id: CALENDAR_ID,
		name: typeof settings.name === "string" ? settings.name : "Feed",
		color: typeof settings.color === "string" ? settings.color : null,
		timeZone: typeof settings.timeZone === "string" ? settings.timeZone : null,
		access: "read",
		primary: false,
		sendsInvitations: false,
		version: null,
		settings: {},
	};
}

async function* pull(
	calendar: RemoteCalendar,
	cursor: SyncCursor | null,
	known: KnownResources,
	context: ProviderContext,
	limits: FetchLimits,
): AsyncGenerator<PullPage> {
	const address = feedAddress(context.credentials);
	const before = fromCursor(cursor, address);
	const moved = before?.moved ? openMoved(address, before.moved) : null;
	const fetched = await fetchFeed(address, moved, before ?? NOTHING_KNOWN, { ...context, limits });
	const validators = { etag: fetched.etag, lastModified: fetched.lastModified };
	const movedTo = fetched.movedTo === null ? null : sealMoved(address, fetched.movedTo);
	if (before !== null && fetched.body === null) {
		yield nothingNew({ ...before, ...validators, moved: movedTo }, address);
		return;
	}
	const feed = await examineFeed(wholeBody(fetched), address.url.host);
	if (before?.digest === feed.digest) {
		yield nothingNew({ ...before, ...validators, moved: movedTo }, address);
		return;
	}
	const properties = feedProperties(feed);
	const memory: FeedMemory = {
		...validators,
		digest: feed.digest,
		refreshInterval: properties.refreshInterval,
		moved: movedTo,
	};
	const options = { feedId: calendar.id, defaultZone: properties.timeZone ?? calendar.timeZone };
	for await (const { isLast, changed, unchanged } of readSlices(feed, await known.etags(), options)) {
		const page = { mode: "full", changed, unchanged, removed: [] } as const;
		if (!isLast) yield { ...page, cursor: null, complete: false };
		else {
			yield {
				...page,
				cursor: toCursor(memory, address),
				complete: true,
				refreshAfter: refreshAfter(memory.refreshInterval),
				calendar: learned(properties),
			};
		}
	}
}

function nothingNew(memory: FeedMemory, address: FeedAddress): PullPage {
	return {
		mode: "delta",
		changed: [],
		removed: [],
		unchanged: [],
		cursor: toCursor(memory, address),
		complete: false,
		refreshAfter: refreshAfter(memory.refreshInterval),
	};
}

/** A feed that has no name keeps the one that it was given. */
function learned({ name, color, timeZone }: FeedProperties): NonNullable<PullPage["calendar"]> {
	return { ...(name === null ? {} : { name }), color, timeZone };
}

function wholeBody({ body }: FetchedFeed): Uint8Array {
	if (body !== null) return body;
	throw new ProviderFailure("unavailable", { reason: "malformed_answer", message: "the feed has no body" });
}
