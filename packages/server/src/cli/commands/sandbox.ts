import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import { CommandFailure, EXIT } from "../failure.ts";

/** Started, never imported (docs/decisions/0014-sandbox.md); it reads its own arguments. */
export function sandboxCommand(program: Command): void {
	program
		.command("sandbox")
		.description("run a local Google Calendar to try and test against, without credentials")
		.allowUnknownOption()
		.allowExcessArguments()
		.helpOption(false)
		.argument("[options...]", "see kalends sandbox --help")
		.action(async (args: string[]) => {
			process.exitCode = await runSandbox(args);
		});
}

async function runSandbox(args: readonly string[]): Promise<number> {
	let program: string;
	try {
		program = fileURLToPath(import.meta.resolve("@kalends/sandbox/main"));
	} catch {
		throw new CommandFailure("sandbox_missing", "The sandbox is not installed: run npm ci in the checkout.");
	}
	const child = spawn(process.execPath, [program, ...args], { stdio: "inherit" });
	// A Ctrl+C reaches it from the terminal; a signal to this process alone does not.
	const pass = (signal: NodeJS.Signals) => child.kill(signal);
	process.on("SIGTERM", pass).on("SIGINT", pass);
	const [code] = (await once(child, "exit")) as [number | null];
	return code ?? EXIT.failed;
}
