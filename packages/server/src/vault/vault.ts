import { createHmac, hkdfSync } from "node:crypto";
import { openText, parseEnvelope, rewrapEnvelope, sealText } from "./envelope.ts";
import { KEY_BYTES, type Keyring, type MasterKey } from "./keyring.ts";
import type { SecretPlace } from "./place.ts";
import { Secret } from "./secret.ts";
import { equalInConstantTime } from "./timing-safe.ts";

export type { SecretPlace } from "./place.ts";
export { Secret } from "./secret.ts";

export interface Vault {
	/** Id of the key that seals, the first of the keyring. */
	readonly sealingKeyId: string;
	/** Ids of all keys that open. */
	readonly keyIds: ReadonlySet<string>;
	/** Encrypts for this place alone. There is no mode that does not encrypt. */
	seal(plaintext: string, place: SecretPlace): Buffer;
	/** @throws VaultError when the key is not in the keyring, or anything of envelope or place was changed */
	open(envelope: Uint8Array, place: SecretPlace): Secret;
	/**
	 * The same secret under the sealing key. With `newDataKey` the text is encrypted anew, which is what a leaked
	 * master key needs; without it only the data key is wrapped anew.
	 * @throws VaultError as `open`
	 */
	rewrap(envelope: Uint8Array, place: SecretPlace, options?: { readonly newDataKey?: boolean }): Buffer;
	/** What only this server can say of the text; `purpose` keeps proofs of one kind from being taken for another's. */
	prove(text: string, purpose: string): string;
	/** Was it proven with one of the keys of the keyring? A proof ends when its key is taken out. */
	isProven(text: string, purpose: string, proof: string): boolean;
	/** Id of the master key that opens this envelope, read from its clear header; null if it is no envelope. */
	keyIdOf(envelope: Uint8Array): string | null;
}

/**
 * - `unknown_key`: sealed under a key that is not in the keyring; add the key again.
 * - `damaged`: changed, moved from another row, or no envelope at all.
 */
export type VaultErrorCode = "unknown_key" | "damaged";

/** The message names table, column and key id, never content. */
export class VaultError extends Error {
	override readonly name = "VaultError";
	readonly code: VaultErrorCode;

	constructor(code: VaultErrorCode, message: string) {
		super(message);
		this.code = code;
	}
}

export function createVault(keyring: Keyring): Vault {
	const located = (bytes: Uint8Array, place: SecretPlace) => {
		const envelope = parseEnvelope(bytes);
		if (envelope === null) throw damaged(place);
		return { envelope, master: keyring.keys.get(envelope.keyId) ?? unknownKey(envelope.keyId, place) };
	};
	const vault: Vault = {
		sealingKeyId: keyring.sealing.id,
		keyIds: new Set(keyring.keys.keys()),
		seal: (plaintext, place) => sealText(plaintext, place, keyring.sealing),
		open: (bytes, place) => {
			const { envelope, master } = located(bytes, place);
			const text = openText(envelope, place, master);
			if (text === null) throw damaged(place);
			return new Secret(text);
		},
		rewrap: (bytes, place, options = {}) => {
			if (options.newDataKey === true) return vault.seal(vault.open(bytes, place).reveal(), place);
			const { envelope, master } = located(bytes, place);
			const rewrapped = rewrapEnvelope(envelope, place, master, keyring.sealing);
			if (rewrapped === null) throw damaged(place);
			return rewrapped;
		},
		prove: (text, purpose) => proofUnder(keyring.sealing, text, purpose),
		isProven: (text, purpose, proof) =>
			[...keyring.keys.values()].some((master) => equalInConstantTime(proof, proofUnder(master, text, purpose))),
		keyIdOf: (bytes) => parseEnvelope(bytes)?.keyId ?? null,
	};
	return vault;
}

/** A key is used for one thing only: each purpose has one of its own, made of the master key (RFC 5869). */
function proofUnder({ key }: MasterKey, text: string, purpose: string): string {
	const derived = new Uint8Array(hkdfSync("sha256", key, "", `kalends vault 1 proof ${purpose}`, KEY_BYTES));
	return createHmac("sha256", derived).update(text).digest("base64url");
}

function damaged(place: SecretPlace): VaultError {
	return new VaultError(
		"damaged",
		`A secret in ${place.table}.${place.column} cannot be opened: it was changed, or belongs to another row.`,
	);
}

function unknownKey(keyId: string, place: SecretPlace): MasterKey {
	const printable = keyId.replaceAll(/[^\x20-\x7e]/g, "?");
	throw new VaultError(
		"unknown_key",
		`A secret in ${place.table}.${place.column} was sealed with the key "${printable}", which is not in KALENDS_KEYS. Add that key again.`,
	);
}
