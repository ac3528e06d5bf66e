import { z } from "zod";
import { endpoint } from "../http/endpoint.ts";

/** The process runs and answers; looks at nothing else, so that a database outage does not get it restarted. */
export const health = endpoint({
	method: "GET",
	path: "/healthz",
	operationId: "getHealth",
	summary: "Is the process alive?",
	tag: "operation",
	access: { kind: "public" },
	responses: { 200: z.object({ status: z.literal("ok") }) },
	handle: async () => ({ status: 200, body: { status: "ok" } }),
});
