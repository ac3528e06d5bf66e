import { ProviderFailure } from "../../port/failure.ts";
import type { HttpResponse } from "../../port/http.ts";
import type { ListingFailure, RemoteCalendar } from "../../port/provider.ts";
import { clockOf, judgeMultistatus, propfindOne, propfindRequest } from "../exchange.ts";
import { type Exchange, failureOfStatus } from "../failure.ts";
import { collectionPath, isSameCollection, LONGEST_ID, resolveLink, resolveMember } from "../href.ts";
import { autoScheduleIn, type Scheduling } from "../scheduling.ts";
import type { Session } from "../session.ts";
import { type CalendarSettings, toSettings } from "../settings.ts";
import { type DavResponse, prop, propHrefs, propText } from "../xml/multistatus.ts";
import { A, C, CS, D, keyOf, type XmlName } from "../xml/names.ts";
import { child } from "../xml/reader.ts";
import { accessOf, colorOf, holdsEvents, maxResourceSizeOf, nameOf, supportsSync, timeZoneOf } from "./properties.ts";
import { settled, versionOf } from "./version.ts";

const LISTED: readonly XmlName[] = [
	D.resourcetype,
	D.displayname,
	D.owner,
	D.currentUserPrivilegeSet,
	D.supportedReportSet,
	D.syncToken,
	CS.getctag,
	A.calendarColor,
	C.supportedComponents,
	C.calendarTimezone,
	C.calendarTimezoneId,
	C.maxResourceSize,
	C.scheduleDefaultCalendarUrl,
];

/** What a home set holds that matters to us. */
export interface HomeListing {
	/** Home set or calendar that answered, after redirects. */
	readonly url: URL;
	readonly calendars: readonly ListedCalendar[];
	/** Other collections in it that are principals or plain folders; discovery may look into them. */
	readonly folders: readonly URL[];
	/** From the inbox in it, where a server has one (RFC 6638 §9.2). */
	readonly defaultCalendar: URL | null;
	/** The server's clock, epoch milliseconds. */
	readonly serverNow: number;
	/** What the answer says of scheduling by the way. */
	readonly scheduling: Scheduling;
	/** What answered with an error of its own: it is there, or may be. */
	readonly failed: readonly FailedPlace[];
}

/** A calendar, or a home with all in it, that could not be listed. */
export interface FailedPlace {
	readonly url: URL;
	readonly failure: ProviderFailure;
}

export interface ListedCalendar {
	readonly url: URL;
	readonly response: DavResponse;
}

/** One PROPFIND of depth 1 serves all calendars of a home set. */
export async function listHome(session: Session, home: URL): Promise<HomeListing> {
	const request = propfindRequest(home, 1, LISTED);
	return await judgeHomeListing(await session.send(request), request, session.now());
}

/** @throws ProviderFailure also where the failure of the home set itself is wrapped in the multistatus */
export async function judgeHomeListing(response: HttpResponse, exchange: Exchange, now: number): Promise<HomeListing> {
	const calendars: ListedCalendar[] = [];
	const folders: URL[] = [];
	const failed: FailedPlace[] = [];
	let defaultCalendar: URL | null = null;
	let outbox: true | null = null;
	for await (const each of judgeMultistatus(response, exchange, now)) {
		const href = each.hrefs[0] ?? "";
		const url = resolveMember(href, response.url) ?? resolveLink(href, response.url);
		if (url === null) continue;
		const own = isSameCollection(url, response.url);
		const status = each.status ?? each.failed.get(keyOf(D.resourcetype)) ?? 200;
		if (status >= 300) {
			if (own && each.status !== null) throw failureOfStatus(status, exchange);
			// 404 says of a property that there is none, and of a calendar that it is gone.
			// A login that is refused here only was accepted for the home, so it is no wrong password.
			if (!own && status !== 404 && status !== 410) {
				failed.push({ url, failure: failureOfStatus(status === 401 ? 403 : status, { ...exchange, url }) });
			}
			continue;
		}
		const types = prop(each, D.resourcetype);
		const [preferred] = propHrefs(each, C.scheduleDefaultCalendarUrl);
		if (preferred !== undefined) defaultCalendar = resolveLink(preferred, response.url);
		if (child(types, C.scheduleOutbox) !== undefined) outbox = true;
		if (holdsEvents(each)) calendars.push({ url, response: each });
		else if (!own && isFolder(types)) folders.push(url);
	}
	const scheduling = { autoSchedule: autoScheduleIn(response.headers), outbox };
	const serverNow = clockOf(response, now);
	return { url: response.url, calendars, folders, defaultCalendar, serverNow, scheduling, failed };
}

