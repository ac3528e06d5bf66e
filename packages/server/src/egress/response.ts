import type { Readable } from "node:stream";
import type { HttpResponse } from "@kalends/providers";
import { contentCodings, decodedBody } from "./body.ts";

/** Rest of an unread body that is worth reading to keep the connection. */
const DISCARD_BYTES = 64 * 1024;

/** What undici hands over; `dump` reads on to the limit, then destroys. */
export interface ReceivedBody extends Readable {
	dump(options?: { readonly limit?: number }): Promise<unknown>;
}

export interface Received {
	readonly status: number;
	readonly headers: Headers;
	readonly url: URL;
	readonly permanentlyMoved: boolean;
	readonly body: ReceivedBody;
	/** Whether a Content-Encoding speaks of this body: an answer to HEAD has none. */
	readonly isCoded: boolean;
	readonly maxBytes: number;
	/** Resolves, always, when the connection is free again or closed. */
	readonly closed: Promise<void>;
	/** Makes a TransportError of whatever reading threw. */
	readonly failure: (error: unknown) => Error;
	/** To be called when nothing more will be read. */
	readonly end: () => void;
}

export function createResponse(received: Received): HttpResponse {
	const { body: source, maxBytes, failure } = received;
	const host = received.url.host;
	let taken = false;

	async function* read(): AsyncGenerator<Uint8Array> {
		if (taken) throw new TypeError("The body was read already.");
		taken = true;
		try {
			const codings = contentCodings(received.isCoded ? received.headers.get("content-encoding") : null, host);
			yield* decodedBody(source, { codings, maxBytes, host });
		} catch (error) {
			throw failure(error);
		} finally {
			if (!source.readableEnded) source.destroy();
			await received.closed;
			received.end();
		}
	}
	const bytes = async () => {
		const chunks: Uint8Array[] = [];
		for await (const chunk of read()) chunks.push(chunk);
		return Buffer.concat(chunks);
	};
	return {
		status: received.status,
		headers: received.headers,
		url: received.url,
		permanentlyMoved: received.permanentlyMoved,
		body: { [Symbol.asyncIterator]: read },
		bytes,
		text: async () => decoderOf(received.headers.get("content-type")).decode(await bytes()),
		discard: async () => {
			if (taken) source.destroy();
			taken = true;
			await discardBody(source, received.closed);
			received.end();
		},
	};
}

/** Ends with the body read or destroyed, whichever is cheaper; never throws. */
export async function discardBody(body: ReceivedBody, closed: Promise<void>): Promise<void> {
	// A body that fails while nobody wants it is no failure.
	await body.dump({ limit: DISCARD_BYTES }).catch(() => {});
	await closed;
}

/** By the charset of the Content-Type; UTF-8 where absent or unknown. A byte-order mark is dropped. */
export function decoderOf(contentType: string | null): TextDecoder {
	const charset = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(contentType ?? "")?.[1] ?? "utf-8";
	try {
		return new TextDecoder(charset);
	} catch {
		return new TextDecoder();
	}
}
