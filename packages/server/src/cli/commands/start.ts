import { flushCompileCache } from "node:module";
import type { Command } from "commander";
import type { Logger } from "pino";
import type { FirstAccount } from "../../accounts/first-account.ts";
import { loadConfig } from "../../config.ts";
import { type RunningServer, startServer } from "../../main.ts";
import { createLogger } from "../../observability/log.ts";
import { EXIT } from "../failure.ts";
import { report, type Terminal } from "../session.ts";

export function startCommand(program: Command, terminal: Terminal): void {
	program
		.command("start")
		.description("run the server until SIGTERM or SIGINT (Ctrl+C); a second signal ends it at once")
		.option("--json", "print JSON")
		.action(async (options: { json?: true }) => {
			const config = loadConfig(process.env);
			const log = createLogger({ level: config.logLevel });
			const stopAsked = firstSignal();
			const server = await startServer(config, log);
			const ready = {
				url: server.url.href,
				first_account: server.firstAccount.kind,
				code: codeOf(server.firstAccount),
			};
			report(terminal, options.json === true, ready, welcome(server));
			// Otherwise written at the end only, which kill -9 leaves out.
			flushCompileCache();
			try {
				const signal = await Promise.race([stopAsked, server.failed]);
				log.info({ signal }, "stopping");
			} finally {
				await server.stop();
			}
			log.info("stopped");
			leaveSoon(log);
		});
}

const LEAVE_WITHIN_MS = 1_000;

/** A timer or socket that somebody forgot must not keep a supervisor waiting. */
function leaveSoon(log: Logger): void {
	const late = () => {
		log.warn({ open: process.getActiveResourcesInfo() }, "something is left open; leaving all the same");
		process.exit();
	};
	setTimeout(late, LEAVE_WITHIN_MS).unref();
}

/** Where to open it, and how to make the first account, in one line. */
export function welcome({ url, firstAccount }: Pick<RunningServer, "url" | "firstAccount">): string {
	const place = `Kalends is ready at ${url.origin}`;
	switch (firstAccount.kind) {
		case "exists":
			return place;
		case "open":
			return `${place} - open it to make the first account, which becomes the administrator, or run: npm run kalends -- user add you@example.com`;
		case "code":
			return `${place} - open it to make the first account, which becomes the administrator, with the one-time code ${firstAccount.code}`;
	}
}

function codeOf(firstAccount: FirstAccount): string | null {
	return firstAccount.kind === "code" ? firstAccount.code : null;
}

/** npm passes on a Ctrl+C that the terminal has sent to this process already; within this time it is the same one. */
const SAME_SIGNAL_MS = 500;

/** Resolves at the first signal to stop; a second one ends the process there and then. */
function firstSignal(): Promise<NodeJS.Signals> {
	return new Promise((resolve) => {
		let askedAt: number | null = null;
		const onSignal = (signal: NodeJS.Signals) => {
			if (askedAt === null) {
				askedAt = performance.now();
				resolve(signal);
			} else if (performance.now() - askedAt > SAME_SIGNAL_MS) {
				process.exit(EXIT.failed);
			}
		};
		process.on("SIGTERM", onSignal).on("SIGINT", onSignal);
	});
}
