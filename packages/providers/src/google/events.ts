import type { HttpResponse } from "../port/http.ts";
import { judgePage, type Page } from "./exchange.ts";
import type { Exchange } from "./failure.ts";
import type { Session } from "./session.ts";
import { asEvent, type GoogleEvent } from "./types.ts";

/** One listing of a calendar; all of its pages are asked for with the same parameters (google.md §3). */
export interface EventsQuery {
	readonly syncToken?: string;
	/**
	 * All events of one series, as a full listing has them: with exceptions that are cancelled, as those are part of it, and
	 * without those that went with their slots, which come back with them as the rule has them.
	 */
	readonly iCalUID?: string;
	/** What an earlier attempt at a creation was marked with, `name=value`. */
	readonly privateExtendedProperty?: string;
	/** A window of single occurrences. */
	readonly window?: { readonly from: string; readonly to: string };
	/** Instances of this series, at this original start where one is named. */
	readonly instancesOf?: { readonly id: string; readonly originalStart: string };
}

/** The most that Google gives at once. */
const PAGE_SIZE = "2500";
const FIELDS = "items,nextPageToken,nextSyncToken";

function exchangeOf({ syncToken }: EventsQuery): Exchange {
	return { operation: "list_events", hasSyncToken: syncToken !== undefined };
}

function sendEventsPage(
	session: Session,
	calendarId: string,
	query: EventsQuery,
	pageToken: string | null,
): Promise<HttpResponse> {
	const { syncToken, iCalUID, privateExtendedProperty, window, instancesOf } = query;
	const events = ["calendars", calendarId, "events"];
	return session.send({
		method: "GET",
		path: instancesOf === undefined ? events : [...events, instancesOf.id, "instances"],
		query: {
			maxResults: PAGE_SIZE,
			fields: FIELDS,
			syncToken,
			iCalUID,
			privateExtendedProperty,
			...(window === undefined ? {} : { singleEvents: "true", timeMin: window.from, timeMax: window.to }),
			...(instancesOf === undefined ? {} : { originalStart: instancesOf.originalStart }),
			pageToken: pageToken ?? undefined,
		},
		exchange: exchangeOf(query),
	});
}

function judgeEventsPage(response: HttpResponse, query: EventsQuery, now: number): Promise<Page> {
	return judgePage(response, exchangeOf(query), now);
}

export function fetchEventsPage(
	session: Session,
	calendarId: string,
	query: EventsQuery,
	pageToken: string | null,
): Promise<Page> {
	return session.patiently(async () => {
		const response = await sendEventsPage(session, calendarId, query, pageToken);
		return judgeEventsPage(response, query, session.now());
	});
}

/** Everything that a listing holds, by id, the later of two. */
export async function fetchAllEvents(
	session: Session,
	calendarId: string,
	query: EventsQuery,
): Promise<{ readonly events: ReadonlyMap<string, GoogleEvent>; readonly nextSyncToken: string | null }> {
	const events = new Map<string, GoogleEvent>();
	for (let token: string | null = null; ; ) {
		const page: Page = await fetchEventsPage(session, calendarId, query, token);
		for (const item of page.items) {
			const event = asEvent(item);
			if (event !== null) events.set(event.id, event);
		}
		if (page.nextPageToken === null) return { events, nextSyncToken: page.nextSyncToken };
		token = page.nextPageToken;
	}
}
