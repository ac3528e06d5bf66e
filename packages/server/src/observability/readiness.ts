import { type Kysely, sql } from "kysely";
import { z } from "zod";
import type { Database } from "../db/schema.ts";
import { endpoint } from "../http/endpoint.ts";
import { Problem } from "../http/errors.ts";

const PATIENCE_MS = 2_000;
const RETRY_AFTER_SECONDS = 5;

/** Can requests be served now? 503 while the database is away and while the server drains. */
export const readiness = endpoint({
	method: "GET",
	path: "/readyz",
	operationId: "getReadiness",
	summary: "Can requests be served now?",
	description: "Answers 503 while the database cannot be reached, and while the server is stopping.",
	tag: "operation",
	access: { kind: "public" },
	responses: { 200: z.object({ status: z.literal("ready") }) },
	handle: async ({ services }) => {
		if (services.lifecycle.draining) throw unavailable("The server is stopping.");
		if (!(await answers(services.db))) throw unavailable("The database cannot be reached.");
		return { status: 200, body: { status: "ready" } };
	},
});

async function answers(db: Kysely<Database>): Promise<boolean> {
	const patience = Promise.withResolvers<boolean>();
	const timer = setTimeout(() => patience.resolve(false), PATIENCE_MS);
	const asked = sql`select 1`.execute(db).then(
		() => true,
		() => false,
	);
	const answered = await Promise.race([asked, patience.promise]);
	clearTimeout(timer);
	return answered;
}

function unavailable(detail: string): Problem {
	return new Problem("unavailable", detail, { retryAfter: RETRY_AFTER_SECONDS });
}
