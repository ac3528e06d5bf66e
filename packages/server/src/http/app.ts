import { isUtf8 } from "node:buffer";
import type { Socket } from "node:net";
import fastifyCors from "@fastify/cors";
import fastify, {
	type ConnectionError,
	errorCodes,
	type FastifyBaseLogger,
	type FastifyError,
	type FastifyInstance,
	type FastifyReply,
	type FastifyRequest,
	LogController,
	type RouteOptions,
} from "fastify";
import type { Services } from "../services.ts";
import type { Endpoint } from "./endpoint.ts";
import { Problem } from "./errors.ts";
import { registerOpenApi } from "./openapi.ts";
import { PROBLEM_TYPE, problemAnswer, toProblem } from "./problem.ts";
import { refuseMethod, registerEndpoints } from "./register.ts";
import { pathOf, registerRequestLog } from "./request-log.ts";
import { securityHeaders } from "./security-headers.ts";
import type { Bundle } from "./web-app/bundle.ts";
import { type PageHandler, registerWebApp } from "./web-app/web-app.ts";

/** In bytes, or characters of the address. */
export const LIMITS = { body: 1_048_576, url: 8192, header: 16_384, parameter: 200 } as const;

const RECEIVE_WITHIN_MS = 30_000;

export interface AppOptions {
	/** Checks every answer against its endpoint's schema; for tests. */
	readonly verifyResponses?: boolean;
	/** Told of every route that is added, also by plugins. */
	readonly onRoute?: (route: RouteOptions) => void;
	/** The web app; what `npm run build` made unless told. Null: none. */
	readonly bundle?: Bundle | null;
}

/**
 * The HTTP server of these endpoints, not yet listening.
 * Every failure is answered as a problem (RFC 9457), whoever raised it.
 */
export async function buildApp(
	services: Services,
	endpoints: readonly Endpoint[],
	options: AppOptions = {},
): Promise<FastifyInstance> {
	const always = securityHeaders(services.config);
	const answerProblem = (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
		const problem = toProblem(error, LIMITS);
		const { status, headers, body } = problemAnswer(problem, request.id);
		if (status >= 500) {
			services.log.error({ request_id: request.id, code: problem.code, err: problem.cause ?? error }, "request failed");
		}
		return reply.code(status).headers(headers).serializer(JSON.stringify).send(body);
	};
	const app: FastifyInstance = fastify({
		loggerInstance: services.log as FastifyBaseLogger,
		logController: new LogController({ disableRequestLogging: true }),
		trustProxy: trustedProxy(services.config.trustProxy),
		bodyLimit: LIMITS.body,
		requestTimeout: RECEIVE_WITHIN_MS,
		// Node looks for late requests every 30 seconds unless told otherwise, and takes the longer of the two times, that
		// of the headers being a minute by default, for the whole request.
		http: { maxHeaderSize: LIMITS.header, connectionsCheckingInterval: 5_000, headersTimeout: RECEIVE_WITHIN_MS },
		forceCloseConnections: "idle",
		// While draining, what arrives on open connections is still answered, and told to close.
		return503OnClosing: false,
		genReqId: () => services.newId("req"),
		routerOptions: { ignoreTrailingSlash: true, maxParamLength: LIMITS.parameter },
		frameworkErrors: (error, request, reply) => {
			reply.headers(always).header("x-request-id", request.id);
			answerProblem(error, request as FastifyRequest, reply as FastifyReply);
		},
		clientErrorHandler: (error, socket) => answerBrokenRequest(error, socket, services.newId("req"), always),
	});
	const { onRoute } = options;
	if (onRoute !== undefined) app.addHook("onRoute", (route) => onRoute(route));
	app.setValidatorCompiler(() => () => true);
	app.setSerializerCompiler(() => (data) => JSON.stringify(data));
	app.decorateRequest("principal", null);
	registerJsonParser(app);
	registerRequestLog(app, services);
	registerConnectionHooks(app, services, always);
	if (services.config.returnOrigins.length > 0) {
		// Without credentials: pages of other origins bring an API key, never the session cookie.
		await app.register(fastifyCors, {
			origin: [...services.config.returnOrigins],
			methods: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
			exposedHeaders: ["x-request-id", "retry-after", "etag", "location", "idempotent-replayed"],
			strictPreflight: false,
			maxAge: 600,
		});
	}
	app.setErrorHandler<FastifyError>((error, request, reply) => answerProblem(error, request, reply));
	let answerPage: PageHandler = () => undefined;
	app.setNotFoundHandler((request, reply) => {
		const page = answerPage(request, reply);
		if (page !== undefined) return page;
		const url = pathOf(request.url);
		if (request.method !== "GET" && app.hasRoute({ method: "GET", url })) {
			refuseMethod(request, reply, "GET, HEAD");
		}
		throw new Problem("not_found", "There is nothing at this address.", {
			fix: "The API reference at /docs lists every address.",
		});
	});
	if (services.config.roles.includes("api")) {
		await registerOpenApi(app, services.config);
		answerPage = registerWebApp(app, options.bundle);
	}
	registerEndpoints(app, services, endpoints, { verifyResponses: options.verifyResponses ?? false });
	await app.ready();
	return app;
}

