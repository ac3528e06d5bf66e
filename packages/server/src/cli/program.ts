import { Command, CommanderError } from "commander";
import manifest from "../../package.json" with { type: "json" };
import { startCommand } from "./commands/start.ts";
import { CommandFailure, EXIT, failureOf } from "./failure.ts";
import type { Terminal } from "./session.ts";

const terminal: Terminal = {
	out: (text) => process.stdout.write(text),
	err: (text) => process.stderr.write(text),
};

const EXIT_CODES = `
Exit codes:
  ${EXIT.done}  done
  ${EXIT.failed}  not done, or a check found something wrong
  ${EXIT.usage}  wrong arguments or configuration
  ${EXIT.unusable}  the database, the data folder or the keys cannot be used
  ${EXIT.inUse}  another server has the port or the data folder

Settings come from the environment and from a file .env in the current folder; docs/configuration.md lists them.`;

async function buildProgram(): Promise<Command> {
	const program = new Command("kalends")
		.description("Self-hosted calendar integration server")
		.version(manifest.version)
		.exitOverride()
		.configureOutput({ writeOut: terminal.out, writeErr: wantsJson() ? () => {} : terminal.err })
		.showHelpAfterError("Add --help to see how it is used.")
		.addHelpText("after", EXIT_CODES);
	startCommand(program, terminal);
	// The others take as long to load as all that the server needs before its database.
	if (process.argv[2] !== "start") (await import("./commands/others.ts")).otherCommands(program, terminal);
	return program;
}

function readDotEnv(): void {
	try {
		process.loadEnvFile();
	} catch (error) {
		if (error instanceof Error && "code" in error && error.code === "ENOENT") return;
		const reason = error instanceof Error ? error.message : String(error);
		throw new CommandFailure("invalid_configuration", `The file .env cannot be read: ${reason}`, EXIT.usage);
	}
}

/** Runs what the command line asks for, and sets the exit code. */
export async function runProgram(): Promise<void> {
	try {
		readDotEnv();
		process.exitCode = EXIT.done;
		await (await buildProgram()).parseAsync();
	} catch (error) {
		const failure = failureOf(error);
		process.exitCode = failure.exitCode;
		// For people, commander has printed its own complaints and helps.
		const isTold = error instanceof CommanderError && (failure.exitCode === EXIT.done || !wantsJson());
		if (!isTold) tell(failure);
	}
}

function wantsJson(): boolean {
	return process.argv.includes("--json");
}

function tell(failure: { code: string; message: string }): void {
	const { code, message } = failure;
	if (wantsJson()) terminal.out(`${JSON.stringify({ error: { code, message } })}\n`);
	else terminal.err(`${message}\n`);
}
