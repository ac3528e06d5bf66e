import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from "node:crypto";
import type { FeedAddress } from "./address.ts";

/**
 * Remembers where a feed has permanently moved. The new address is as secret as the old one, and a cursor is kept in
 * the clear: it is sealed (AES-256-GCM) under a key that only the old address yields. A changed address therefore
 * forgets the move by itself.
 */
export function sealMoved(address: FeedAddress, target: URL): string {
	const key = keyOf(address);
	const nonce = createHmac("sha256", key).update(target.href).digest().subarray(0, NONCE);
	const cipher = createCipheriv("aes-256-gcm", key, nonce);
	const sealed = Buffer.concat([cipher.update(target.href, "utf8"), cipher.final()]);
	return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString("base64");
}

/** The address that the feed has moved to; null where it was sealed for another address. */
export function openMoved(address: FeedAddress, sealed: string): URL | null {
	const bytes = Buffer.from(sealed, "base64");
	if (bytes.length <= NONCE + TAG) return null;
	const decipher = createDecipheriv("aes-256-gcm", keyOf(address), bytes.subarray(0, NONCE), { authTagLength: TAG });
	decipher.setAuthTag(bytes.subarray(NONCE, NONCE + TAG));
	try {
		return URL.parse(Buffer.concat([decipher.update(bytes.subarray(NONCE + TAG)), decipher.final()]).toString());
	} catch {
		return null;
	}
}

const NONCE = 12;
const TAG = 16;

function keyOf(address: FeedAddress): Buffer {
	return Buffer.from(hkdfSync("sha256", address.url.href, "", "where a feed has moved", 32));
}
