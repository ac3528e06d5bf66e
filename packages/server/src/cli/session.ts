import pino from "pino";
import { loadConfig } from "../config.ts";
import { type Foundation, openFoundation } from "../foundation.ts";
import { createLogger } from "../observability/log.ts";

/** Where a command writes: results to `out`, progress and complaints to `err`. */
export interface Terminal {
	out(text: string): void;
	err(text: string): void;
}

/** Opens the database for one command, beside a running server or alone, and lets go of it afterwards. */
export async function withFoundation<T>(work: (foundation: Foundation) => Promise<T>): Promise<T> {
	const config = loadConfig(process.env);
	const log = createLogger({ level: "warn", destination: pino.destination({ dest: 2, sync: true }) });
	const foundation = await openFoundation(config, { owner: false, log });
	try {
		return await work(foundation);
	} finally {
		await foundation.close();
	}
}

/** One result: as JSON with `--json`, else as the text made for people. */
export function report(terminal: Terminal, json: boolean, value: unknown, text: string): void {
	terminal.out(json ? `${JSON.stringify(value)}\n` : `${text}\n`);
}