function isFolder(types: Parameters<typeof child>[0]): boolean {
	if (child(types, D.collection) === undefined && child(types, D.principal) === undefined) return false;
	return [C.calendar, C.scheduleInbox, C.scheduleOutbox, CS.notification].every(
		(name) => child(types, name) === undefined,
	);
}

/** A calendar given by its own address, in the form of a listing. */
export async function listSingle(session: Session, calendar: URL): Promise<HomeListing> {
	const { url, response, serverNow, headers } = await propfindOne(session, calendar, LISTED);
	if (!holdsEvents(response)) {
		throw new ProviderFailure("not_found", {
			reason: "not_a_calendar",
			message: `${url.host}${url.pathname} is no calendar of events`,
		});
	}
	const scheduling = { autoSchedule: autoScheduleIn(headers), outbox: null };
	const calendars = [{ url, response }];
	return { url, calendars, folders: [], defaultCalendar: null, serverNow, scheduling, failed: [] };
}

/** What the calendars are made with, beside their own properties. */
export interface ListingContext {
	readonly principal: URL | null;
	readonly addresses: readonly string[];
	readonly sendsInvitations: boolean;
	readonly now: number;
}

/**
 * The calendars of all listings as the port shows them. An id is the path, so that it stays where the provider moves
 * an account to another of its hosts; the whole address only where two hosts share a path.
 */
export function toRemoteCalendars(
	listings: readonly HomeListing[],
	context: ListingContext,
): readonly RemoteCalendar[] {
	const byId = new Map<string, RemoteCalendar>();
	const origins = new Map<string, string>();
	for (const listing of listings) {
		for (const { url, response } of listing.calendars) {
			const path = collectionPath(url.pathname) + url.search;
			const taken = origins.get(path);
			if (taken === url.origin || path.length > LONGEST_ID) continue;
			origins.set(path, taken ?? url.origin);
			const id = taken === undefined ? path : url.origin + path;
			const primary = listing.defaultCalendar !== null && isSameCollection(listing.defaultCalendar, url);
			byId.set(id, toRemoteCalendar(id, { url, response }, { ...context, primary, serverNow: listing.serverNow }));
		}
	}
	return [...byId.values()];
}

/** The same for the calendars that were not listed: an id may be the path alone or the whole address. */
export function toListingFailures(places: readonly FailedPlace[]): readonly ListingFailure[] {
	return places.flatMap(({ url, failure }) => {
		const path = collectionPath(url.pathname);
		return [path, url.origin + path].map((idPrefix) => ({ idPrefix, failure }));
	});
}

function toRemoteCalendar(
	id: string,
	{ url, response }: ListedCalendar,
	context: ListingContext & { readonly primary: boolean; readonly serverNow: number },
): RemoteCalendar {
	const stamps = [propText(response, CS.getctag), propText(response, D.syncToken)] as const;
	const [ctag, token] = [settled(stamps[0], context.serverNow), settled(stamps[1], context.serverNow)];
	// One that may still stand for other changes makes the version unknown, whatever the other says.
	const known = ctag === stamps[0] && token === stamps[1];
	const settings: CalendarSettings = {
		url: url.href,
		sync: supportsSync(response) ?? stamps[1] !== null,
		ctag,
		token,
		maxResourceSize: maxResourceSizeOf(response),
		addresses: context.addresses,
	};
	return {
		id,
		name: nameOf(response, url),
		color: colorOf(response),
		timeZone: timeZoneOf(response),
		access: accessOf(response, context.principal, url),
		primary: context.primary,
		sendsInvitations: context.sendsInvitations,
		version: known ? versionOf({ id, ctag, token, now: context.now }) : null,
		settings: toSettings(settings),
	};
}
