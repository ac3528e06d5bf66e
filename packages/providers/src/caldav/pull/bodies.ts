import { ProviderFailure } from "../../port/failure.ts";
import type { HttpResponse } from "../../port/http.ts";
import { judgeMultistatus } from "../exchange.ts";
import { type Exchange, failureOfAnswer } from "../failure.ts";
import { mapAhead } from "../gate.ts";
import type { DavRequest, Session } from "../session.ts";
import { type DavResponse, prop, propText } from "../xml/multistatus.ts";
import { C, D } from "../xml/names.ts";
import { element, text, xmlDocument } from "../xml/write.ts";
import { askCalendar, etagOf, type Member, nameHref } from "./members.ts";

/** What came of asking for the body of one member. */
export type Body =
	| {
			readonly type: "body";
			readonly id: string;
			readonly text: string;
			readonly etag: string | null;
			readonly scheduleTag: string | null;
	  }
	| { readonly type: "gone"; readonly id: string }
	/** It is there, but the server does not hand it out. */
	| { readonly type: "withheld"; readonly id: string; readonly failure: ProviderFailure };

export const BATCH = 50;
const BATCHES_AHEAD = 2;
const SINGLES_AHEAD = 3;
/** Pages are handed on while a body arrives, so its end may be waited for longer than for an ordinary answer. */
const LONG_MS = 15 * 60_000;
const MAX_BODY_BYTES = 1024 * 1024 * 1024;
const DATA = element(D.prop, [element(D.getetag), element(C.scheduleTag), element(C.calendarData)]);

/** `C:calendar-multiget` (RFC 4791 §7.9). */
function multigetRequest(collection: URL, members: readonly Member[]): DavRequest {
	const hrefs = members.map(({ url }) => element(D.href, [text(url.pathname + url.search)]));
	return {
		method: "REPORT",
		url: collection,
		body: xmlDocument(C.calendarMultiget, [DATA, ...hrefs]),
		timeoutMs: 120_000,
	};
}

/** `C:calendar-query` (RFC 4791 §7.8) for every event; without a time range, as servers are unreliable at its edges. */
export function eventsQueryRequest(collection: URL): DavRequest {
	const events = element(C.compFilter, [], { name: "VEVENT" });
	const filter = element(C.filter, [element(C.compFilter, [events], { name: "VCALENDAR" })]);
	return {
		method: "REPORT",
		url: collection,
		headers: { depth: "1" },
		body: xmlDocument(C.calendarQuery, [DATA, filter]),
		timeoutMs: LONG_MS,
		maxBytes: MAX_BODY_BYTES,
	};
}

/** Judges both reports: yields what the answer holds, and nothing for members that it only half answers. */
export async function* judgeBodies(response: HttpResponse, exchange: Exchange, now: number): AsyncGenerator<Body> {
	for await (const each of judgeMultistatus(response, exchange, now)) {
		for (const href of each.hrefs) {
			const named = nameHref(href, response.url);
			if (named.type !== "member") continue;
			const body = toBody(named.id, each);
			if (body !== null) yield body;
		}
	}
}

function toBody(id: string, response: DavResponse): Body | null {
	if (response.status === 404 || response.status === 410) return { type: "gone", id };
	const data = prop(response, C.calendarData);
	if (data === undefined || data.text.trim() === "") return null;
	return { type: "body", id, text: data.text, etag: etagOf(response), scheduleTag: propText(response, C.scheduleTag) };
}

export function getRequest(member: Member): DavRequest {
	return { method: "GET", url: member.url, headers: { accept: "text/calendar, */*;q=0.5" } };
}

/** @throws ProviderFailure for what concerns the whole account: login, throttling, an unavailable server */
export async function judgeGet(response: HttpResponse, member: Member, now: number): Promise<Body> {
	const { id } = member;
	if (response.status === 200) {
		const text = await response.text();
		const header = response.headers.get("etag");
		const etag = isSameEtag(header, member.etag) ? member.etag : header;
		return { type: "body", id, text, etag, scheduleTag: response.headers.get("schedule-tag") };
	}
	const failure = await failureOfAnswer(response, { method: "GET", url: member.url }, now);
	if (response.status === 404 || response.status === 410) return { type: "gone", id };
	if (failure.kind === "auth_revoked" || failure.kind === "rate_limited" || [502, 503, 504].includes(response.status)) {
		throw failure;
	}
	return { type: "withheld", id, failure };
}

