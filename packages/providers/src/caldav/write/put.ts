import type { HttpResponse } from "../../port/http.ts";
import { judgeMultistatus } from "../exchange.ts";
import { resolveLink, resolveMember } from "../href.ts";
import type { DavRequest } from "../session.ts";
import type { DavResponse } from "../xml/multistatus.ts";
import { failureOfRefusal, refusalOfAnswer, type WriteExchange } from "./refusal.ts";

/** What a write asks to hold before it is done; empty where nothing is known to hold it to. */
export type Condition = Readonly<Record<string, string>>;

/** Stores a body (RFC 4791 §5.3.2). It carries no METHOD, as stored resources must not. */
export function putRequest(url: URL, body: string, condition: Condition): DavRequest {
	const headers = { "content-type": "text/calendar; charset=utf-8", ...condition };
	return { method: "PUT", url, headers, body };
}

export function deleteRequest(url: URL, condition: Condition): DavRequest {
	return { method: "DELETE", url, headers: condition };
}

/** What a server says of a body that it has stored. */
export interface Stored {
	/** Where it is: the address asked, after redirects, or another one in the collection that the answer names. */
	readonly url: URL;
	/** A strong entity tag: what is stored is what was sent, octet for octet (RFC 4791 §5.3.4). Null: read it again. */
	readonly etag: string | null;
	/** RFC 6638 §3.2.10. */
	readonly scheduleTag: string | null;
}

/**
 * Judges the answer to a PUT. Any success will do; some servers answer a multistatus, which may hold a refusal.
 * @throws ProviderFailure as `failureOfRefusal` says
 */
export async function judgePut(
	response: HttpResponse,
	collection: URL,
	exchange: WriteExchange,
	now: number,
): Promise<Stored> {
	if (response.status === 207) {
		await judgeWrapped(response, exchange, now);
		return { url: response.url, etag: null, scheduleTag: null };
	}
	if (!isDone(response)) throw await refusalOfAnswer(response, exchange, now);
	await response.discard();
	const { headers } = response;
	const url = elsewhere(headers.get("location"), response.url, collection);
	const isStored = [200, 201, 204].includes(response.status);
	const etag = url === null && isStored ? strong(headers.get("etag")) : null;
	return { url: url ?? response.url, etag, scheduleTag: headers.get("schedule-tag") };
}

/** Judges the answer to a DELETE; what is gone already counts as done. */
export async function judgeDelete(response: HttpResponse, exchange: WriteExchange, now: number): Promise<void> {
	if (response.status === 404 || response.status === 410) return await response.discard();
	if (response.status === 207) return await judgeWrapped(response, exchange, now);
	if (!isDone(response)) throw await refusalOfAnswer(response, exchange, now);
	await response.discard();
}

/** 303 sends on to a report about what was done (RFC 9110 §15.4.4). */
function isDone({ status }: HttpResponse): boolean {
	return (status >= 200 && status < 300) || status === 303;
}

async function judgeWrapped(response: HttpResponse, exchange: WriteExchange, now: number): Promise<void> {
	for await (const { status, preconditions, hrefs } of judgeMultistatus(response, exchange, now)) {
		if (status === null || status < 300 || !isAbout({ hrefs }, response.url)) continue;
		if (exchange.operation === "remove" && (status === 404 || status === 410)) continue;
		throw failureOfRefusal({ status, preconditions, sentence: "" }, exchange);
	}
}

/** An answer that names nothing is about what was asked. */
function isAbout({ hrefs }: Pick<DavResponse, "hrefs">, url: URL): boolean {
	return hrefs.length === 0 || hrefs.some((href) => resolveLink(href, url)?.pathname === url.pathname);
}

/** The place in the collection that `Location` names, where that is another than the one asked. */
function elsewhere(location: string | null, asked: URL, collection: URL): URL | null {
	const named = location === null ? null : resolveMember(location, collection);
	const isInside = named?.pathname.startsWith(collection.pathname) && !named.pathname.endsWith("/");
	return named !== null && isInside && named.pathname !== asked.pathname ? named : null;
}

function strong(etag: string | null): string | null {
	return etag !== null && isPlainEtag(etag) ? etag : null;
}

/** Proxies that compress mark etags; one so marked is not the server's own (RFC 9110 §8.8.3.3). */
const MARK = /[-;](?:gzip|br|deflate|df|zstd)"$/;

/** True for a strong entity tag as a server itself makes it. */
export function isPlainEtag(etag: string): boolean {
	return /^"[^"]+"$/.test(etag) && !MARK.test(etag);
}

/** The entity tag without weakness and marks. */
export function plainEtag(etag: string): string {
	return etag.replace(/^W\//, "").replace(MARK, '"');
}
