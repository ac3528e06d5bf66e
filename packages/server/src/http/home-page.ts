import { readFileSync } from "node:fs";
import type { FastifyInstance } from "fastify";
import { isLoopback } from "../accounts/first-account.ts";
import { hasUsers } from "../accounts/users.ts";
import type { Services } from "../services.ts";

const FILES = [
	["/home.css", "home.css", "text/css; charset=utf-8"],
	["/home.js", "home.js", "text/javascript; charset=utf-8"],
] as const;

/** What a person who is not signed in can do here; the page shows that alone. */
type Accounts = "first" | "first-with-code" | "sign-in" | "sign-in-or-up";

/** `/`: what this is, the first account, and the first key. */
export function registerHomePage(app: FastifyInstance, services: Pick<Services, "config" | "db">): void {
	const schema = { hide: true } as object;
	for (const [path, file, type] of FILES) {
		const content = page(file);
		app.get(path, { schema }, (_request, reply) => reply.type(type).send(content));
	}
	const isGoogleOffered = services.config.oauth.google.client !== null;
	const home = page("home.html").replace("{{google}}", isGoogleOffered ? "yes" : "no");
	app.get("/", { schema }, async (_request, reply) =>
		reply.type("text/html; charset=utf-8").send(home.replace("{{accounts}}", await accounts(services))),
	);
}

function page(file: string): string {
	return readFileSync(new URL(`pages/${file}`, import.meta.url), "utf8");
}

async function accounts({ config, db }: Pick<Services, "config" | "db">): Promise<Accounts> {
	if (await hasUsers(db)) return config.signup === "open" ? "sign-in-or-up" : "sign-in";
	return isLoopback(config) ? "first" : "first-with-code";
}
