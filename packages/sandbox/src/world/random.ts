import { randomBytes } from "node:crypto";

const TOKEN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/** What an event id may be made of (RFC 2938 base32hex, as Google documents). */
const EVENT_ID = "0123456789abcdefghijklmnopqrstuv";

export interface Random {
	/** From 0 up to 1, excluding it. */
	float(): number;
	/** URL-safe characters, six bits each. */
	token(length: number): string;
	/** Characters of an event id, five bits each. */
	id(length: number): string;
	digits(length: number): string;
}

/** @param source null: cryptographic */
export function createRandom(source: (() => number) | null): Random {
	const float = source ?? (() => randomBytes(6).readUIntBE(0, 6) / 2 ** 48);
	const pick = (alphabet: string, length: number): string => {
		if (source === null) {
			// Both alphabets divide 256, ten does not matter much.
			return Array.from(randomBytes(length), (byte) => alphabet[byte % alphabet.length]).join("");
		}
		return Array.from({ length }, () => alphabet[Math.floor(source() * alphabet.length)]).join("");
	};
	return {
		float,
		token: (length) => pick(TOKEN, length),
		id: (length) => pick(EVENT_ID, length),
		digits: (length) => pick("0123456789", length),
	};
}
