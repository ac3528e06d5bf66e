import type { Command } from "commander";
import { loadConfig } from "../../config.ts";
import { type Finding, inspect } from "../doctor.ts";
import { EXIT } from "../failure.ts";
import { report, type Terminal } from "../session.ts";

export function doctorCommand(program: Command, terminal: Terminal): void {
	program
		.command("doctor")
		.description("check configuration, data folder, database, keys, connections and what providers need")
		.option("--json", "print JSON")
		.action(async (options: { json?: true }) => {
			const findings = await inspect(() => loadConfig(process.env));
			report(terminal, options.json === true, { findings }, findings.map(line).join("\n"));
			process.exitCode = findings.every((finding) => finding.ok) ? EXIT.done : EXIT.failed;
		});
}

function line({ ok, check, detail }: Finding): string {
	return `${ok ? "ok  " : "FAIL"} ${check}: ${detail}`;
}