/** Proxies that compress mark the etag of a GET (`"x-gzip"`, `W/"x"`) although the resource is the one listed. */
function isSameEtag(header: string | null, listed: string | null): boolean {
	if (header === null || listed === null) return false;
	const plain = (etag: string) => etag.replace(/^W\//, "").replace(/[-;](?:gzip|br|deflate|df)"$/, '"');
	return plain(header) === plain(listed);
}

/**
 * The bodies of these members, in batches by multiget; what a batch leaves out, and everything where a server does not
 * do multiget, is asked for alone. The next batch is under way while the consumer works on one.
 */
export async function* fetchBodies(
	session: Session,
	collection: URL,
	members: readonly Member[],
): AsyncGenerator<readonly Body[], void, undefined> {
	const batches: Member[][] = [];
	for (let at = 0; at < members.length; at += BATCH) batches.push(members.slice(at, at + BATCH));
	const abilities = { multiget: true };
	yield* mapAhead(batches, BATCHES_AHEAD, (batch) => fetchBatch(session, collection, batch, abilities));
}

async function fetchBatch(
	session: Session,
	collection: URL,
	batch: readonly Member[],
	abilities: { multiget: boolean },
): Promise<readonly Body[]> {
	const bodies = new Map<string, Body>();
	const asked = new Map(batch.map((member) => [member.id, member]));
	if (abilities.multiget) {
		const request = multigetRequest(collection, batch);
		try {
			for await (const body of judgeBodies(await session.send(request), request, session.now())) {
				const member = asked.get(body.id);
				if (member !== undefined) bodies.set(body.id, withEtag(body, member));
			}
		} catch (error) {
			if (!mayAskAlone(error)) throw error;
			abilities.multiget = isOfThisBatch(error);
		}
	}
	const missing = batch.filter(({ id }) => !bodies.has(id));
	for await (const body of mapAhead(missing, SINGLES_AHEAD, (member) => fetchAlone(session, member))) {
		bodies.set(body.id, body);
	}
	const found = [...bodies.values()];
	await doubtSameFate(session, collection, found);
	return found;
}

/** Where all of a batch is gone or fails alike, it is more likely the calendar, or the server, than its members. */
async function doubtSameFate(session: Session, collection: URL, bodies: readonly Body[]): Promise<void> {
	if (bodies.length > 0 && bodies.every(({ type }) => type === "gone")) await askCalendar(session, collection);
	const [first] = bodies;
	if (bodies.length < 2 || first?.type !== "withheld") return;
	if (bodies.every((body) => body.type === "withheld" && body.failure.kind === "unavailable")) throw first.failure;
}

/**
 * The same body, under the listed etag where the answer names none. Should the body be newer than the listing, the
 * next comparison finds the etag moved and asks again.
 */
export function withEtag(body: Body, member: Member | undefined): Body {
	if (body.type !== "body" || body.etag !== null) return body;
	return { ...body, etag: member?.etag ?? null };
}

/** The body of one member, by GET. */
export async function fetchAlone(session: Session, member: Member): Promise<Body> {
	const response = await session.send(getRequest(member));
	return await judgeGet(response, member, session.now());
}

/** True where single requests may succeed although the batch did not: it was refused, or its answer broke. */
function mayAskAlone(error: unknown): boolean {
	if (!(error instanceof ProviderFailure)) return false;
	const refused =
		error.status !== undefined &&
		[400, 403, 404, 405, 409, 412, 413, 414, 415, 422, 500, 501, 507].includes(error.status);
	return refused || isOfThisBatch(error);
}

function isOfThisBatch(error: unknown): boolean {
	return (
		error instanceof ProviderFailure &&
		["malformed_answer", "incomplete_answer", "connection_lost", "too_large", "not_caldav"].includes(error.reason)
	);
}
