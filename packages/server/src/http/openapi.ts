import fastifySwagger from "@fastify/swagger";
import fastifySwaggerUi from "@fastify/swagger-ui";
import type { FastifyInstance, FastifySchema } from "fastify";
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from "fastify-type-provider-zod";
import { z } from "zod";
import { sessionCookieName } from "../accounts/session-cookie.ts";
import type { Config } from "../config.ts";
import type { Access, Endpoint } from "./endpoint.ts";
import { ERROR_CATALOGUE } from "./errors.ts";
import { takesIdempotencyKey } from "./idempotency.ts";

const problemSchema = z
	.object({
		type: z.string().describe("Names the kind of problem: `urn:kalends:problem:<code>`."),
		title: z.string(),
		status: z.int(),
		code: z.enum(Object.keys(ERROR_CATALOGUE)).describe("Stable; docs/errors.md explains each."),
		detail: z.string().describe("What happened, for people."),
		fix: z.string().optional().describe("What to do about it."),
		errors: z
			.array(z.object({ field: z.string(), detail: z.string() }))
			.optional()
			.describe("Every fault of the request, by field."),
		etag: z.string().optional().describe("`precondition_failed`: the event's etag now."),
		event_id: z.string().optional().describe("`provider_refused`: the event that keeps what was sent."),
		reason: z.string().optional().describe("`provider_refused`: why; docs/errors.md explains each."),
		request_id: z.string().describe("Finds this request in the server's log."),
	})
	.meta({ id: "Problem", description: "A failure (RFC 9457)." });

/** What the document says about one endpoint, in the form that @fastify/swagger reads. */
export function operationSchema(endpoint: Endpoint): FastifySchema {
	const { access } = endpoint;
	const problem = { content: { "application/problem+json": { schema: problemSchema } } };
	const responses = Object.entries(endpoint.responses).map(([status, schema]) => {
		if (schema === null) return [status, NO_BODY];
		const mediaType = endpoint.mediaTypes?.[Number(status)] ?? endpoint.mediaType;
		if (mediaType === undefined) return [status, schema];
		// A failure's page is for browsers alone.
		const otherwise = mediaType === "text/html" && Number(status) >= 400 ? problem.content : {};
		return [status, { description: "", content: { [mediaType]: { schema }, ...otherwise } }];
	});
	const schema = {
		operationId: endpoint.operationId,
		summary: endpoint.summary,
		...(endpoint.description === undefined ? {} : { description: endpoint.description }),
		...(endpoint.deprecated === true ? { deprecated: true } : {}),
		tags: [endpoint.tag],
		security: securityOf(access),
		...headersOf(endpoint),
		...(endpoint.params === undefined ? {} : { params: endpoint.params }),
		...(endpoint.query === undefined ? {} : { querystring: endpoint.query }),
		...(endpoint.body === undefined ? {} : { body: endpoint.body }),
		response: {
			...Object.fromEntries(responses),
			"4xx": { description: "What is wrong with the request.", ...problem },
			"5xx": { description: "What went wrong on the server.", ...problem },
		},
	};
	return schema as FastifySchema;
}

/** Names the scope that a key needs. */
function securityOf(access: Access): FastifySchema["security"] {
	if (access.kind === "public") return [];
	return [{ api_key: [access.kind === "user" ? access.scope : "admin"] }, { session: [] }];
}

function headersOf(endpoint: Endpoint): { readonly headers?: z.ZodType } {
	const headers = {
		...(endpoint.access.kind === "user" ? { "Kalends-User": ACTING } : {}),
		...(takesIdempotencyKey(endpoint) ? { "Idempotency-Key": IDEMPOTENCY_KEY } : {}),
		...endpoint.headers,
	};
	return Object.keys(headers).length === 0 ? {} : { headers: z.object(headers) };
}

const ACTING = z.string().max(64).optional().describe("With an admin key: the id of the user to act for.");

const IDEMPOTENCY_KEY = z
	.string()
	.min(1)
	.max(255)
	.optional()
	.describe(
		"1 to 255 printable ASCII characters. The same request with the same key is done once within 24 hours; who " +
			"repeats it is given the first answer, with `Idempotent-Replayed: true`.",
	);

const NO_BODY = z.undefined().describe("Done; there is no body.");

/** The OpenAPI 3.1 document of all routes at `/openapi.json`, and its reference page at `/docs`. */
export async function registerOpenApi(app: FastifyInstance, config: Pick<Config, "url">): Promise<void> {
	await app.register(fastifySwagger, {
		openapi: {
			openapi: "3.1.0",
			info: {
				title: "Kalends",
				version: "1",
				description:
					"One API for the calendars of every provider. Failures are RFC 9457 problems with a stable `code`. " +
					"Lists answer `{data, next_cursor}`.",
				license: { name: "Apache-2.0", identifier: "Apache-2.0" },
			},
			// First the address that it is read from: the page may call no other, and it may be open by another name.
			servers: [{ url: "/" }, { url: config.url.origin }],
			components: {
				securitySchemes: {
					api_key: {
						type: "http",
						scheme: "bearer",
						bearerFormat: "kal_…",
						description: "An API key with the scopes `read`, `write`, `admin`.",
					},
					session: {
						type: "apiKey",
						in: "cookie",
						name: sessionCookieName(config.url),
						description: "Signed in by e-mail and password.",
					},
				},
			},
		},
		transform: createJsonSchemaTransform({}),
		transformObject: (given) => withUsedSchemasOnly(describeSchemas(given)),
	});
	app.get("/openapi.json", { schema: { hide: true } as object }, (_request, reply) => reply.send(app.swagger()));
	await app.register(fastifySwaggerUi, {
		routePrefix: "/docs",
		theme: { title: "Kalends API" },
		uiConfig: { layout: "BaseLayout", deepLinking: true, displayRequestDuration: true, tryItOutEnabled: false },
	});
}

const describeSchemas = createJsonSchemaTransformObject({});

type Described = ReturnType<typeof describeSchemas>;

/** Every schema is made for requests and for answers; one of the two is nearly always without use. */
function withUsedSchemasOnly(document: Described): Described {
	if (!("components" in document)) return document;
	const schemas: Record<string, unknown> = document.components?.schemas ?? {};
	const used = new Set<string>();
	const collect = (part: unknown) => {
		for (const [, name = ""] of JSON.stringify(part).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
			if (used.has(name)) continue;
			used.add(name);
			collect(schemas[name] ?? null);
		}
	};
	collect(document.paths);
	for (const name of Object.keys(schemas)) {
		if (!used.has(name)) Reflect.deleteProperty(schemas, name);
	}
	return document;
}
