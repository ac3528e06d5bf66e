import { CommanderError } from "commander";
import { ConfigError } from "../config.ts";
import { DataFolderError } from "../db/embedded/placement.ts";
import { DatabaseError } from "../db/errors.ts";
import { Problem } from "../http/errors.ts";
import { ListenError } from "../http/listen.ts";
import { CheckFailure } from "../oauth/check-failure.ts";
import { redactText } from "../observability/redact.ts";
import { KeysMissingError } from "../vault/open-vault.ts";

/** docs/cli.md documents these; they are API. */
export const EXIT = {
	done: 0,
	/** The command could not do what was asked, or `verify` or `doctor` found something wrong. */
	failed: 1,
	/** Wrong arguments or configuration. */
	usage: 2,
	/** The database, the data folder or the keys cannot be used. */
	unusable: 3,
	/** Another server has the port or the data folder. */
	inUse: 4,
} as const;

/** What a command throws to end with a sentence and a code of its own. */
export class CommandFailure extends Error {
	override readonly name = "CommandFailure";
	readonly code: string;
	readonly exitCode: number;

	constructor(code: string, message: string, exitCode: number = EXIT.failed) {
		super(message);
		this.code = code;
		this.exitCode = exitCode;
	}
}

export interface Failure {
	readonly code: string;
	readonly message: string;
	readonly exitCode: number;
}

/** Every failure as a sentence for the operator, a stable code and the exit code; no secrets. */
export function failureOf(error: unknown): Failure {
	const { code, message, exitCode } = classify(error);
	return { code, message: redactText(message), exitCode };
}

function classify(error: unknown): Failure {
	if (error instanceof CommandFailure) return error;
	if (error instanceof CheckFailure) return { code: error.code, message: error.message, exitCode: EXIT.failed };
	if (error instanceof CommanderError) {
		return { code: "usage", message: error.message, exitCode: error.exitCode === 0 ? EXIT.done : EXIT.usage };
	}
	if (error instanceof ConfigError) return { code: error.code, message: error.message, exitCode: EXIT.usage };
	if (error instanceof DataFolderError || error instanceof KeysMissingError) {
		return { code: error.code, message: error.message, exitCode: EXIT.unusable };
	}
	if (error instanceof DatabaseError) {
		const exitCode = error.code === "database_in_use" ? EXIT.inUse : EXIT.unusable;
		return { code: error.code, message: error.message, exitCode };
	}
	if (error instanceof ListenError) {
		const exitCode = error.code === "port_taken" ? EXIT.inUse : EXIT.failed;
		return { code: error.code, message: error.message, exitCode };
	}
	if (error instanceof Problem) {
		const message = error.fix === undefined ? error.message : `${error.message} ${error.fix}`;
		return { code: error.code, message, exitCode: EXIT.failed };
	}
	const message = error instanceof Error ? error.message : String(error);
	return { code: "internal", message: `Something went wrong: ${message}`, exitCode: EXIT.failed };
}
