import { createHash, createHmac, randomBytes } from "node:crypto";
import type { FastifyRequest } from "fastify";
import { newId } from "../ids.ts";
import type { Services } from "../services.ts";
import type { Endpoint, EndpointReply, Once, Principal } from "./endpoint.ts";
import { Problem } from "./errors.ts";
import { claimKey, type KeyClaim, keepAnswer, keepClaiming, releaseKey } from "./idempotency-store.ts";
import { problemAnswer } from "./problem.ts";
import { type WireForm, wireForm } from "./wire-form.ts";

const KEY_HEADER = "Idempotency-Key";
const PRINTABLE = /^[\x20-\x7e]{1,255}$/;

/** Answers that say "not now" or "not you": the same request may be answered otherwise. 5xx are not kept either. */
const PASSING = new Set([401, 403, 408, 429]);

/** POST requests of people and administrators may carry a key; whoever is nobody has nothing to keep it under. */
export function takesIdempotencyKey(endpoint: Pick<Endpoint, "method" | "access">): boolean {
	return endpoint.method === "POST" && endpoint.access.kind !== "public";
}

/**
 * Performs a request once for each `Idempotency-Key`, however often it is sent, for 24 hours: who sends it again is
 * given the first answer with `Idempotent-Replayed: true`.
 * @param perform given what ids the request makes are derived from; null where there is no key
 * @throws Problem `invalid_request`, `request_in_progress`, `idempotency_key_reused`, and what `perform` throws
 */
export async function idempotently(
	services: Services,
	endpoint: Endpoint,
	request: FastifyRequest,
	perform: (once: Once | null) => Promise<EndpointReply>,
): Promise<EndpointReply> {
	const key = takesIdempotencyKey(endpoint) ? request.headers[KEY_HEADER.toLowerCase()] : undefined;
	const { principal } = request;
	if (key === undefined || principal === null) return perform(null);
	const state = await claimKey(services, {
		userId: principal.userId,
		key: checkKey(key),
		request: requestDigest(endpoint, request, principal),
		seed: randomBytes(32).toString("base64url"),
	});
	if (state.type === "answered") return replayed(state.answer);
	if (state.type === "reused") {
		throw new Problem("idempotency_key_reused", `This ${KEY_HEADER} was used for another request within 24 hours.`, {
			fix: "Use a new key for a new request. To repeat a request, send it as it was, with the same credentials.",
		});
	}
	if (state.type === "busy") {
		throw new Problem("request_in_progress", `The request with this ${KEY_HEADER} is still being worked on.`, {
			fix: "Send it again, unchanged, after the seconds that Retry-After names.",
			retryAfter: state.retryAfterSeconds,
		});
	}
	return performClaimed(services, state.claim, request.id, perform);
}

async function performClaimed(
	services: Services,
	claim: KeyClaim,
	requestId: string,
	perform: (once: Once) => Promise<EndpointReply>,
): Promise<EndpointReply> {
	const stopRenewing = keepClaiming(services, claim);
	try {
		const answer = await perform(onceOf(claim));
		await settle(services, claim, wireForm(answer));
		return answer;
	} catch (error) {
		const answer = error instanceof Problem ? problemAnswer(error, requestId) : null;
		await settle(services, claim, answer === null ? null : { ...answer, body: JSON.stringify(answer.body) });
		throw error;
	} finally {
		stopRenewing();
	}
}

async function settle(services: Services, claim: KeyClaim, answer: WireForm | null): Promise<void> {
	try {
		if (answer !== null && isKept(answer)) await keepAnswer(services, claim, answer);
		else await releaseKey(services, claim);
	} catch (err) {
		// What was done is done, and the claim ends by itself; a repetition then finds it by the ids of the seed.
		services.log.warn({ err }, "the answer of a request with an Idempotency-Key could not be kept");
	}
}

function isKept({ status, headers }: WireForm): boolean {
	return status < 500 && !PASSING.has(status) && (status < 400 || headers["retry-after"] === undefined);
}

function replayed({ status, headers, body }: WireForm): EndpointReply {
	return {
		status,
		headers: { ...headers, "idempotent-replayed": "true" },
		...(body === null ? {} : { body }),
	};
}

function onceOf({ content, since }: KeyClaim): Once {
	const bytesFor = (prefix: string) => createHmac("sha256", content.seed).update(`id ${prefix}`).digest();
	return { id: (prefix) => newId(prefix, since, (size) => bytesFor(prefix).subarray(0, size)) };
}

function checkKey(key: string | string[]): string {
	if (typeof key === "string" && PRINTABLE.test(key)) return key;
	throw new Problem("invalid_request", `${KEY_HEADER}: Use 1 to 255 printable ASCII characters.`, {
		fix: "A random UUID for each new request does well.",
		errors: [{ field: KEY_HEADER, detail: "Use 1 to 255 printable ASCII characters." }],
	});
}

/**
 * Tells requests apart by all that is asked for and by who asks: an answer may hold what other credentials of the same
 * user may not see. The order of keys in the body's objects and of query parameters makes no difference.
 */
function requestDigest(endpoint: Endpoint, request: FastifyRequest, principal: Principal): string {
	const { params, query, body } = request;
	const asked = [endpoint.method, endpoint.path, params, query, body ?? null];
	const text = canonicalJson([...asked, principal.userId, principal.via, principal.apiKeyId]);
	return createHash("sha256").update(text).digest("base64url");
}

function canonicalJson(value: unknown): string {
	try {
		return JSON.stringify(value, (_key, inner: unknown) => {
			if (typeof inner !== "object" || inner === null || Array.isArray(inner)) return inner;
			return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
		});
	} catch (cause) {
		if (!(cause instanceof RangeError)) throw cause;
		throw new Problem("invalid_request", "The body is nested too deeply.", { fix: "Send a flatter one.", cause });
	}
}
