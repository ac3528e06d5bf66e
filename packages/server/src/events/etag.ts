import { Problem } from "../http/errors.ts";

/** The header of an answer that is one event (RFC 9110 §8.8.3). */
export function etagHeader({ etag }: { readonly etag: string }): { readonly etag: string } {
	return { etag: `"${etag}"` };
}

const TAG = /\s*(?:W\/)?(?:"([^"]*)"|([^\s",]+))\s*(?:,|$)/y;

/**
 * Refuses a write of an event that is not as the writer has seen it (RFC 9110 §13.1.1). The header takes the `etag` of the
 * body, with quotes or without, a list of them, or `*` for any.
 *
 * @param header of the request; undefined: it does not matter
 * @throws Problem `precondition_failed`, `invalid_request`
 */
export function requireMatch(header: string | string[] | undefined, etag: string): void {
	const text = Array.isArray(header) ? header.join() : header;
	if (text === undefined || text.trim() === "*" || tagsOf(text).includes(etag)) return;
	throw new Problem("precondition_failed", `The event was changed meanwhile: its etag is ${etag} now.`, {
		fix: "Read it again, apply your change to what it is now, and send that with its present etag.",
		extensions: { etag },
	});
}

function tagsOf(header: string): string[] {
	const tags: string[] = [];
	TAG.lastIndex = 0;
	while (TAG.lastIndex < header.length) {
		const match = TAG.exec(header);
		if (match === null) {
			throw new Problem("invalid_request", "If-Match: This is no list of entity tags.", {
				fix: "Send the etag of the event as it is in the body.",
				errors: [{ field: "If-Match", detail: 'Use the etag of the event, e.g. "3-0f8c2d1e".' }],
			});
		}
		tags.push(match[1] ?? match[2] ?? "");
	}
	return tags;
}