/**
 * Stops listening, lets running requests end and closes their connections.
 * @param withinMs after this what is still open is cut
 */
export async function closeGracefully(app: FastifyInstance, withinMs: number): Promise<void> {
	const cut = setTimeout(() => app.server.closeAllConnections(), withinMs);
	try {
		await app.close();
	} finally {
		clearTimeout(cut);
	}
}

/** Fastify itself takes no number of proxies; the operator who gives one vouches for the nearest that many. */
function trustedProxy(
	setting: false | number | string[],
): false | string[] | ((address: string, hop: number) => boolean) {
	return typeof setting === "number" ? (_address, hop) => hop < setting : setting;
}

function registerConnectionHooks(
	app: FastifyInstance,
	services: Pick<Services, "lifecycle" | "followers">,
	always: Readonly<Record<string, string>>,
): void {
	let closing = false;
	app.addHook("preClose", (done) => {
		closing = true;
		// Who follows the feed would never end by themselves.
		services.followers.endAll();
		done();
	});
	app.addHook("onRequest", (request, reply, done) => {
		reply.headers(always).header("x-request-id", request.id).header("cache-control", "no-store");
		if (request.url.length > LIMITS.url) {
			done(
				new Problem("uri_too_long", `The address is longer than ${LIMITS.url} characters.`, {
					fix: "Send fewer or shorter query parameters.",
				}),
			);
		} else done();
	});
	app.addHook("onSend", (_request, reply, payload, done) => {
		if (closing || services.lifecycle.draining) reply.header("connection", "close");
		done(null, payload);
	});
}

function registerJsonParser(app: FastifyInstance): void {
	const parse = app.getDefaultJsonParser("error", "error");
	app.removeAllContentTypeParsers();
	app.addContentTypeParser(
		["application/json", "application/merge-patch+json"],
		{ parseAs: "buffer" },
		(request, bytes, done) => {
			if (request.routeOptions.config.rawBody === true) return done(null, bytes);
			// Many clients name the type also where they send nothing.
			if (bytes.length === 0) return done(null, undefined);
			// Decoding would put U+FFFD in place of what it cannot read (RFC 8259 §8.1 wants UTF-8).
			if (typeof bytes !== "string" && !isUtf8(bytes)) {
				return done(
					new Problem("invalid_request", "The body is not valid UTF-8.", { fix: "Encode the JSON as UTF-8." }),
				);
			}
			parse(request, String(bytes), (error, value) => {
				if (error === null) done(null, value);
				else {
					done(
						new Problem("invalid_request", "The body is not valid JSON.", { fix: "Check it with a JSON validator." }),
					);
				}
			});
		},
	);
	// What is signed is read as bytes, whatever its sender calls it.
	app.addContentTypeParser("*", { parseAs: "buffer" }, (request, bytes, done) => {
		if (request.routeOptions.config.rawBody === true) done(null, bytes);
		else done(new errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE(request.headers["content-type"] ?? ""));
	});
}

/** What cannot be parsed as HTTP never becomes a request, so it is answered on the bare socket. */
function answerBrokenRequest(
	error: ConnectionError,
	socket: Socket,
	requestId: string,
	always: Readonly<Record<string, string>>,
): void {
	if (socket.destroyed || !socket.writable || error.code === "ECONNRESET") {
		socket.destroy();
		return;
	}
	const { status, body } = problemAnswer(brokenRequest(error), requestId);
	const text = JSON.stringify(body);
	const lines = [
		`HTTP/1.1 ${status} ${body.title}`,
		`Content-Type: ${PROBLEM_TYPE}`,
		`Content-Length: ${Buffer.byteLength(text)}`,
		`X-Request-Id: ${requestId}`,
		"Cache-Control: no-store",
		...Object.entries(always).map(([name, value]) => `${name}: ${value}`),
		"Connection: close",
	];
	socket.end(`${lines.join("\r\n")}\r\n\r\n${text}`);
}

function brokenRequest(error: ConnectionError): Problem {
	if (error.code === "HPE_HEADER_OVERFLOW") {
		return new Problem("headers_too_large", `The address and headers are larger than ${LIMITS.header} bytes.`, {
			fix: "Send fewer or shorter headers.",
		});
	}
	if (error.code === "ERR_HTTP_REQUEST_TIMEOUT") {
		return new Problem("request_timeout", `The request did not arrive within ${RECEIVE_WITHIN_MS / 1000} seconds.`, {
			fix: "Send it again.",
		});
	}
	return new Problem("invalid_request", "The request is not valid HTTP.");
}
