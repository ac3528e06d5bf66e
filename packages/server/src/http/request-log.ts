import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Services } from "../services.ts";

const PROBES = new Set(["/healthz", "/readyz", "/metrics"]);
const ENDLESS = new Set(["/v1/stream"]);

/** One log line and one measurement for each answer. Addresses go in without their query, which may hold anything. */
export function registerRequestLog(app: FastifyInstance, services: Pick<Services, "log" | "metrics">): void {
	app.addHook("onResponse", (request: FastifyRequest, reply: FastifyReply, done) => {
		const route = request.routeOptions.url ?? "unmatched";
		const seconds = reply.elapsedTime / 1000;
		// How long a stream was open says nothing of how fast the server is.
		if (!ENDLESS.has(route) || reply.statusCode !== 200) {
			const labels = { method: request.method, route, status: String(reply.statusCode) };
			services.metrics.httpRequestSeconds.observe(labels, seconds);
		}
		const line = {
			request_id: request.id,
			method: request.method,
			route,
			path: request.routeOptions.url === undefined ? undefined : pathOf(request.url),
			status: reply.statusCode,
			ms: Math.round(reply.elapsedTime * 10) / 10,
			ip: request.ip,
			user_id: request.principal?.userId,
			via: request.principal?.via,
		};
		if (PROBES.has(route)) services.log.debug(line, "request");
		else services.log.info(line, "request");
		done();
	});
}

export function pathOf(url: string): string {
	const end = url.search(/[?#]/);
	return end < 0 ? url : url.slice(0, end);
}
