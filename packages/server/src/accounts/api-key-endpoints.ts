import { z } from "zod";
import { endpoint } from "../http/endpoint.ts";
import { Problem } from "../http/errors.ts";
import { listOf, pageOf, pageQuery, readCursor } from "../http/paging.ts";
import { notFound } from "../http/problem.ts";
import { createApiKey, deleteApiKey, listApiKeys } from "./api-keys.ts";
import { keyExpiry } from "./directory.ts";
import { ApiKeySchema, apiKeyToWire, scopeField } from "./schemas.ts";

export const listApiKeysEndpoint = endpoint({
	method: "GET",
	path: "/v1/api-keys",
	operationId: "listApiKeys",
	summary: "List your API keys",
	tag: "people",
	access: { kind: "user", scope: "read" },
	query: z.object(pageQuery),
	responses: { 200: listOf(ApiKeySchema) },
	async handle({ services, principal, query }) {
		const after = readCursor(query.cursor, z.string().max(64));
		const keys = await listApiKeys(services.db, principal.userId, query.limit + 1, after);
		return { status: 200, body: pageOf(keys, query.limit, (key) => key.id, apiKeyToWire) };
	},
});

export const createApiKeyEndpoint = endpoint({
	method: "POST",
	path: "/v1/api-keys",
	operationId: "createApiKey",
	summary: "Make an API key",
	description:
		"The answer holds the key, this one time. A key cannot make one that may do more, or longer, than itself.",
	tag: "people",
	access: { kind: "user", scope: "write" },
	body: z.strictObject({
		name: z.string().trim().min(1).max(100),
		scopes: z.array(scopeField).min(1).max(3),
		expires_at: z.iso.datetime({ offset: true }).max(40).nullable().optional().describe("RFC 3339; null: never."),
	}),
	responses: {
		201: ApiKeySchema.extend({ key: z.string().describe("Shown once; keep it.") }).meta({ id: "NewApiKey" }),
	},
	async handle({ services, principal, body, once }) {
		const excess = body.scopes.filter((scope) => !principal.scopes.includes(scope));
		if (excess.length > 0) {
			throw new Problem("insufficient_scope", `You cannot give a key the scope "${excess[0]}", which you lack.`, {
				fix: `Choose among: ${principal.scopes.join(", ")}.`,
				errors: [{ field: "scopes", detail: `"${excess[0]}" is more than you have` }],
			});
		}
		const expiresAt = body.expires_at == null ? null : new Date(body.expires_at);
		if (expiresAt !== null && expiresAt.getTime() <= services.now()) {
			throw expiryFault("The key would have expired already.", "is in the past");
		}
		const latest = principal.apiKeyId === null ? null : await keyExpiry(services.db, principal.apiKeyId);
		if (latest !== null && (expiresAt === null || expiresAt > latest)) {
			throw expiryFault(
				"A key cannot make one that lasts longer than itself.",
				`must be ${latest.toISOString()} or earlier`,
			);
		}
		const key = await createApiKey(services, {
			userId: principal.userId,
			id: once?.id("key"),
			name: body.name,
			scopes: body.scopes,
			expiresAt,
		});
		return { status: 201, body: { ...apiKeyToWire(key), key: key.key } };
	},
});

export const deleteApiKeyEndpoint = endpoint({
	method: "DELETE",
	path: "/v1/api-keys/:id",
	operationId: "deleteApiKey",
	summary: "Delete an API key",
	description: "It stops working at once.",
	tag: "people",
	access: { kind: "user", scope: "write", ids: { id: "api_key" } },
	params: z.object({ id: z.string().max(64) }),
	responses: { 204: null },
	async handle({ services, principal, params }) {
		if (!(await deleteApiKey(services.db, principal.userId, params.id))) throw notFound("API key");
		return { status: 204 };
	},
});

function expiryFault(detail: string, fault: string): Problem {
	return new Problem("invalid_request", detail, { errors: [{ field: "expires_at", detail: fault }] });
}
