import { spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { READER_ZONE } from "./api.ts";

/** What python's icalendar and dateutil find in the range, in the form of `comparable`. */
export async function readIndependently(
	resources: readonly { readonly ics: string }[],
	from: string,
	to: string,
): Promise<string[]> {
	const child = spawn("/usr/bin/python3", [join(import.meta.dirname, "independent_reader.py")]);
	const output = text(child.stdout);
	const errors = text(child.stderr);
	child.stdin.end(JSON.stringify({ resources, from, to, zone: READER_ZONE }));
	const code = await new Promise((done) => child.once("close", done));
	if (code !== 0) throw new Error(`the independent reader failed: ${await errors}`);
	const rows = JSON.parse(await output) as unknown[];
	return rows.map((row) => JSON.stringify(row)).sort();
}
