import { pipeline, type Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from "node:zlib";
import { TransportError } from "@kalends/providers";

export type ContentCoding = "gzip" | "deflate" | "br";

/** What we ask for; more codings are not understood. */
export const ACCEPT_ENCODING = "gzip, deflate, br";

/** Compressed bytes beyond the cap that can still be a body within it: stored blocks and headers. */
const CODING_OVERHEAD = 64 * 1024;
const CHUNK = 64 * 1024;
/** Nested codings are legal (RFC 9110 §8.4) but only bombs nest deeply. */
const NESTING = 2;

/**
 * @param header the Content-Encoding, null where absent
 * @returns codings in the order in which they were applied
 * @throws TransportError malformed_answer for one that we never offered
 */
export function contentCodings(header: string | null, host: string): readonly ContentCoding[] {
	const names = (header ?? "").toLowerCase().split(",");
	const codings = names.map((name) => name.trim().replace(/^x-gzip$/, "gzip"));
	const known = codings.filter((name) => name !== "" && name !== "identity");
	if (known.length <= NESTING && known.every(isCoding)) return known;
	throw new TransportError("malformed_answer", `${host} answers in an encoding that was not asked for.`);
}

/**
 * The decoded body. Counts bytes as received and as decoded, and stops at the cap before the excess is handed on.
 * Ending the iteration early destroys the source.
 * @throws TransportError too_large; else whatever the source or the decoder throws
 */
export async function* decodedBody(
	source: Readable,
	options: { readonly codings: readonly ContentCoding[]; readonly maxBytes: number; readonly host: string },
): AsyncGenerator<Uint8Array> {
	const { codings, maxBytes, host } = options;
	const received = capped(source, codings.length === 0 ? maxBytes : maxBytes + CODING_OVERHEAD, host);
	const decoded = codings.toReversed().reduce(decode, received);
	yield* codings.length === 0 ? decoded : capped(decoded, maxBytes, host);
}

async function* capped(chunks: AsyncIterable<Uint8Array>, maxBytes: number, host: string): AsyncGenerator<Uint8Array> {
	let total = 0;
	for await (const chunk of chunks) {
		total += chunk.byteLength;
		if (total > maxBytes) {
			throw new TransportError("too_large", `${host}: the answer is larger than ${maxBytes} bytes.`);
		}
		yield chunk;
	}
}

async function* decode(chunks: AsyncGenerator<Uint8Array>, coding: ContentCoding): AsyncGenerator<Uint8Array> {
	const start = await chunks.next();
	// Some servers label an empty body as compressed.
	if (start.done === true) return;
	const decoder = decoderFor(coding, start.value);
	yield* pipeline(prepended(start.value, chunks), decoder, () => {
		// The decoder's iterator reports the failure.
	});
}

async function* prepended(first: Uint8Array, rest: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
	yield first;
	yield* rest;
}

function decoderFor(coding: ContentCoding, start: Uint8Array) {
	if (coding === "gzip") return createGunzip({ chunkSize: CHUNK });
	if (coding === "br") return createBrotliDecompress({ chunkSize: CHUNK });
	// RFC 9110 §8.4.1.2: "deflate" is the zlib format, yet some send the bare stream. CM 8 marks zlib (RFC 1950 §2.2).
	const isZlib = ((start[0] ?? 0) & 0x0f) === 8;
	return isZlib ? createInflate({ chunkSize: CHUNK }) : createInflateRaw({ chunkSize: CHUNK });
}

function isCoding(name: string): name is ContentCoding {
	return name === "gzip" || name === "deflate" || name === "br";
}
