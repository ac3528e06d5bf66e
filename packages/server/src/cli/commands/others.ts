import type { Command } from "commander";
import type { Terminal } from "../session.ts";
import { apiKeyCommand } from "./api-key.ts";
import { doctorCommand } from "./doctor.ts";
import { keysCommand } from "./keys.ts";
import { migrateCommand } from "./migrate.ts";
import { sandboxCommand } from "./sandbox.ts";
import { userCommand } from "./user.ts";
import { verifyCommand } from "./verify.ts";

/** All commands but `start`, in the order of the help. */
export function otherCommands(program: Command, terminal: Terminal): void {
	migrateCommand(program, terminal);
	userCommand(program, terminal);
	apiKeyCommand(program, terminal);
	doctorCommand(program, terminal);
	verifyCommand(program, terminal);
	keysCommand(program, terminal);
	sandboxCommand(program);
}
