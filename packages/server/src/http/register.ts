import { isDeepStrictEqual } from "node:util";
import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from "fastify";
import { z } from "zod";
import type { Services } from "../services.ts";
import { admit, isWrite, KIND_NAMES } from "./access.ts";
import type { Endpoint, EndpointReply, OwnedKind, Principal } from "./endpoint.ts";
import { Problem } from "./errors.ts";
import { idempotently } from "./idempotency.ts";
import { operationSchema } from "./openapi.ts";
import { notFound } from "./problem.ts";
import { holdsNul, parseParts, strict } from "./validation.ts";
import { wireForm } from "./wire-form.ts";

const NO_BYTES = Buffer.alloc(0);
const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;

declare module "fastify" {
	interface FastifyContextConfig {
		/** As the endpoint's. */
		readonly rawBody?: true;
	}
	interface FastifyRequest {
		principal: Principal | null;
	}
}

export interface RegisterOptions {
	/** Checks every answer against the endpoint's schema; for tests, where a wrong answer must fail. */
	readonly verifyResponses: boolean;
}

/** Adds the endpoints, and a 405 for the methods that their paths do not have. */
export function registerEndpoints(
	app: FastifyInstance,
	services: Services,
	endpoints: readonly Endpoint[],
	options: RegisterOptions,
): void {
	for (const endpoint of endpoints) registerEndpoint(app, services, endpoint, options);
	for (const [path, group] of Map.groupBy(endpoints, (endpoint) => endpoint.path)) {
		const readable = group.some(({ method, actsOnGet }) => method === "GET" && actsOnGet !== true);
		const methods: HTTPMethods[] = group.map((endpoint) => endpoint.method);
		const present: HTTPMethods[] = readable ? [...methods, "HEAD"] : methods;
		const allow = present.join(", ");
		const absent: HTTPMethods[] = METHODS.filter((method) => !present.includes(method));
		app.route({
			method: absent,
			url: path,
			exposeHeadRoute: false,
			schema: { hide: true } as object,
			config: { refusal: true },
			handler: (request, reply) => refuseMethod(request, reply, allow),
		});
	}
}

/** @throws Problem `method_not_allowed`, always */
export function refuseMethod(request: FastifyRequest, reply: FastifyReply, allow: string): never {
	reply.header("allow", allow);
	throw new Problem("method_not_allowed", `${request.method} is not possible at this address.`, {
		fix: `Use ${allow}.`,
	});
}

/** Browsers say so where nobody has opened a link yet (Sec-Purpose; older ones by names of their own). */
function refuseFetchedAhead({ headers }: FastifyRequest): void {
	const purposes = [headers["sec-purpose"], headers.purpose, headers["x-purpose"], headers["x-moz"]];
	if (!purposes.some((purpose) => /prefetch|preview/i.test(String(purpose ?? "")))) return;
	throw new Problem("invalid_request", "This address does something once, so it cannot be fetched ahead.", {
		fix: "Open it.",
	});
}

function registerEndpoint(app: FastifyInstance, services: Services, endpoint: Endpoint, options: RegisterOptions) {
	checkDefinition(endpoint);
	const body = endpoint.body === undefined ? undefined : strict(endpoint.body);
	// A write must not do something else than was asked for, so it refuses parameters it does not know.
	const query = isWrite(endpoint.method) ? strict(endpoint.query) : endpoint.query;
	app.route({
		method: endpoint.method,
		url: endpoint.path,
		exposeHeadRoute: endpoint.actsOnGet !== true,
		...(endpoint.rawBody === true ? { config: { rawBody: true } } : {}),
		schema: operationSchema({ ...endpoint, body, query: endpoint.query === undefined ? undefined : query }),
		onRequest: async (request) => {
			if (endpoint.actsOnGet === true) refuseFetchedAhead(request);
			request.principal = await admit(services, endpoint.access, request);
		},
		handler: async (request, reply) => {
			const signal = whileConnected(reply);
			const raw = Buffer.isBuffer(request.body) ? request.body : null;
			const answer = await idempotently(services, endpoint, request, async (once) => {
				const params = pathParams(endpoint, request);
				const given = await faultsTold(endpoint, async () => {
					const [parsedQuery, parsedBody] = parseParts([
						{ schema: query, value: request.query, where: "query" },
						{ schema: body ?? z.strictObject({}).nullish(), value: raw === null ? request.body : null, where: "body" },
					]);
					return sameNotFound(endpoint, () =>
						endpoint.handle({
							services,
							// On public routes there is none, and their handlers do not look.
							principal: request.principal as Principal,
							params: params as never,
							query: parsedQuery as never,
							body: parsedBody as never,
							headers: request.headers,
							rawBody: raw ?? NO_BYTES,
							ip: request.ip,
							signal,
							once,
						}),
					);
				});
				if (options.verifyResponses) verifyResponse(endpoint, given);
				return given;
			});
			return send(reply, answer);
		},
	});
}

