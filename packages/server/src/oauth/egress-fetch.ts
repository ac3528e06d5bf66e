import { type HttpTransport, retryAfterOf } from "@kalends/providers";
import type { CustomFetch } from "openid-client";
import type { AnswerFacts } from "./failure.ts";

/** Small enough for everything that OAuth servers answer. */
const MOST_BYTES = 256 * 1024;
/** Shorter than the lease of a refresh, so that its holder never overlaps with the next. */
const WITHIN_MS = 15_000;

export interface EgressFetchOptions {
	/** The address comes from the operator. */
	readonly trusted: boolean;
	readonly now: () => number;
	readonly signal?: AbortSignal | undefined;
	/** Told of each answer, before it is judged. */
	readonly observe?: (facts: AnswerFacts, headers: Headers) => void;
	/** Changes a JSON object before it is judged. */
	readonly rewrite?: (body: Record<string, unknown>) => Record<string, unknown>;
}

/** The `fetch` of openid-client, through the one way out of this server. */
export function egressFetch(http: HttpTransport, options: EgressFetchOptions): CustomFetch {
	return async (address, { method, headers, body, signal }) => {
		const url = new URL(address);
		const signals = [signal, options.signal, AbortSignal.timeout(WITHIN_MS)].filter((each) => each != null);
		const answer = await http({
			method,
			url,
			headers: Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== "user-agent")),
			...(body === undefined || body === null ? {} : { body: String(body) }),
			maxBytes: MOST_BYTES,
			timeoutMs: WITHIN_MS,
			trusted: options.trusted,
			signal: AbortSignal.any(signals),
		});
		const text = await answer.text();
		const { status } = answer;
		const retryAfter = retryAfterOf(answer.headers, options.now());
		options.observe?.({ host: url.host, status, retryAfter }, answer.headers);
		// Others would make openid-client look for something else than the body.
		const type = answer.headers.get("content-type");
		const hasBody = status >= 200 && status !== 204 && status !== 205 && status !== 304;
		return new Response(hasBody ? rewritten(text, options.rewrite) : null, {
			status,
			headers: type === null ? {} : { "content-type": type },
		});
	};
}

function rewritten(text: string, rewrite: EgressFetchOptions["rewrite"]): string {
	const body = rewrite === undefined ? null : parsed(text);
	if (rewrite === undefined || typeof body !== "object" || body === null || Array.isArray(body)) return text;
	return JSON.stringify(rewrite(body as Record<string, unknown>));
}

/** Null where it is no JSON: openid-client says so. */
function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}
