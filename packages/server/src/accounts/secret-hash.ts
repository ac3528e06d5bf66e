import { createHash } from "node:crypto";

/** How tokens, keys and codes are stored: they are random and long, so one fast hash keeps them from being read back. */
export function secretHash(secret: string): Buffer {
	return createHash("sha256").update(secret, "utf8").digest();
}

/** The same as text, for columns of type text. */
export function secretHashText(secret: string): string {
	return secretHash(secret).toString("base64url");
}
