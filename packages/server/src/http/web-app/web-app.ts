import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { pathOf } from "../request-log.ts";
import { type Bundle, encodedFile, NONCE_PLACE, readBundle } from "./bundle.ts";
import { pagePolicy } from "./content-policy.ts";
import { isPage, preloadsOf } from "./preload.ts";

/** First parts that belong to programs and to the ways of a consent: never the app's, whoever asks. */
const NOT_PAGES = new Set([
	...["v1", "api", "rest", "oauth2callback", "connect", "push", "docs", "openapi.json", "webhooks"],
	...["healthz", "readyz", "metrics", "assets"],
]);

const NOT_BUILT =
	"<!doctype html><html lang=en><meta charset=utf-8><title>Kalends</title><h1>The web app is not built</h1>" +
	"<p>Run <code>npm run build</code> (or <code>npm ci</code>) where Kalends is installed, and start it again. " +
	"The API works meanwhile: see <a href=/docs>its reference</a>.</p>";

/** Answers whoever opens an address of the app in a browser; undefined where the address is none of its. */
export type PageHandler = (request: FastifyRequest, reply: FastifyReply) => FastifyReply | undefined;

/**
 * The web app: its files, and its page at every address that is a page.
 * @returns for the handler of what is not found
 */
export function registerWebApp(app: FastifyInstance, bundle: Bundle | null = readBundle()): PageHandler {
	const schema = { hide: true } as object;
	for (const [path, file] of bundle?.files ?? []) {
		app.get(path, { schema }, (request, reply) => {
			const { body, encoding } = encodedFile(file, request.headers["accept-encoding"]);
			if (encoding !== null) reply.header("content-encoding", encoding);
			return reply
				.type(file.type)
				.header("vary", "accept-encoding")
				.header("cache-control", file.immutable ? "public, max-age=31536000, immutable" : "public, max-age=3600")
				.send(body);
		});
	}
	app.get("/plain.css", { schema }, (_request, reply) =>
		reply.type("text/css; charset=utf-8").send(readFileSync(new URL("plain.css", import.meta.url))),
	);
	app.get("/", { schema }, (_request, reply) => sendPage(reply, bundle, ""));
	return (request, reply) => {
		const [, first = ""] = pathOf(request.url).split("/");
		if (request.method !== "GET" && request.method !== "HEAD") return undefined;
		if (NOT_PAGES.has(first) || !String(request.headers.accept ?? "").includes("text/html")) return undefined;
		return sendPage(reply.code(isPage(first) ? 200 : 404), bundle, first);
	};
}

function sendPage(reply: FastifyReply, bundle: Bundle | null, first: string): FastifyReply {
	reply.type("text/html; charset=utf-8");
	if (bundle === null) return reply.code(503).send(NOT_BUILT);
	const nonce = randomBytes(16).toString("base64");
	const shared = String(reply.getHeader("content-security-policy"));
	return reply
		.header("content-security-policy", pagePolicy(shared, nonce))
		.header("cache-control", "no-cache")
		.send(
			bundle.page.replaceAll(NONCE_PLACE, nonce).replace("</head>", `${preloadsOf(bundle.manifest, first)}</head>`),
		);
}
