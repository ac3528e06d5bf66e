import { ProviderFailure } from "../port/failure.ts";
import type { HttpResponse } from "../port/http.ts";
import { transportFailure } from "../shared/transport-failure.ts";
import { type Exchange, failureOfAnswer } from "./failure.ts";
import { asEvent, type GoogleEvent, isObject, type Json } from "./types.ts";

/**
 * Judges an answer that should be a JSON object.
 * @throws ProviderFailure for any other status, and `unavailable` for a body that is broken off or is none
 */
export async function judgeObject(response: HttpResponse, exchange: Exchange, now: number): Promise<Json> {
	if (response.status < 200 || response.status >= 300) throw await failureOfAnswer(response, exchange, now);
	const { host } = response.url;
	let body: unknown;
	try {
		body = JSON.parse(await response.text());
	} catch (error) {
		if (!(error instanceof SyntaxError)) throw transportFailure(error, host);
		throw unreadable(host, exchange, "incomplete_answer", "an answer that breaks off or is no JSON");
	}
	if (!isObject(body)) throw unreadable(host, exchange, "malformed_answer", "JSON of another kind than documented");
	return body;
}

/** Judges an answer that should be one event. */
export async function judgeEvent(response: HttpResponse, exchange: Exchange, now: number): Promise<GoogleEvent> {
	const event = asEvent(await judgeObject(response, exchange, now));
	if (event === null) throw unreadable(response.url.host, exchange, "malformed_answer", "an event without an id");
	return event;
}

/** Judges an answer whose body says nothing. */
export async function judgeDone(response: HttpResponse, exchange: Exchange, now: number): Promise<void> {
	if (response.status < 200 || response.status >= 300) throw await failureOfAnswer(response, exchange, now);
	await response.discard();
}

function unreadable(
	host: string,
	{ operation }: Exchange,
	reason: "incomplete_answer" | "malformed_answer",
	what: string,
): ProviderFailure {
	return new ProviderFailure("unavailable", { reason, message: `${host} gave ${what} (to ${operation})` });
}

/** An item of a page; of what is none nothing is said. */
export interface Page {
	readonly items: readonly unknown[];
	/** Null: the last page. */
	readonly nextPageToken: string | null;
	/** On the last page, where the provider gives one. */
	readonly nextSyncToken: string | null;
}

/**
 * Judges one page of a list; pages may be short or empty.
 * @throws ProviderFailure as `judgeObject`, and `unavailable` for a page that leads to itself, which would never end
 */
export async function judgePage(response: HttpResponse, exchange: Exchange, now: number): Promise<Page> {
	const body = await judgeObject(response, exchange, now);
	if (body.items !== undefined && !Array.isArray(body.items)) {
		throw unreadable(response.url.host, exchange, "malformed_answer", "a page whose items are no list");
	}
	const token = (value: unknown) => (typeof value === "string" && value !== "" ? value : null);
	const nextPageToken = token(body.nextPageToken);
	if (nextPageToken !== null && nextPageToken === response.url.searchParams.get("pageToken")) {
		throw unreadable(response.url.host, exchange, "malformed_answer", "a page that leads to itself");
	}
	return {
		items: body.items ?? [],
		nextPageToken,
		nextSyncToken: nextPageToken === null ? token(body.nextSyncToken) : null,
	};
}
