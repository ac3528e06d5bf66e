import { applyFields, checkFields, parseFields } from "../http/fields.ts";
import { GoogleError, invalid, notFound } from "../http/google-error.ts";
import { Query } from "../http/query.ts";
import { errorAnswer, type NotedAnswer } from "../http/side.ts";
import { jsonAnswer, type WebRequest } from "../http/web.ts";
import { isObject, type Json, type JsonObject } from "../json.ts";
import { bearerToken } from "../oauth/grants.ts";
import { calendarScopes, insufficientScopes, METHOD_SCOPES } from "../oauth/scopes.ts";
import type { Account } from "../world/account.ts";
import { accountOf, type World } from "../world/world.ts";
import type { Answer, Caller } from "./caller.ts";
import { findMethod, type MatchedMethod } from "./methods.ts";

const ROOT = "/calendar/v3/";

/** The Calendar API; null: the path is none of its. */
export function answerCalendarApi(world: World, request: WebRequest): NotedAnswer | null {
	if (!request.url.pathname.startsWith(ROOT)) return null;
	let email: string | null = null;
	let units = 0;
	try {
		const token = bearerToken(world, request.header("authorization"));
		email = token.email;
		const account = accountOf(world, token.email);
		if (account === null) throw notFound();
		const caller: Caller = { account, clientId: token.clientId, scopes: calendarScopes(token.scopes) };
		const matched = findMethod(request.method, request.url.pathname.slice(ROOT.length));
		if (matched === null) throw notFound();
		const { id, cost } = matched.method;
		if (!METHOD_SCOPES[id].some((scope) => caller.scopes?.has(scope))) throw insufficientScopes();
		const user = request.url.searchParams.get("quotaUser") ?? token.email;
		world.quotas.spend(token.clientId, user, cost, world.clock.now());
		units = cost;
		const answer = answerCall(world, request, caller, matched);
		return { ...answer, note: { email, reason: null, units } };
	} catch (error) {
		if (!(error instanceof GoogleError)) throw error;
		return errorAnswer(error, email, units);
	}
}

/**
 * A call in an account's name, as the control API makes it: without a token, and for no quota.
 *
 * @param path behind `/calendar/v3/`
 * @throws GoogleError
 */
export function answerAs(world: World, account: Account, request: WebRequest, path: string): NotedAnswer {
	const matched = findMethod(request.method, path);
	if (matched === null) throw notFound();
	return answerCall(world, request, { account, clientId: null, scopes: null }, matched);
}

function answerCall(world: World, request: WebRequest, caller: Caller, { method, params }: MatchedMethod): NotedAnswer {
	const query = new Query(request.url.searchParams);
	const fields = query.text("fields");
	const mask = fields === null || fields === "" ? null : parseFields(fields);
	if (mask !== null && method.shape !== null) checkFields(mask, method.shape);
	const answer = method.handle({
		world,
		caller,
		params,
		query,
		body: readBody(request),
		header: request.header,
		path: request.url.pathname + request.url.search,
	});
	return toWeb(request, answer, mask === null ? (body) => body : (body) => applyFields(body, mask));
}

function toWeb(request: WebRequest, { status, body, etag }: Answer, mask: (body: Json) => Json): NotedAnswer {
	if (body === undefined) return { status: status ?? 204, headers: {}, body: "" };
	const headers = etag === undefined ? {} : { etag };
	const known = request.header("if-none-match")?.split(",") ?? [];
	const unchanged = known.some((tag) => tag.trim() === "*" || tag.trim().replace(/^W\//, "") === etag);
	if (request.method === "GET" && etag !== undefined && unchanged) return { status: 304, headers, body: "" };
	return jsonAnswer(status ?? 200, mask(body), headers);
}

function readBody({ method, body }: WebRequest): JsonObject {
	if (method === "GET" || method === "DELETE" || body.trim() === "") return {};
	let value: unknown;
	try {
		value = JSON.parse(body);
	} catch {
		throw invalid("Parse Error", "parseError");
	}
	if (!isObject(value)) throw invalid("Parse Error", "parseError");
	return value;
}
