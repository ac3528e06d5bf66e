import { readFileSync } from "node:fs";
import type { FastifyInstance } from "fastify";

const PAGES = [
	["/", "home.html", "text/html; charset=utf-8"],
	["/home.css", "home.css", "text/css; charset=utf-8"],
	["/home.js", "home.js", "text/javascript; charset=utf-8"],
] as const;

/** `/`: what this is, the first account, and the first key. */
export function registerHomePage(app: FastifyInstance): void {
	for (const [path, file, type] of PAGES) {
		const content = readFileSync(new URL(`pages/${file}`, import.meta.url), "utf8");
		app.get(path, { schema: { hide: true } as object }, (_request, reply) => reply.type(type).send(content));
	}
}
