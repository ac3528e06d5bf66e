import { type Argon2Parameters, argon2, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { equalInConstantTime } from "../vault/timing-safe.ts";

export const MIN_PASSWORD_LENGTH = 8;
export const MAX_PASSWORD_LENGTH = 128;

// RFC 9106 §4 names the variant; the costs are the first choice of OWASP's password storage sheet.
const COSTS = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 } as const;
const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

const derive = promisify<"argon2id", Argon2Parameters, Buffer>(argon2);

/** @returns argon2id in the PHC string format, with its own salt and costs */
export async function hashPassword(password: string): Promise<string> {
	const salt = randomBytes(16);
	const tag = await derive("argon2id", { ...COSTS, message: password.normalize("NFKC"), nonce: salt });
	return `$argon2id$v=19$m=${COSTS.memory},t=${COSTS.passes},p=${COSTS.parallelism}$${phc(salt)}$${phc(tag)}`;
}

/** False also for a stored text that is no hash of ours. */
export async function verifyPassword(hash: string, password: string): Promise<boolean> {
	const [, memory, passes, parallelism, salt, tag] = PHC.exec(hash) ?? [];
	if (tag === undefined || salt === undefined) return false;
	const expected = Buffer.from(tag, "base64");
	const actual = await derive("argon2id", {
		message: password.normalize("NFKC"),
		nonce: Buffer.from(salt, "base64"),
		memory: Number(memory),
		passes: Number(passes),
		parallelism: Number(parallelism),
		tagLength: expected.byteLength,
	});
	return equalInConstantTime(actual, expected);
}

function phc(bytes: Buffer): string {
	return bytes.toString("base64").replace(/=+$/, "");
}
