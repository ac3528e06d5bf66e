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
	| "int"
	| "key"
	| "whk"
	| "dlv"
	| "bkg"
	| "mal"
	| "ntf"
	| "ses"
	| "req"
	| "acc"
	| "vrf"
	| "ret";

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

/** 128 bits behind two zero bits, five to a digit. */
function base32(bytes: Uint8Array): string {
	let text = "";
	let pending = 0;
	let bits = 2;
	for (const byte of bytes) {
		pending = (pending << 8) | byte;
		for (bits += 8; bits >= 5; bits -= 5) text += ALPHABET[(pending >>> (bits - 5)) & 31];
		pending &= 31;
	}
	return text;
}

const POOL_SIZE = 8_192;

/**
 * The same randomness, asked for in large pieces: a sync makes thousands of ids.
 * @param fill source of randomness, asked for `POOL_SIZE` bytes
 */
export function pooled(fill: (size: number) => Uint8Array): (size: number) => Uint8Array {
	let pool = new Uint8Array(0);
	let used = 0;
	return (size) => {
		if (used + size > pool.length) {
			pool = Uint8Array.from(fill(Math.max(size, POOL_SIZE)));
			used = 0;
		}
		used += size;
		return pool.subarray(used - size, used);
	};
}
