import type { Command } from "commander";
import { MIGRATIONS } from "../../db/migrate.ts";
import { report, type Terminal, withFoundation } from "../session.ts";

export function migrateCommand(program: Command, terminal: Terminal): void {
	program
		.command("migrate")
		.description("bring the database to this version (start does it too)")
		.option("--json", "print JSON")
		.action(async (options: { json?: true }) => {
			const applied = await withFoundation(async (foundation) => foundation.migrated);
			const text =
				applied.length === 0
					? `The database is at this version already (${Object.keys(MIGRATIONS).length} migrations).`
					: `Applied ${applied.join(", ")}.`;
			report(terminal, options.json === true, { applied }, text);
		});
}
