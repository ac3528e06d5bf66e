import type { HttpResponse } from "../../port/http.ts";
import { settled } from "../calendars/version.ts";
import { judgeMultistatus, propfindOne, propfindRequest } from "../exchange.ts";
import { type Exchange, failureOfStatus } from "../failure.ts";
import { isSameCollection, LONGEST_ID, memberId, resolveMember } from "../href.ts";
import type { Session } from "../session.ts";
import { type DavResponse, prop, propText } from "../xml/multistatus.ts";
import { C, CS, D } from "../xml/names.ts";
import { child } from "../xml/reader.ts";

/** A resource in the calendar, as a listing names it. */
export interface Member {
	readonly id: string;
	/** Where to ask for it, as the server wrote it. */
	readonly url: URL;
	/** Null where the server gave none: then every comparison finds it changed. */
	readonly etag: string | null;
}

export type Members = ReadonlyMap<string, Member>;

export type Named =
	| { readonly type: "member"; readonly id: string; readonly url: URL }
	| { readonly type: "collection" }
	| { readonly type: "foreign" };

/** What an href of an answer about a calendar names: a member, the calendar itself, or something that is neither. */
export function nameHref(href: string, collection: URL): Named {
	const url = resolveMember(href, collection);
	if (url === null) return { type: "foreign" };
	if (isSameCollection(url, collection)) return { type: "collection" };
	if (url.pathname.endsWith("/")) return { type: "foreign" };
	const id = memberId(url);
	return id.length > LONGEST_ID ? { type: "foreign" } : { type: "member", id, url };
}

export function etagOf(response: DavResponse): string | null {
	return propText(response, D.getetag);
}

/** All etags of the calendar (caldav.md §3 B): a PROPFIND of depth 1. */
export async function listMembers(session: Session, collection: URL): Promise<Members> {
	const request = propfindRequest(collection, 1, [D.getetag, D.resourcetype]);
	return await judgeMembers(await session.send(request), request, session.now());
}

/**
 * Members that answer with an error of their own are there, without an etag.
 * @throws ProviderFailure also where the multistatus says of the calendar itself that it failed
 */
export async function judgeMembers(response: HttpResponse, exchange: Exchange, now: number): Promise<Members> {
	const members = new Map<string, Member>();
	for await (const each of judgeMultistatus(response, exchange, now)) {
		for (const href of each.hrefs) {
			const named = nameHref(href, response.url);
			if (named.type === "collection" && each.status !== null && each.status >= 400) {
				throw failureOfStatus(each.status, exchange);
			}
			if (named.type !== "member" || each.status === 404 || each.status === 410) continue;
			if (child(prop(each, D.resourcetype), D.collection) !== undefined) continue;
			members.set(named.id, { id: named.id, url: named.url, etag: etagOf(each) });
		}
	}
	return members;
}

/**
 * Asks the calendar itself whether it is still there, before an empty or failed answer about its members is believed;
 * answers its ctag, null where that may still stand for other changes.
 * @throws ProviderFailure `not_found`, `gone`, `forbidden` where it is not, or not ours any more
 */
export async function askCalendar(session: Session, collection: URL): Promise<string | null> {
	const { response, serverNow } = await propfindOne(session, collection, [D.resourcetype, CS.getctag]);
	return settled(judgeStillCalendar(response, { method: "PROPFIND", url: collection }), serverNow);
}

function judgeStillCalendar(response: DavResponse, exchange: Exchange): string | null {
	const types = prop(response, D.resourcetype);
	if (types !== undefined && child(types, C.calendar) === undefined) throw failureOfStatus(404, exchange);
	return propText(response, CS.getctag);
}
