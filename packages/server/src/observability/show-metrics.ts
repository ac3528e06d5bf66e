import { z } from "zod";
import { endpoint } from "../http/endpoint.ts";

export const showMetrics = endpoint({
	method: "GET",
	path: "/metrics",
	operationId: "getMetrics",
	summary: "Figures for Prometheus",
	description: "Holds no user data. Keep it from the outside at your proxy if you do not want it seen.",
	tag: "operation",
	access: { kind: "public" },
	mediaType: "text/plain",
	responses: { 200: z.string() },
	handle: async ({ services: { metrics } }) => ({
		status: 200,
		body: await metrics.registry.metrics(),
		headers: { "content-type": metrics.registry.contentType },
	}),
});
