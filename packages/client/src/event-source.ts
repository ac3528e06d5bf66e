/** One event of a server-sent event stream (WHATWG HTML §9.2.6). */
export interface SentEvent {
	readonly id: string | null;
	readonly event: string;
	readonly data: string;
}

/**
 * Splits a stream into events; comments and events without data are left out.
 * @param onSign told of every piece that arrives, heartbeats too
 */
export async function* sentEvents(
	body: ReadableStream<Uint8Array>,
	onSign: () => void,
): AsyncGenerator<SentEvent, void, undefined> {
	const reader = body.getReader();
	const decoder = new TextDecoder();
	let rest = "";
	let block = newBlock();
	try {
		for (;;) {
			const { done, value } = await reader.read();
			if (done) return;
			onSign();
			// A CR at the end may be the first half of CR LF.
			const text = rest + decoder.decode(value, { stream: true });
			const lines = text.split(/\r\n|\n|\r(?!$)/);
			rest = lines.pop() ?? "";
			for (const line of lines) {
				if (line !== "") {
					readField(block, line);
					continue;
				}
				if (block.data.length > 0) yield { id: block.id, event: block.event, data: block.data.join("\n") };
				block = newBlock();
			}
		}
	} finally {
		await reader.cancel().catch(() => {});
	}
}

interface Block {
	id: string | null;
	event: string;
	readonly data: string[];
}

function newBlock(): Block {
	return { id: null, event: "message", data: [] };
}

function readField(block: Block, line: string): void {
	const colon = line.indexOf(":");
	const name = colon < 0 ? line : line.slice(0, colon);
	const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
	if (name === "data") block.data.push(value);
	else if (name === "event") block.event = value;
	else if (name === "id" && !value.includes("\0")) block.id = value;
}
