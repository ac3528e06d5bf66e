import type { Command } from "commander";
import type { Foundation } from "../../foundation.ts";
import { addKeyToFile, keyFilePath, newKeyId, removeKeyFromFile } from "../../vault/key-file.ts";
import { generateKey } from "../../vault/keyring.ts";
import { rewrapSecrets, sealedByKey } from "../../vault/sealed-secrets.ts";
import { CommandFailure } from "../failure.ts";
import { report, type Terminal, withFoundation } from "../session.ts";

interface KeyRow {
	readonly id: string;
	readonly seals: boolean;
	readonly secrets: number;
}

export function keysCommand(program: Command, terminal: Terminal): void {
	const keys = program.command("keys").description("the keys that seal the stored credentials");

	keys
		.command("list", { isDefault: true })
		.description("the keys by id, and how many credentials each seals")
		.option("--json", "print JSON")
		.action(async (options: { json?: true }) => {
			const rows = await withFoundation(listKeys);
			const text = rows.map((row) => `${row.id}\t${row.secrets} sealed${row.seals ? "\tseals new ones" : ""}`);
			report(terminal, options.json === true, { keys: rows }, text.join("\n"));
		});

	keys
		.command("add")
		.alias("rotate")
		.description("add a new key that seals from now on; then run rewrap")
		.option("--json", "print JSON")
		.action(async (options: { json?: true }) => {
			const added = await withFoundation(async (foundation) => {
				const folder = keyFolder(foundation);
				if (folder === null) return null;
				return { id: await addKeyToFile(folder), file: keyFilePath(folder) };
			});
			if (added !== null) {
				const text = `Added key ${added.id} to ${added.file}. Keep a copy of the file, then run: kalends keys rewrap`;
				return report(terminal, options.json === true, added, text);
			}
			const id = newKeyId();
			const entry = generateKey(id);
			const text = `${entry}\nPut it behind the others in KALENDS_KEYS of every server and start them anew; then put it first, start anew, and run: kalends keys rewrap`;
			report(terminal, options.json === true, { id, entry }, text);
		});

	keys
		.command("rewrap")
		.description("bring every stored credential under the sealing key; servers may run meanwhile")
		.option("--new-data-keys", "encrypt them anew too, as after a leak of a key")
		.option("--json", "print JSON")
		.action(async (options: { newDataKeys?: true; json?: true }) => {
			const { rewrapped, unopenable } = await withFoundation(({ services: { db, vault } }) =>
				rewrapSecrets(db, vault, { newDataKey: options.newDataKeys === true }),
			);
			const brought = `Brought ${rewrapped} credentials under the sealing key.`;
			const left = unopenable.map(({ connectionId, code }) => `Could not open those of ${connectionId}: ${code}.`);
			report(terminal, options.json === true, { rewrapped, unopenable }, [brought, ...left].join("\n"));
		});

	keys
		.command("remove")
		.description("take a key that seals nothing any more out of the key file")
		.argument("<id>")
		.option("--json", "print JSON")
		.action(async (id: string, options: { json?: true }) => {
			await withFoundation(async (foundation) => {
				const row = (await listKeys(foundation)).find((key) => key.id === id);
				if (row === undefined) throw new CommandFailure("not_found", `There is no key ${id}.`);
				if (row.seals)
					throw new CommandFailure("conflict", `The key ${id} seals new credentials. Add another one first.`);
				if (row.secrets > 0) {
					throw new CommandFailure(
						"conflict",
						`The key ${id} still seals ${row.secrets} credentials. Run kalends keys rewrap first.`,
					);
				}
				const folder = keyFolder(foundation);
				if (folder === null)
					throw new CommandFailure("conflict", `Take ${id} out of KALENDS_KEYS and start the servers anew.`);
				await removeKeyFromFile(folder, id);
			});
			report(terminal, options.json === true, { removed: id }, `Removed key ${id}.`);
		});
}

async function listKeys({ services }: Foundation): Promise<readonly KeyRow[]> {
	const sealed = await sealedByKey(services.db);
	return [...services.vault.keyIds].map((id) => ({
		id,
		seals: id === services.vault.sealingKeyId,
		secrets: sealed.get(id) ?? 0,
	}));
}

/** Null when the keys come from the environment. */
function keyFolder({ services, access }: Foundation): string | null {
	return services.config.keys === null ? access.dataFolder : null;
}
