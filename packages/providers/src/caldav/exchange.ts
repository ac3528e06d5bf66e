import type { HttpResponse } from "../port/http.ts";
import { type Exchange, failureOfAnswer, failureOfStatus } from "./failure.ts";
import { resolveLink } from "./href.ts";
import type { DavRequest, Session } from "./session.ts";
import { decodeXml } from "./xml/decode.ts";
import { type DavResponse, type MultistatusEnd, readMultistatus } from "./xml/multistatus.ts";
import { D, type XmlName } from "./xml/names.ts";
import type { XmlLimits } from "./xml/reader.ts";
import { element, xmlDocument } from "./xml/write.ts";

/** PROPFIND for named properties (RFC 4918 §9.1). */
export function propfindRequest(url: URL, depth: 0 | 1, names: readonly XmlName[]): DavRequest {
	const prop = element(
		D.prop,
		names.map((name) => element(name)),
	);
	return { method: "PROPFIND", url, headers: { depth: String(depth) }, body: xmlDocument(D.propfind, [prop]) };
}

/**
 * Judges an answer that should be a multistatus, and reads it while it arrives.
 * @throws ProviderFailure for any other status, and for a body that is no multistatus
 */
export async function* judgeMultistatus(
	response: HttpResponse,
	exchange: Exchange,
	now: number,
	limits: Partial<XmlLimits> = {},
): AsyncGenerator<DavResponse, MultistatusEnd, undefined> {
	if (response.status !== 207) throw await failureOfAnswer(response, exchange, now);
	return yield* readMultistatus(decodeXml(response.body, response.headers.get("content-type")), limits);
}

export interface OneResource {
	/** The URL that answered, after redirects. */
	readonly url: URL;
	readonly response: DavResponse;
	/** The server's clock, epoch milliseconds. */
	readonly serverNow: number;
	readonly headers: Headers;
}

/** The Date of an answer (RFC 9110 §6.6.1), epoch milliseconds; our own clock where it has none. */
export function clockOf(response: HttpResponse, now: number): number {
	const date = Date.parse(response.headers.get("date") ?? "");
	return Number.isNaN(date) ? now : date;
}

/** An answer about one resource is small, also with a VTIMEZONE or two in it. */
const ONE_RESOURCE: Partial<XmlLimits> = { characters: 8 * 1024 * 1024, elements: 200_000 };
/** Servers that ignore the depth answer with the whole collection, whose own response comes first or soon. */
const MOST_OTHERS = 1_000;

/**
 * Judges the answer to a PROPFIND of depth 0: the one response in it, or that of the URL asked where a server adds
 * others. A failure wrapped in the multistatus is thrown like a plain one.
 */
export async function judgeOneResource(response: HttpResponse, exchange: Exchange, now: number): Promise<OneResource> {
	const isOwn = ({ hrefs }: DavResponse) =>
		hrefs.some((href) => resolveLink(href, response.url)?.pathname === response.url.pathname);
	let own: DavResponse | undefined;
	const others: DavResponse[] = [];
	for await (const each of judgeMultistatus(response, exchange, now, ONE_RESOURCE)) {
		if (isOwn(each)) own ??= each;
		else if (others.push(each) > MOST_OTHERS) break;
	}
	const chosen = own ?? others[0];
	if (chosen === undefined) throw failureOfStatus(404, exchange);
	if (chosen.status !== null && chosen.status >= 300) throw failureOfStatus(chosen.status, exchange);
	return { url: response.url, response: chosen, serverNow: clockOf(response, now), headers: response.headers };
}

/** Sends a PROPFIND of depth 0 and judges it. */
export async function propfindOne(session: Session, url: URL, names: readonly XmlName[]): Promise<OneResource> {
	const request = propfindRequest(url, 0, names);
	return await judgeOneResource(await session.send(request), request, session.now());
}
