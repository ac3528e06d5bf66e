import { createSecretKey, type KeyObject, randomBytes } from "node:crypto";
import { type KeyringKey, keyring as parseKeys } from "../config-values.ts";

/** The master keys: the first seals, all open. Held as `KeyObject`s, which never print their bytes. */
export interface Keyring {
	readonly sealing: MasterKey;
	readonly keys: ReadonlyMap<string, MasterKey>;
}

export interface MasterKey {
	readonly id: string;
	readonly key: KeyObject;
}

/** Thrown for a keyring that cannot be used; the message never holds a key. */
export class KeyringError extends Error {
	override readonly name = "KeyringError";
	readonly code = "invalid_keyring";
}

export const KEY_BYTES = 32;

export function isKeyId(text: string): boolean {
	return /^[A-Za-z0-9_.-]{1,64}$/.test(text);
}

/**
 * @param entries as `Config.keys` holds them, the sealing key first
 * @throws KeyringError when empty, when an id is repeated or malformed, or a key is not 32 bytes
 */
export function createKeyring(entries: readonly KeyringKey[]): Keyring {
	const keys = new Map<string, MasterKey>();
	for (const { id, key } of entries) {
		if (!isKeyId(id)) throw new KeyringError(`"${id}" is not a key id: use up to 64 letters, digits, . _ and -.`);
		if (key.byteLength !== KEY_BYTES) throw new KeyringError(`The key "${id}" is not ${KEY_BYTES} bytes.`);
		if (keys.has(id)) throw new KeyringError(`Two keys have the id "${id}".`);
		keys.set(id, { id, key: createSecretKey(key) });
	}
	const [sealing] = keys.values();
	if (sealing === undefined) throw new KeyringError("The keyring holds no key: credentials cannot be stored.");
	return { sealing, keys };
}

/**
 * @param text `id:base64 of 32 bytes`, comma-separated, the sealing key first (KALENDS_KEYS, key file)
 * @throws WrongValue or KeyringError; the messages never repeat a key
 */
export function parseKeyring(text: string): Keyring {
	return createKeyring(parseKeys(text));
}

/** A new key as KALENDS_KEYS wants it: `id:base64`. */
export function generateKey(id: string): string {
	if (!isKeyId(id)) throw new KeyringError(`"${id}" is not a key id: use up to 64 letters, digits, . _ and -.`);
	return `${id}:${randomBytes(KEY_BYTES).toString("base64")}`;
}
