import { createHash } from "node:crypto";
import { fullSyncRequired, GoogleError, invalidParameter } from "../http/google-error.ts";
import { isObject, type JsonObject } from "../json.ts";

/** Deleted things, and the tokens that could tell of them, are kept for so long (milliseconds). */
export const RETENTION = 30 * 86_400_000;

const encode = (value: JsonObject): string => Buffer.from(JSON.stringify(value)).toString("base64url");

function decode(text: string): JsonObject | null {
	try {
		const value: unknown = JSON.parse(Buffer.from(text, "base64url").toString());
		return isObject(value) ? value : null;
	} catch {
		return null;
	}
}

/** Where a listing stands: behind the item with this key and id. */
export interface PageToken {
	/** Parameters of the listing, as a digest: a token is good for the same listing only. */
	readonly query: string;
	readonly key: number;
	readonly id: string;
	/** Revision when the listing began. */
	readonly began: number;
	/** Pages before it. */
	readonly page: number;
}

/** Parameters that may differ from page to page. */
const FREE = ["pageToken", "maxResults", "fields", "key", "quotaUser", "alt", "prettyPrint", "access_token", "userIp"];

export function queryDigest(resource: string, parameters: URLSearchParams): string {
	const kept = [...parameters].filter(([name]) => !FREE.includes(name)).sort();
	return createHash("sha256")
		.update(JSON.stringify([resource, kept]))
		.digest("base64url")
		.slice(0, 16);
}

export const writePageToken = (token: PageToken): string => encode({ ...token });

/** @throws GoogleError 400 where it is none, or of another listing */
export function readPageToken(text: string, query: string): PageToken {
	const token = decode(text);
	const { key, id, began, page } = token ?? {};
	const whole =
		typeof key === "number" && typeof id === "string" && typeof began === "number" && typeof page === "number";
	if (token === null || token.query !== query || !whole)
		throw invalidParameter("pageToken", "Invalid page token value.");
	return { query, key, id, began, page };
}

export interface SyncToken {
	/** What was listed. */
	readonly resource: string;
	/** Changes up to this one are known. */
	readonly revision: number;
	/** Epoch milliseconds. */
	readonly issuedAt: number;
	/** Parameters that have to stay as they were, as text. */
	readonly same: string;
}

export const writeSyncToken = (token: SyncToken): string => encode({ ...token });

/**
 * @param oldest revision before which tokens no longer count
 * @throws GoogleError 400 where it is none or of another listing, 410 `fullSyncRequired` where it is too old
 */
export function readSyncToken(
	text: string,
	now: number,
	wanted: { readonly resource: string; readonly same: string; readonly oldest: number },
): SyncToken {
	const token = decode(text);
	const { resource, revision, issuedAt, same } = token ?? {};
	if (typeof revision !== "number" || typeof issuedAt !== "number" || resource !== wanted.resource) {
		throw invalidSyncToken("Invalid sync token value.");
	}
	if (revision < wanted.oldest || issuedAt < now - RETENTION) throw fullSyncRequired();
	if (same !== wanted.same)
		throw invalidSyncToken("Sync token cannot be used with other parameters than the first listing's.");
	return { resource, revision, issuedAt, same };
}

const invalidSyncToken = (message: string): GoogleError =>
	new GoogleError(400, "invalid", message, { locationType: "parameter", location: "syncToken" });
