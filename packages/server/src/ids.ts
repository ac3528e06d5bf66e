/**
 * Ids: `<prefix>_<UUIDv7 in Crockford base32, lower case>`, so they sort by the time they were made (RFC 9562 §5.7).
 */
export type IdPrefix =
	| "usr"
	| "con"
	| "cal"
	| "evt"
	| "res"
	| "run"
	| "key"
	| "whk"
	| "dlv"
	| "bkg"
	| "ses"
	| "req"
	| "acc"
	| "vrf";

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

/**
 * @param now epoch milliseconds
 * @param randomBytes source of randomness, asked for 10 bytes
 */
export function newId(prefix: IdPrefix, now: number, randomBytes: (size: number) => Uint8Array): string {
	const bytes = new Uint8Array(16);
	new DataView(bytes.buffer).setBigUint64(0, BigInt(now) << 16n);
	bytes.set(randomBytes(10), 6);
	bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
	bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
	return `${prefix}_${base32(bytes)}`;
}

/** True for text of the form that `newId(prefix)` makes. */
export function isId(prefix: IdPrefix, value: string): boolean {
	return new RegExp(`^${prefix}_[0-7][${ALPHABET}]{25}$`).test(value);
}

function base32(bytes: Uint8Array): string {
	let number = 0n;
	for (const byte of bytes) number = (number << 8n) | BigInt(byte);
	let text = "";
	for (let digit = 0; digit < 26; digit++) {
		text = (ALPHABET[Number(number & 31n)] ?? "") + text;
		number >>= 5n;
	}
	return text;
}
