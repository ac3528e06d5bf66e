import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Fault } from "../faults/faults.ts";
import type { World } from "../world/world.ts";
import { GoogleError } from "./google-error.ts";
import { withoutSecrets } from "./secrets.ts";
import { errorAnswer, type NotedAnswer, type Side } from "./side.ts";
import { jsonAnswer, type WebRequest } from "./web.ts";

const zip = promisify(gzip);
/** More than any body that the API takes. */
const MAX_BODY = 8 * 1024 * 1024;
/** Smaller answers are not worth compressing. */
const SMALLEST_ZIPPED = 1024;

/** Requests below it are not listed, and faults do not strike them. */
const CONTROL = "/_sandbox";

/** A server that answers by its sides; faults strike on the way in and out. */
export function createSandboxServer(world: World, sides: readonly Side[]): Server {
	return createServer((request, response) => {
		serve(world, sides, request, response).catch(() => response.destroy());
	});
}

async function serve(
	world: World,
	sides: readonly Side[],
	incoming: IncomingMessage,
	response: ServerResponse,
): Promise<void> {
	const request = readRequest(incoming, world.origin(), await readBody(incoming));
	if (request === null) return await write(incoming, response, NOT_FOUND, []);
	const path = request.url.pathname + request.url.search;
	const faults = path.startsWith(CONTROL) ? [] : world.faults.strike(request.method, path);
	for (const fault of faults) if (fault.kind === "latency") await pause(world, fault.milliseconds);
	const dropped = faults.some(({ kind }) => kind === "drop");
	const answer = dropped ? null : await answerOf(world, sides, request, faults);
	if (!path.startsWith(CONTROL)) {
		const lost = answer === null || faults.some(({ kind }) => kind === "lose_answer");
		world.log.add({
			at: world.clock.now(),
			method: request.method,
			path: withoutSecrets(request.url),
			email: answer?.note?.email ?? null,
			status: lost ? null : answer.status,
			reason: answer?.note?.reason ?? null,
			faults: faults.map(({ kind }) => kind),
			units: answer?.note?.units ?? 0,
		});
	}
	if (answer === null) response.destroy();
	else await write(incoming, response, answer, faults);
}

const NOT_FOUND = jsonAnswer(404, { error: { code: 404, message: "Not Found", errors: [] } });

async function answerOf(
	world: World,
	sides: readonly Side[],
	request: WebRequest,
	faults: readonly Fault[],
): Promise<NotedAnswer> {
	const status = faults.find((fault) => fault.kind === "status");
	if (status !== undefined) return refusal(status, request);
	try {
		for (const side of sides) {
			const answer = await side(world, request);
			if (answer !== null) return answer;
		}
		return NOT_FOUND;
	} catch (error) {
		const message = `The sandbox failed: ${error instanceof Error ? error.message : String(error)}`;
		return errorAnswer(new GoogleError(500, "backendError", message));
	}
}

type StatusFault = Extract<Fault, { readonly kind: "status" }>;

/** Google's API and its sign-in write errors each in their own way. */
function refusal({ status, reason, retryAfter }: StatusFault, { url }: WebRequest): NotedAnswer {
	const headers = retryAfter === undefined ? {} : { "retry-after": String(retryAfter) };
	const named = reason ?? usualReason(status);
	if (!url.pathname.startsWith("/calendar/")) {
		return { ...jsonAnswer(status, { error: named }, headers), note: { email: null, reason: named, units: 0 } };
	}
	const domain = /Exceeded$/.test(named) ? "usageLimits" : "global";
	return errorAnswer(new GoogleError(status, named, `The sandbox was told to answer ${status}.`, { domain, headers }));
}

function usualReason(status: number): string {
	if (status === 401) return "authError";
	if (status === 429) return "rateLimitExceeded";
	if (status === 403) return "forbidden";
	if (status === 404) return "notFound";
	if (status === 410) return "fullSyncRequired";
	return status >= 500 ? "backendError" : "badRequest";
}

async function readBody(incoming: IncomingMessage): Promise<string> {
	const chunks: Buffer[] = [];
	let size = 0;
	for await (const chunk of incoming as AsyncIterable<Buffer>) {
		size += chunk.length;
		if (size > MAX_BODY) throw new Error("the body is too large");
		chunks.push(chunk);
	}
	return Buffer.concat(chunks).toString("utf8");
}

/** Null where the target is no path. */
function readRequest(incoming: IncomingMessage, origin: string, body: string): WebRequest | null {
	const target = incoming.url ?? "/";
	// Two slashes would begin another host.
	if (!target.startsWith("/") || target.startsWith("//") || !URL.canParse(target, origin)) return null;
	return {
		method: (incoming.method ?? "GET").toUpperCase(),
		url: new URL(target, origin),
		header(name) {
			const value = incoming.headers[name.toLowerCase()];
			return (Array.isArray(value) ? value.join(", ") : value) ?? null;
		},
		body,
	};
}

async function write(
	incoming: IncomingMessage,
	response: ServerResponse,
	answer: NotedAnswer,
	faults: readonly Fault[],
): Promise<void> {
	if (faults.some(({ kind }) => kind === "lose_answer")) {
		response.destroy();
		return;
	}
	const headers: Record<string, string> = { ...answer.headers };
	let body: Buffer = Buffer.from(answer.body);
	if (faults.some(({ kind }) => kind === "truncate")) body = body.subarray(0, Math.floor(body.length / 2));
	if (body.length >= SMALLEST_ZIPPED && wantsGzip(incoming)) {
		body = await zip(body, { level: 1 });
		headers["content-encoding"] = "gzip";
		headers.vary = "Accept-Encoding";
	}
	headers["content-length"] = String(body.length);
	response.writeHead(answer.status, headers);
	response.end(incoming.method === "HEAD" ? undefined : body);
}

/** Google compresses for those alone who also have the word in their `User-Agent`. */
function wantsGzip({ headers }: IncomingMessage): boolean {
	return /\bgzip\b/i.test(String(headers["accept-encoding"] ?? "")) && /gzip/i.test(headers["user-agent"] ?? "");
}

function pause(world: World, milliseconds: number): Promise<void> {
	return new Promise((resolve) => world.clock.after(milliseconds, resolve));
}
