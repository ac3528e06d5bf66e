import type { ProviderFailure } from "../../port/failure.ts";
import type { HttpResponse } from "../../port/http.ts";
import { judgeMultistatus } from "../exchange.ts";
import { type Exchange, failureOfAnswer, failureOfStatus } from "../failure.ts";
import type { DavRequest, Session } from "../session.ts";
import type { DavResponse, MultistatusEnd } from "../xml/multistatus.ts";
import { D } from "../xml/names.ts";
import { element, text, xmlDocument } from "../xml/write.ts";
import { etagOf, type Member, nameHref } from "./members.ts";

/** One answer to a sync-collection report (RFC 6578 §3). */
export type SyncAnswer =
	| {
			readonly type: "page";
			readonly changed: ReadonlyMap<string, Member>;
			readonly removed: ReadonlySet<string>;
			/** For the next report; null where the server gave none. */
			readonly token: string | null;
			/** More is to be had with the new token. */
			readonly truncated: boolean;
	  }
	| { readonly type: "bad_token" }
	| { readonly type: "unsupported"; readonly failure: ProviderFailure };

/** @param token of the answer before; empty for all members */
function syncRequest(url: URL, token: string): DavRequest {
	const body = xmlDocument(D.syncCollection, [
		element(D.syncToken, [text(token)]),
		element(D.syncLevel, [text("1")]),
		element(D.prop, [element(D.getetag)]),
	]);
	return { method: "REPORT", url, headers: { depth: "0" }, body, timeoutMs: 120_000 };
}

/** Answered by servers that do not have the report, or do not have it here; a PROPFIND then tells which. */
const UNSUPPORTED = new Set([400, 403, 404, 405, 409, 410, 412, 415, 422, 500, 501, 507]);

export async function judgeSync(response: HttpResponse, exchange: Exchange, now: number): Promise<SyncAnswer> {
	if (response.status !== 207) {
		const failure = await failureOfAnswer(response, exchange, now);
		if (failure.precondition === "valid-sync-token") return { type: "bad_token" };
		if (UNSUPPORTED.has(response.status)) return { type: "unsupported", failure };
		throw failure;
	}
	const pages = judgeMultistatus(response, exchange, now);
	try {
		return await readPage(pages, response.url, exchange);
	} finally {
		await pages.return({ syncToken: null });
	}
}

async function readPage(
	pages: AsyncGenerator<DavResponse, MultistatusEnd, undefined>,
	collection: URL,
	exchange: Exchange,
): Promise<SyncAnswer> {
	const changed = new Map<string, Member>();
	const removed = new Set<string>();
	let truncated = false;
	for (let next = await pages.next(); ; next = await pages.next()) {
		if (next.done) return { type: "page", changed, removed, token: next.value.syncToken, truncated };
		const { hrefs, status, preconditions } = next.value;
		for (const href of hrefs) {
			const named = nameHref(href, collection);
			if (named.type === "collection" && status !== null && status >= 400) {
				if (preconditions.includes("valid-sync-token")) return { type: "bad_token" };
				if (status !== 507) throw failureOfStatus(status, exchange);
				truncated = true;
			}
			if (named.type !== "member") continue;
			if (status === 404 || status === 410) {
				removed.add(named.id);
				changed.delete(named.id);
			} else {
				// A member with an error of its own is there; what its body says is asked for next.
				changed.set(named.id, { id: named.id, url: named.url, etag: etagOf(next.value) });
				removed.delete(named.id);
			}
		}
	}
}

/** All that the reports since a token say, over all truncated pages. */
export type Changes =
	| {
			readonly type: "changes";
			readonly changed: ReadonlyMap<string, Member>;
			readonly removed: ReadonlySet<string>;
			/** Null where no next report can be made: the server gave no token. */
			readonly token: string | null;
			/** False where the server stopped before the end: what it said is true but not all. */
			readonly complete: boolean;
	  }
	| Exclude<SyncAnswer, { type: "page" }>;

/** Far beyond any real calendar; a server that counts its tokens up for ever ends here. */
const MAX_PAGES = 5_000;

/**
 * Repeats the report while it is truncated and its token advances. Only ids and etags are held, so that a token
 * which fails on a later page is noticed before anything was handed on.
 */
export async function collectChanges(session: Session, collection: URL, token: string): Promise<Changes> {
	const changed = new Map<string, Member>();
	const removed = new Set<string>();
	const used = new Set<string>();
	let current = token;
	for (let page = 0; page < MAX_PAGES; page++) {
		used.add(current);
		const request = syncRequest(collection, current);
		const answer = await judgeSync(await session.send(request), request, session.now());
		if (answer.type !== "page") return answer;
		for (const [id, member] of answer.changed) {
			changed.set(id, member);
			removed.delete(id);
		}
		for (const id of answer.removed) {
			removed.add(id);
			changed.delete(id);
		}
		if (!answer.truncated) return { type: "changes", changed, removed, token: answer.token, complete: true };
		if (answer.token === null || used.has(answer.token)) break;
		current = answer.token;
	}
	return { type: "changes", changed, removed, token: null, complete: false };
}
