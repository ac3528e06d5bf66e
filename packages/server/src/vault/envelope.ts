import { createCipheriv, createDecipheriv, hkdfSync, type KeyObject, randomBytes } from "node:crypto";
import { KEY_BYTES, type MasterKey } from "./keyring.ts";
import type { SecretPlace } from "./place.ts";
import { equalInConstantTime } from "./timing-safe.ts";

/**
 * The stored form of a secret, version 1 (docs/decisions/0002-vault-envelope.md):
 *
 *     version  1 byte, 0x01
 *     key id   1 byte of length, then ASCII
 *     wrapped  12 bytes nonce, 32 bytes data key encrypted by the master key, 16 bytes tag
 *     commit   32 bytes, derived from the data key
 *     body     12 bytes nonce, the text encrypted by a key derived from the data key, 16 bytes tag
 *
 * Both encryptions are AES-256-GCM and authenticate the place; the wrapping authenticates the key id too,
 * so that a data key can be wrapped anew without touching the body.
 */
export interface Envelope {
	readonly keyId: string;
	readonly wrapped: Uint8Array;
	readonly commitment: Uint8Array;
	readonly body: Uint8Array;
}

/** First byte of every envelope. */
export const ENVELOPE_VERSION = 1;
const CIPHER = "aes-256-gcm";
const NONCE = 12;
const TAG = 16;
const COMMITMENT = 32;
const WRAPPED = NONCE + KEY_BYTES + TAG;

/** Null for bytes that are no envelope of a known version. */
export function parseEnvelope(bytes: Uint8Array): Envelope | null {
	const [version, idLength = 0] = bytes;
	const wrapped = 2 + idLength;
	const commitment = wrapped + WRAPPED;
	const body = commitment + COMMITMENT;
	if (version !== ENVELOPE_VERSION || idLength === 0 || bytes.byteLength < body + NONCE + TAG) return null;
	return {
		keyId: Buffer.from(bytes.subarray(2, wrapped)).toString("latin1"),
		wrapped: bytes.subarray(wrapped, commitment),
		commitment: bytes.subarray(commitment, body),
		body: bytes.subarray(body),
	};
}

export function sealText(text: string, place: SecretPlace, master: MasterKey): Buffer {
	const dataKey = randomBytes(KEY_BYTES);
	try {
		const { bodyKey, commitment } = derive(dataKey);
		const body = encrypt(bodyKey, Buffer.from(text, "utf8"), bodyContext(place));
		return write(master.id, wrap(dataKey, place, master), commitment, body);
	} finally {
		dataKey.fill(0);
	}
}

/** Null when anything does not fit: key, place, commitment or a single bit. */
export function openText(envelope: Envelope, place: SecretPlace, master: MasterKey): string | null {
	const dataKey = unwrap(envelope, place, master);
	if (dataKey === null) return null;
	const { bodyKey, commitment } = derive(dataKey);
	dataKey.fill(0);
	if (!equalInConstantTime(commitment, envelope.commitment)) return null;
	return decrypt(bodyKey, envelope.body, bodyContext(place))?.toString("utf8") ?? null;
}

/** Is this the master key that wrapped it? Says nothing of the body. */
export function isWrappedBy(envelope: Envelope, place: SecretPlace, master: MasterKey): boolean {
	return unwrap(envelope, place, master) !== null;
}

/** The same body under the same data key, now wrapped by `to`; null as `openText`. */
export function rewrapEnvelope(envelope: Envelope, place: SecretPlace, from: MasterKey, to: MasterKey): Buffer | null {
	if (openText(envelope, place, from) === null) return null;
	const dataKey = unwrap(envelope, place, from);
	if (dataKey === null) return null;
	const wrapped = wrap(dataKey, place, to);
	dataKey.fill(0);
	return write(to.id, wrapped, envelope.commitment, envelope.body);
}

function write(keyId: string, wrapped: Uint8Array, commitment: Uint8Array, body: Uint8Array): Buffer {
	return Buffer.concat([
		Buffer.of(ENVELOPE_VERSION, keyId.length),
		Buffer.from(keyId, "latin1"),
		wrapped,
		commitment,
		body,
	]);
}

function wrap(dataKey: Uint8Array, place: SecretPlace, master: MasterKey): Buffer {
	return encrypt(master.key, dataKey, wrapContext(place, master.id));
}

function unwrap(envelope: Envelope, place: SecretPlace, master: MasterKey): Buffer | null {
	return decrypt(master.key, envelope.wrapped, wrapContext(place, envelope.keyId));
}

/** JSON of an array: no two places have the same bytes, whatever their parts contain. */
function wrapContext(place: SecretPlace, keyId: string): Buffer {
	return context("wrap", place, keyId);
}

function bodyContext(place: SecretPlace): Buffer {
	return context("body", place);
}

function context(part: string, { table, column, userId, rowId }: SecretPlace, ...rest: string[]): Buffer {
	return Buffer.from(
		JSON.stringify(["kalends vault", ENVELOPE_VERSION, part, table, column, userId, rowId, ...rest]),
		"utf8",
	);
}

/**
 * AES-GCM alone does not commit to its key: one ciphertext can be made that two keys open to different texts.
 * The stored commitment, a hash of the data key, admits only one.
 */
function derive(dataKey: Uint8Array): { readonly bodyKey: Uint8Array; readonly commitment: Uint8Array } {
	const expand = (use: string) => new Uint8Array(hkdfSync("sha256", dataKey, "", `kalends vault 1 ${use}`, KEY_BYTES));
	return { bodyKey: expand("body"), commitment: expand("commitment") };
}

function encrypt(key: KeyObject | Uint8Array, text: Uint8Array, authenticated: Uint8Array): Buffer {
	const nonce = randomBytes(NONCE);
	const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG }).setAAD(authenticated);
	return Buffer.concat([nonce, cipher.update(text), cipher.final(), cipher.getAuthTag()]);
}

function decrypt(key: KeyObject | Uint8Array, sealed: Uint8Array, authenticated: Uint8Array): Buffer | null {
	const end = sealed.byteLength - TAG;
	const decipher = createDecipheriv(CIPHER, key, sealed.subarray(0, NONCE), { authTagLength: TAG });
	decipher.setAAD(authenticated).setAuthTag(sealed.subarray(end));
	const text = decipher.update(sealed.subarray(NONCE, end));
	try {
		return Buffer.concat([text, decipher.final()]);
	} catch {
		return null;
	}
}
