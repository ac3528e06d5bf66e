import { breathe } from "../../shared/breathe.ts";

/** Bytes handed to the parser at once: up to 3 ms of work where every line end is a character reference. */
const PIECE = 32 * 1024;
/** Pieces between two turns of the event loop. */
const PIECES_PER_TURN = 2;

/**
 * The text of an XML body, piece by piece. The encoding is that of the byte order mark, else of the media type's
 * charset, else of the XML declaration, else UTF-8 (RFC 7303 §3). The event loop gets its turn between pieces,
 * also where the whole body is there already.
 */
export async function* decodeXml(
	body: AsyncIterable<Uint8Array>,
	contentType: string | null,
): AsyncGenerator<string, void, undefined> {
	let decoder: TextDecoder | null = null;
	let start: Uint8Array<ArrayBufferLike> = new Uint8Array();
	let sincePause = 0;
	for await (const received of body) {
		let chunk = received;
		if (decoder === null) {
			start = start.length === 0 ? chunk : Buffer.concat([start, chunk]);
			if (start.length < 256) continue;
			chunk = start;
			decoder = new TextDecoder(encodingOf(start, contentType));
		}
		for (let at = 0; at < chunk.length; at += PIECE) {
			yield decoder.decode(chunk.subarray(at, at + PIECE), { stream: true });
			if (++sincePause % PIECES_PER_TURN === 0) await breathe();
		}
	}
	if (decoder === null) {
		yield new TextDecoder(encodingOf(start, contentType)).decode(start);
	} else {
		yield decoder.decode();
	}
}

function encodingOf(start: Uint8Array, contentType: string | null): string {
	if (start[0] === 0xef && start[1] === 0xbb && start[2] === 0xbf) return "utf-8";
	if (start[0] === 0xff && start[1] === 0xfe) return "utf-16le";
	if (start[0] === 0xfe && start[1] === 0xff) return "utf-16be";
	const charset = /;\s*charset\s*=\s*"?([^\s";,]+)/i.exec(contentType ?? "")?.[1];
	const head = new TextDecoder("latin1").decode(start.subarray(0, 256));
	const declared = /^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([\w.:-]+)["']/.exec(head)?.[1];
	return known(charset) ?? known(declared) ?? "utf-8";
}

function known(label: string | undefined): string | null {
	if (label === undefined) return null;
	try {
		return new TextDecoder(label).encoding;
	} catch {
		return null;
	}
}
