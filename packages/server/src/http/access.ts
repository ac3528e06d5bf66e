import type { FastifyRequest } from "fastify";
import { authenticate } from "../accounts/authenticate.ts";
import { sessionToken } from "../accounts/session-cookie.ts";
import type { Services } from "../services.ts";
import { requireSameOrigin } from "./cross-site.ts";
import type { Access, OwnedKind, Principal } from "./endpoint.ts";
import { Problem } from "./errors.ts";
import { isOwn } from "./own.ts";
import { notFound } from "./problem.ts";
import { holdsNul } from "./validation.ts";

/** How the API calls each kind in sentences. */
export const KIND_NAMES: Readonly<Record<OwnedKind, string>> = {
	connection: "connection",
	calendar: "calendar",
	event: "event",
	run: "run",
	api_key: "API key",
	webhook: "webhook",
	booking: "booking",
	session: "session",
	mail: "mail",
	notification: "notification",
};

/**
 * Who is asking and whether they may; runs before the body is read.
 * An id in the path that is not the asker's own answers 404 even where the key's scope would not do (T8), so that a
 * read-only key cannot tell other people's ids from ids that do not exist.
 * @returns null on a public route
 * @throws Problem unauthenticated, cross_site_request, insufficient_scope, forbidden, not_found
 */
export async function admit(services: Services, access: Access, request: FastifyRequest): Promise<Principal | null> {
	const { authorization, cookie } = request.headers;
	const actFor = request.headers["kalends-user"];
	if (access.kind === "public") {
		if (isWrite(request.method) && !isSignedMessage(request)) {
			const byCookie = access.endsSession === true && sessionToken(cookie, services.config.url) !== null;
			requireSameOrigin(services.config, request.headers, { whenAbsent: byCookie ? "refuse" : "allow" });
		}
		return null;
	}
	const principal = await authenticate(services, {
		authorization,
		cookie,
		actFor: Array.isArray(actFor) ? actFor.join() : actFor,
		fromPage: request.headers["sec-fetch-site"] === "same-origin",
	});
	if (principal.via === "session" && isWrite(request.method)) {
		requireSameOrigin(services.config, request.headers, { whenAbsent: "refuse" });
	}
	if (access.kind === "admin") {
		if (principal.role !== "admin") {
			throw new Problem("forbidden", "Only administrators may do this.", {
				fix: "Ask an administrator of this server.",
			});
		}
		requireScope(principal, "admin");
	} else if (!principal.scopes.includes(access.scope)) {
		await requireOwn(services, principal, access.ids ?? {}, request.params);
		requireScope(principal, access.scope);
	}
	return principal;
}

/** What another system signs comes from no browser, and is believed for its signature alone, whatever its type. */
function isSignedMessage({ routeOptions, headers }: FastifyRequest): boolean {
	const isBrowsers = headers.origin !== undefined || headers["sec-fetch-site"] !== undefined;
	return routeOptions.config.rawBody === true && !isBrowsers;
}

function requireScope(principal: Principal, scope: "read" | "write" | "admin"): void {
	if (principal.scopes.includes(scope)) return;
	throw new Problem("insufficient_scope", `This API key lacks the scope "${scope}".`, {
		fix: `Use a key with the scope "${scope}", or make one.`,
	});
}

async function requireOwn(
	services: Services,
	principal: Principal,
	ids: Readonly<Record<string, OwnedKind>>,
	params: unknown,
): Promise<void> {
	const values = new Map(Object.entries(params ?? {}));
	for (const [name, kind] of Object.entries(ids)) {
		const id: unknown = values.get(name);
		if (typeof id !== "string" || holdsNul(id) || !(await isOwn(services.db, principal.userId, kind, id))) {
			throw notFound(KIND_NAMES[kind]);
		}
	}
}

export function isWrite(method: string): boolean {
	return method !== "GET" && method !== "HEAD" && method !== "OPTIONS";
}
