/** Receiving what Kalends tells by webhook: Standard Webhooks 1.0 (https://www.standardwebhooks.com). */

export type WebhookErrorCode =
	/** `webhook-id`, `webhook-timestamp` or `webhook-signature` is missing or malformed. */
	| "missing_headers"
	/** None of its signatures was made with the secret: it is not from Kalends, or was changed on the way. */
	| "invalid_signature"
	/** Its time and yours are further apart than the tolerance. */
	| "stale"
	/** Its id has been seen: answer it with 200, and do nothing. */
	| "replayed"
	/** The secret is not one that Kalends gives out. */
	| "invalid_secret"
	/** The signature is right, and the body no message. */
	| "invalid_payload";

export class WebhookError extends Error {
	override readonly name = "WebhookError";
	readonly code: WebhookErrorCode;

	constructor(code: WebhookErrorCode, message: string) {
		super(message);
		this.code = code;
	}
}

export interface WebhookMessage<T = unknown> {
	/** Of the message: the same in every attempt to deliver it. */
	readonly id: string;
	/** Such as `event.created`. */
	readonly type: string;
	/** When it happened, RFC 3339. */
	readonly timestamp: string;
	readonly data: T;
	/** To be called when it could not be dealt with, so that the next attempt is not taken for a replay. */
	release(): Promise<void>;
}

/** Which ids were seen. Processes that share an address share one: such as SET … NX EX of a key-value store. */
export interface WebhookMemory {
	/** @returns false when the id is there already; else it is kept for so many seconds */
	remember(id: string, seconds: number): boolean | Promise<boolean>;
	forget(id: string): void | Promise<void>;
}

export interface VerifyOptions {
	/** `whsec_…`; while it is being changed, both. */
	readonly secret: string | readonly string[];
	/** Seconds that the message's time may differ from now (300). */
	readonly tolerance?: number | undefined;
	/** In place of the memory of this process. */
	readonly memory?: WebhookMemory | undefined;
	/** For tests: epoch milliseconds. */
	readonly now?: number | undefined;
}

type HeaderSource = Headers | Readonly<Record<string, string | readonly string[] | undefined>>;

/** A message that failed is tried again for three days. */
const REMEMBERED_S = 4 * 86_400;
const MOST_REMEMBERED = 100_000;

/**
 * Whether a request is Kalends's, as it was sent, and new.
 *
 * @param body exactly as it came: parsed and written again it is another one
 * @throws WebhookError
 */
export async function verifyWebhook<T = unknown>(
	body: string | Uint8Array,
	headers: HeaderSource,
	{ secret, tolerance = 300, memory = ownMemory, now = Date.now() }: VerifyOptions,
): Promise<WebhookMessage<T>> {
	const id = headerOf(headers, "webhook-id");
	const timestamp = headerOf(headers, "webhook-timestamp");
	const signatures = headerOf(headers, "webhook-signature");
	if (id === null || signatures === null || timestamp === null || !/^\d{1,12}$/.test(timestamp)) {
		throw new WebhookError("missing_headers", "webhook-id, webhook-timestamp and webhook-signature are needed.");
	}
	const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
	const signed = join(new TextEncoder().encode(`${id}.${timestamp}.`), bytes);
	const keys = await Promise.all([secret].flat().map(keyOf));
	if (!(await anySignature(keys, signatures, signed))) {
		throw new WebhookError("invalid_signature", "The signature is not of this secret and this body.");
	}
	if (Math.abs(now / 1000 - Number(timestamp)) > tolerance) {
		throw new WebhookError("stale", `The message was sent more than ${tolerance} seconds from now.`);
	}
	const message = parse(bytes);
	if (!(await memory.remember(id, REMEMBERED_S))) {
		throw new WebhookError("replayed", "This message has been received already.");
	}
	return { id, ...message, data: message.data as T, release: async () => memory.forget(id) };
}

/** Ids by the time until which they are kept, the oldest first. */
export function createWebhookMemory(now: () => number = Date.now): WebhookMemory {
	const until = new Map<string, number>();
	return {
		remember: (id, seconds) => {
			for (const [old, end] of until) {
				if (end > now() && until.size < MOST_REMEMBERED) break;
				until.delete(old);
			}
			if (until.has(id)) return false;
			until.set(id, now() + seconds * 1000);
			return true;
		},
		forget: (id) => {
			until.delete(id);
		},
	};
}

const ownMemory = /* @__PURE__ */ createWebhookMemory();

async function keyOf(secret: string): Promise<CryptoKey> {
	const text = secret.replace(/^whsec_/, "");
	let raw: string;
	try {
		raw = atob(text);
	} catch {
		raw = "";
	}
	if (raw.length < 16) throw new WebhookError("invalid_secret", "The secret is not of the form whsec_ and base64.");
	const algorithm = { name: "HMAC", hash: "SHA-256" };
	return crypto.subtle.importKey("raw", bytesOf(raw), algorithm, false, ["verify"]);
}

/** `verify` compares in constant time. */
async function anySignature(
	keys: readonly CryptoKey[],
	signatures: string,
	signed: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
	for (const one of signatures.split(" ")) {
		const [version, text = ""] = one.split(",");
		if (version !== "v1" || !/^[A-Za-z0-9+/]{43}=$/.test(text)) continue;
		for (const key of keys) {
			if (await crypto.subtle.verify("HMAC", key, bytesOf(atob(text)), signed)) return true;
		}
	}
	return false;
}

function parse(bytes: Uint8Array): { readonly type: string; readonly timestamp: string; readonly data: unknown } {
	let body: unknown;
	try {
		body = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
	} catch {
		body = null;
	}
	if (typeof body === "object" && body !== null && "type" in body && "timestamp" in body) {
		const { type, timestamp } = body;
		if (typeof type === "string" && typeof timestamp === "string") {
			return { type, timestamp, data: "data" in body ? body.data : null };
		}
	}
	throw new WebhookError("invalid_payload", "The body is not {type, timestamp, data}.");
}

function headerOf(headers: HeaderSource, name: string): string | null {
	if (headers instanceof Headers) return headers.get(name);
	const found = Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
	return typeof found === "string" ? found : (found?.[0] ?? null);
}

function bytesOf(binary: string): Uint8Array<ArrayBuffer> {
	return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
	const joined = new Uint8Array(a.length + b.length);
	joined.set(a);
	joined.set(b, a.length);
	return joined;
}
