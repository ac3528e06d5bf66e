import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { READER_ZONE } from "./api.ts";

/** `[uid, start, end, title, status]`, times as RFC 3339 UTC or dates. */
export type ReadRow = readonly [uid: string, start: string, end: string, title: string, status: string];

/** Python's icalendar and dateutil, started once for many questions. */
export interface IndependentReader {
	/** What they find in the range, whole days in READER_ZONE; floating times are read there. */
	read(resources: readonly { readonly ics: string }[], from: string, to: string): Promise<ReadRow[]>;
	stop(): Promise<void>;
}

export function startIndependentReader(): IndependentReader {
	const child = spawn("/usr/bin/python3", [join(import.meta.dirname, "independent_reader.py")]);
	const errors = text(child.stderr);
	const ended = once(child, "close");
	const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
	return {
		async read(resources, from, to) {
			child.stdin.write(`${JSON.stringify({ resources, from, to, zone: READER_ZONE })}\n`);
			const { value, done } = await answers.next();
			if (done === true) throw new Error(`the independent reader failed: ${await errors}`);
			return JSON.parse(value) as ReadRow[];
		},
		async stop() {
			child.stdin.end();
			await ended;
		},
	};
}

/** What python's icalendar and dateutil find in the range, in the form of `comparable`. */
export async function readIndependently(
	resources: readonly { readonly ics: string }[],
	from: string,
	to: string,
): Promise<string[]> {
	const reader = startIndependentReader();
	try {
		const rows = await reader.read(resources, from, to);
		return rows.map((row) => JSON.stringify(row)).sort();
	} finally {
		await reader.stop();
	}
}
