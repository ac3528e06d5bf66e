import { timingSafeEqual } from "node:crypto";

/**
 * The one comparison for MACs, tokens and keys: takes as long for a near miss as for a far one.
 * Unequal lengths are unequal; only the length can be learned from the time.
 */
export function equalInConstantTime(left: string | Uint8Array, right: string | Uint8Array): boolean {
	const leftBytes = bytesOf(left);
	const rightBytes = bytesOf(right);
	return leftBytes.byteLength === rightBytes.byteLength && timingSafeEqual(leftBytes, rightBytes);
}

function bytesOf(value: string | Uint8Array): Uint8Array {
	return typeof value === "string" ? Buffer.from(value, "utf8") : value;
}