/**
 * Aborted when the client goes before its answer was sent. Fastify's own `request.signal` is aborted as soon as the
 * request's body has been read.
 */
function whileConnected(reply: FastifyReply): AbortSignal {
	const controller = new AbortController();
	reply.raw.once("close", () => {
		if (!reply.raw.writableEnded) controller.abort();
	});
	return controller.signal;
}

async function faultsTold({ tellFaults }: Endpoint, handle: () => Promise<EndpointReply>): Promise<EndpointReply> {
	if (tellFaults === undefined) return handle();
	try {
		return await handle();
	} catch (error) {
		if (!(error instanceof Problem) || error.code !== "invalid_request" || error.errors === undefined) throw error;
		return tellFaults(error.errors);
	}
}

/** However an endpoint words it: the 404 for an id in the path is the same as the guard's (T8). */
async function sameNotFound<T>(endpoint: Endpoint, handle: () => Promise<T>): Promise<T> {
	const [kind, another] = ownedKinds(endpoint);
	try {
		return await handle();
	} catch (error) {
		const aboutId = error instanceof Problem && error.code === "not_found" && error.errors === undefined;
		if (!aboutId || kind === undefined || another !== undefined) throw error;
		throw notFound(KIND_NAMES[kind]);
	}
}

function ownedKinds(endpoint: Endpoint): OwnedKind[] {
	return endpoint.access.kind === "user" ? Object.values(endpoint.access.ids ?? {}) : [];
}

/** An id of the wrong form is an id that does not exist. */
function pathParams(endpoint: Endpoint, request: FastifyRequest): unknown {
	if (endpoint.params === undefined) return undefined;
	const result = endpoint.params.safeParse(request.params);
	if (result.success && !Object.values(request.params ?? {}).some(holdsNul)) return result.data;
	const [kind] = ownedKinds(endpoint);
	if (kind !== undefined) throw notFound(KIND_NAMES[kind]);
	throw new Problem("not_found", "There is nothing at this address.");
}

function send(reply: FastifyReply, answer: EndpointReply): FastifyReply {
	const { status, headers, body } = wireForm(answer);
	reply.code(status);
	for (const [name, value] of Object.entries(headers)) {
		reply.header(name, typeof value === "string" ? value : [...value]);
	}
	const { stream } = answer;
	if (stream !== undefined) {
		reply.raw.once("close", () => stream.destroy());
		// It may end when the server stops, which waits for the connections that are kept open.
		reply.header("connection", "close");
		return reply.send(stream);
	}
	return body === null ? reply.send() : reply.send(body);
}

function checkDefinition(endpoint: Endpoint): void {
	const name = `${endpoint.method} ${endpoint.path}`;
	const inPath = [...endpoint.path.matchAll(/:(\w+)/g)].map((match) => match[1]);
	const inSchema = endpoint.params instanceof z.ZodObject ? Object.keys(endpoint.params.shape) : [];
	const missing = inPath.filter((param) => param !== undefined && !inSchema.includes(param));
	if (missing.length > 0) throw new Error(`${name}: params has no schema for ${missing.join(", ")}`);
}

function verifyResponse(endpoint: Endpoint, answer: EndpointReply): void {
	const name = `${endpoint.operationId} answered ${answer.status}`;
	const schema = endpoint.responses[answer.status];
	if (schema === undefined) throw new Error(`${name}, which its responses do not name`);
	if (schema === null) {
		if (answer.body !== undefined) throw new Error(`${name} with a body, which its responses do not have`);
		return;
	}
	if (answer.headers?.["content-type"] !== undefined) return;
	const wire: unknown = JSON.parse(JSON.stringify(answer.body ?? null));
	const result = schema.safeParse(wire);
	if (!result.success) throw new Error(`${name} against its schema: ${z.prettifyError(result.error)}`);
	if (!isDeepStrictEqual(result.data, wire)) throw new Error(`${name} with fields that its schema does not name`);
}
