import { readFileSync, statSync } from "node:fs";
import type { Kysely } from "kysely";
import { type Config, ConfigError } from "../config.ts";
import { WrongValue } from "../config-values.ts";
import type { Database } from "../db/schema.ts";
import { createKeyFile, keyFilePath, keysOfFile, readKeyFile } from "./key-file.ts";
import { createKeyring, type Keyring, KeyringError } from "./keyring.ts";
import { fitsItsSecrets, sealedByKey } from "./sealed-secrets.ts";
import { createVault, type Vault, VaultError } from "./vault.ts";

/** Credentials are in the database whose key is not here; the message names the key and where it belongs. */
export class KeysMissingError extends Error {
	override readonly name = "KeysMissingError";
	readonly code = "keys_missing";
}

/**
 * The vault of a configuration: keys of KALENDS_KEYS, else of the key file, which is made on the first start.
 * @param dataFolder of the embedded database; null with DATABASE_URL, where the configuration has the keys
 * @throws KeysMissingError when a credential in the database could not be opened
 * @throws ConfigError when the key file is not one
 */
export async function openVault(config: Config, dataFolder: string | null, db: Kysely<Database>): Promise<Vault> {
	const inUse = await sealedByKey(db);
	if (config.keys !== null || dataFolder === null) {
		const keyring = createKeyring(config.keys ?? []);
		assertPresent(inUse, keyring, "KALENDS_KEYS");
		await assertFitting(db, inUse, keyring, "KALENDS_KEYS");
		return createVault(keyring);
	}
	const path = keyFilePath(dataFolder);
	const present = await readKeyFile(dataFolder).catch((error: unknown) => {
		if (!(error instanceof WrongValue || error instanceof KeyringError)) throw error;
		const fix = "Put the file back from a backup, or set KALENDS_KEYS.";
		throw new ConfigError([{ variable: `The key file ${path}`, problem: error.message, fix }]);
	});
	if (present === null) assertPresent(inUse, null, `the key file ${path}`);
	const keyring = present ?? (await createKeyFile(dataFolder));
	assertPresent(inUse, keyring, `the key file ${path}`);
	await assertFitting(db, inUse, keyring, `the key file ${path}`);
	return followKeyFile(path, keyring);
}

function assertPresent(inUse: ReadonlyMap<string, number>, keyring: Keyring | null, place: string): void {
	const missing = [...inUse].filter(([id]) => keyring?.keys.has(id) !== true);
	if (missing.length === 0) return;
	const secrets = missing.reduce((sum, [, count]) => sum + count, 0);
	const names = missing.map(([id]) => `"${id}"`).join(", ");
	throw new KeysMissingError(
		`The database holds ${secrets} credentials sealed with the key ${names}, which is not in ${place}. Put that key back from a backup: without it these credentials are lost.`,
	);
}

/** Sealing on with a new key under an old name would leave secrets that no one keyring opens. */
async function assertFitting(
	db: Kysely<Database>,
	inUse: ReadonlyMap<string, number>,
	{ keys }: Keyring,
	place: string,
): Promise<void> {
	for (const [id, secrets] of inUse) {
		const master = keys.get(id);
		if (master === undefined || (await fitsItsSecrets(db, master))) continue;
		throw new KeysMissingError(
			`The database holds ${secrets} credentials sealed with another key of the name "${id}" than the one in ${place}. Put that key back from a backup, and give a new key a name of its own.`,
		);
	}
}

/**
 * `kalends keys` changes the file beside the server, so the server looks at it again before it seals (a key that was
 * taken out must seal nothing more) and when it meets a key that it does not know.
 */
function followKeyFile(path: string, keyring: Keyring): Vault {
	let vault = createVault(keyring);
	let readAt = modifiedAt(path);
	const latest = (): Vault => {
		const changedAt = modifiedAt(path);
		// A file that is gone is the next start's concern: the keys in memory are all there is.
		if (changedAt !== readAt && changedAt !== 0) {
			vault = createVault(keysOfFile(readFileSync(path, "utf8")));
			readAt = changedAt;
		}
		return vault;
	};
	const open: Vault["open"] = (envelope, place) => {
		try {
			return vault.open(envelope, place);
		} catch (error) {
			if (!(error instanceof VaultError) || error.code !== "unknown_key") throw error;
			return latest().open(envelope, place);
		}
	};
	return {
		get sealingKeyId() {
			return latest().sealingKeyId;
		},
		get keyIds() {
			return latest().keyIds;
		},
		seal: (plaintext, place) => latest().seal(plaintext, place),
		open,
		rewrap: (envelope, place, options) => latest().rewrap(envelope, place, options),
		prove: (text, purpose) => latest().prove(text, purpose),
		isProven: (text, purpose, proof) => latest().isProven(text, purpose, proof),
		keyIdOf: (envelope) => vault.keyIdOf(envelope),
	};
}

function modifiedAt(path: string): number {
	return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
