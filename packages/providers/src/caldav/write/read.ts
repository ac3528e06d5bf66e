import { ProviderFailure } from "../../port/failure.ts";
import type { RemoteResource } from "../../port/provider.ts";
import { propfindOne } from "../exchange.ts";
import { memberId } from "../href.ts";
import { type Body, getRequest, judgeBodies, judgeGet } from "../pull/bodies.ts";
import { askCalendar, etagOf, type Member } from "../pull/members.ts";
import { type ReadingContext, readBody } from "../pull/resource.ts";
import type { DavRequest, Session } from "../session.ts";
import { propText } from "../xml/multistatus.ts";
import { C, D } from "../xml/names.ts";
import { element, text, xmlDocument } from "../xml/write.ts";
import { isPlainEtag, plainEtag } from "./put.ts";

/** What is compared before a write: without the body. */
export interface ResourceState {
	readonly etag: string | null;
	readonly scheduleTag: string | null;
}

/** Etag and schedule tag by PROPFIND, which no proxy marks; null where there is no such resource. */
export async function readState(session: Session, url: URL): Promise<ResourceState | null> {
	try {
		const { response } = await propfindOne(session, url, [D.getetag, C.scheduleTag]);
		return { etag: etagOf(response), scheduleTag: propText(response, C.scheduleTag) };
	} catch (error) {
		if (error instanceof ProviderFailure && (error.kind === "not_found" || error.kind === "gone")) return null;
		throw error;
	}
}

/**
 * One resource by GET, as reports come from indexes that may lag behind (caldav.md §3). Where the answer's etag is
 * none that a write can be held to, the one of a PROPFIND takes its place; should the resource change between the two,
 * a write is refused, and nothing lost.
 * @throws ProviderFailure where the server does not hand it out
 */
export async function readResource(
	session: Session,
	url: URL,
	reading: ReadingContext,
): Promise<RemoteResource | null> {
	const body = await getBody(session, url);
	if (body === null) return null;
	if (body.etag !== null && isPlainEtag(body.etag)) return toResource(body, reading);
	const state = await readState(session, url);
	if (state === null) return null;
	const tags = { etag: state.etag, scheduleTag: state.scheduleTag ?? body.scheduleTag };
	const isOfBody = body.etag !== null && state.etag !== null && plainEtag(body.etag) === plainEtag(state.etag);
	if (isOfBody || state.etag === null) return toResource({ ...body, ...tags }, reading);
	const again = await getBody(session, url);
	return again === null ? null : toResource({ ...again, ...tags }, reading);
}

/** The same, and null only where the calendar itself is still there: else all would look deleted. */
export async function readMember(
	session: Session,
	collection: URL,
	url: URL,
	reading: ReadingContext,
): Promise<RemoteResource | null> {
	const resource = await readResource(session, url, reading);
	if (resource === null) await askCalendar(session, collection);
	return resource;
}

async function getBody(session: Session, url: URL): Promise<Extract<Body, { type: "body" }> | null> {
	const member: Member = { id: memberId(url), url, etag: null };
	const request = getRequest(member);
	// Compression is what makes proxies mark etags.
	const response = await session.send({ ...request, headers: { ...request.headers, "accept-encoding": "identity" } });
	const body = await judgeGet(response, member, session.now());
	if (body.type === "withheld") throw body.failure;
	return body.type === "gone" ? null : body;
}

function toResource(body: Extract<Body, { type: "body" }>, reading: ReadingContext): RemoteResource {
	const read = readBody(body, reading);
	return read.type === "resource" ? read.resource : read.placeholder;
}

/** `C:calendar-query` for one UID (RFC 4791 §7.8.6). Names only: servers that ignore the filter answer with everything. */
function uidQueryRequest(collection: URL, uid: string): DavRequest {
	const match = element(C.textMatch, [text(uid)], { collation: "i;octet" });
	const property = element(C.propFilter, [match], { name: "UID" });
	const events = element(C.compFilter, [property], { name: "VEVENT" });
	const filter = element(C.filter, [element(C.compFilter, [events], { name: "VCALENDAR" })]);
	const prop = element(D.prop, [element(D.getetag), element(C.calendarData)]);
	return {
		method: "REPORT",
		url: collection,
		headers: { depth: "1" },
		body: xmlDocument(C.calendarQuery, [prop, filter]),
	};
}

/** Where a UID can be and is not, that is of no more members than this: who answers with more ignores the filter. */
const MOST_FOUND = 1_000;

/** Where in the collection an event of this UID is; null also where the server cannot tell. */
export async function findUid(
	session: Session,
	collection: URL,
	uid: string,
	reading: ReadingContext,
): Promise<URL | null> {
	const request = uidQueryRequest(collection, uid);
	try {
		let seen = 0;
		for await (const body of judgeBodies(await session.send(request), request, session.now())) {
			if (++seen > MOST_FOUND) return null;
			if (body.type !== "body") continue;
			const { events } = toResource(body, reading);
			if (events.some((event) => event.uid === uid)) return new URL(body.id, collection);
		}
		return null;
	} catch (error) {
		const isUnsupported =
			error instanceof ProviderFailure && ["invalid", "forbidden", "not_found", "gone"].includes(error.kind);
		if (isUnsupported) return null;
		throw error;
	}
}
