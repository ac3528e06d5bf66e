import type { Readable } from "node:stream";
import type { z } from "zod";
import type { ApiKeyScope } from "../db/schema.ts";
import type { IdPrefix } from "../ids.ts";
import type { Services } from "../services.ts";
import type { FieldFault } from "./errors.ts";

/** Who is asking. `userId` is whose data is touched, also when an admin key acts for another user. */
export interface Principal {
	readonly userId: string;
	readonly role: "admin" | "user";
	/** The zone that the user set, IANA. */
	readonly timeZone: string | null;
	readonly via: "session" | "api_key";
	readonly scopes: readonly ApiKeyScope[];
	readonly sessionId: string | null;
	readonly apiKeyId: string | null;
}

/** Which kind of thing an id in the path names; the ownership test (T8) makes one of another user for each. */
export type OwnedKind =
	| "connection"
	| "calendar"
	| "event"
	| "api_key"
	| "run"
	| "session"
	| "webhook"
	| "booking"
	| "mail"
	| "notification";

/**
 * How a route is guarded. Every route states it; the route-table test fails for one that does not.
 * - `public`: anybody, no user data.
 * - `user`: signed in; `scope` is what an API key needs; `ids` classifies each path parameter.
 * - `admin`: role admin and, for keys, scope `admin`.
 */
export type Access =
	| {
			readonly kind: "public";
			/** It acts on the session of the cookie, so whoever brings one is held to be a browser (T22). */
			readonly endsSession?: true;
	  }
	| {
			readonly kind: "user";
			readonly scope: "read" | "write";
			readonly ids?: Readonly<Record<string, OwnedKind>>;
	  }
	| { readonly kind: "admin" };

/**
 * What a request with an `Idempotency-Key` makes has ids that are the same in every run of it. A run after a crash finds
 * by them what an earlier one has made.
 */
export interface Once {
	/** The same id each time for the same prefix, of the form that `newId` makes. */
	id(prefix: IdPrefix): string;
}

type Schema = z.ZodType;
type Parsed<S> = S extends z.ZodType ? z.output<S> : undefined;

export interface EndpointRequest<P, Q, B> {
	readonly services: Services;
	/** Absent on public routes only. */
	readonly principal: Principal;
	readonly params: P;
	readonly query: Q;
	readonly body: B;
	readonly headers: Readonly<Record<string, string | string[] | undefined>>;
	/** Of endpoints with `rawBody`; empty on others. */
	readonly rawBody: Buffer;
	/** Of the client; behind a proxy only as TRUST_PROXY allows. */
	readonly ip: string;
	/** Aborted when the client goes away before the answer. */
	readonly signal: AbortSignal;
	/** Null without an `Idempotency-Key`. */
	readonly once: Once | null;
}

export interface Endpoint<
	P extends Schema | undefined = Schema | undefined,
	Q extends Schema | undefined = Schema | undefined,
	B extends Schema | undefined = Schema | undefined,
> {
	readonly method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
	/** Fastify path, e.g. `/v1/connections/:id`. */
	readonly path: string;
	readonly operationId: string;
	readonly summary: string;
	readonly description?: string;
	readonly tag: string;
	readonly access: Access;
	readonly params?: P;
	readonly query?: Q;
	/** Request headers that it reads itself, for the document. */
	readonly headers?: Readonly<Record<string, z.ZodType>>;
	readonly body?: B;
	/**
	 * What GET does here counts once: HEAD, which is asked of links before they are opened, is not answered by doing it, and
	 * neither is a browser that fetches ahead.
	 */
	readonly actsOnGet?: true;
	/** The body is given as the bytes that came, of whatever type: its signature is of them. */
	readonly rawBody?: true;
	/** Of answers that are not JSON, which name it in their headers too. */
	readonly mediaType?: string;
	/** By status, where they differ. */
	readonly mediaTypes?: Readonly<Record<number, string>>;
	/** Kept for those who use it; the document says so. */
	readonly deprecated?: true;
	/** How faults of the request are told where not as a problem: the older interfaces have a form of their own. */
	readonly tellFaults?: (faults: readonly FieldFault[]) => EndpointReply;
	/** By status; null for no body. */
	readonly responses: Readonly<Record<number, Schema | null>>;
	handle(request: EndpointRequest<Parsed<P>, Parsed<Q>, Parsed<B>>): Promise<EndpointReply>;
}

export interface EndpointReply {
	readonly status: number;
	/** JSON, or text when `headers` name another content type. */
	readonly body?: unknown;
	/** In place of a body: sent as the client takes it, and destroyed when the client goes. Never of a POST. */
	readonly stream?: Readable;
	readonly headers?: Readonly<Record<string, string | readonly string[]>>;
}

/** Types the handler by the schemas; the route table (`http/routes.ts`) lists every endpoint. */
export function endpoint<
	const P extends Schema | undefined = undefined,
	const Q extends Schema | undefined = undefined,
	const B extends Schema | undefined = undefined,
>(definition: Endpoint<P, Q, B>): Endpoint<P, Q, B> {
	return definition;
}
