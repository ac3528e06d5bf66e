import type { World } from "../world/world.ts";
import { canonicalScope, isKnownScope } from "./scopes.ts";
import type { AuthorizationCode, AuthorizationRequest } from "./state.ts";

/** A request that is answered by Google's own page: it never gets back to the client. */
export interface AuthorizationFault {
	readonly status: 400 | 401;
	readonly error: string;
	readonly detail: string;
	/** Shown below as `name=value`. */
	readonly facts: readonly (readonly [string, string])[];
}

export type ReadRequest = { readonly request: AuthorizationRequest } | { readonly fault: AuthorizationFault };

const PROMPTS = ["none", "consent", "select_account"];

/** Judges an authorization request, in the order in which Google does. */
export function readAuthorizationRequest(world: World, parameters: URLSearchParams): ReadRequest {
	const repeated = [...new Set(parameters.keys())].find((name) => parameters.getAll(name).length > 1);
	if (repeated !== undefined)
		return fault("invalid_request", `OAuth 2 parameters can only have a single value: ${repeated}`);
	const text = (name: string): string | null => {
		const value = parameters.get(name);
		return value === "" ? null : value;
	};
	const clientId = text("client_id");
	if (clientId === null) return fault("invalid_request", "Missing required parameter: client_id");
	const client = world.oauth.clients.get(clientId);
	if (client === undefined) return fault("invalid_client", "The OAuth client was not found.", [], 401);
	const redirectUri = text("redirect_uri");
	if (redirectUri === null) return fault("invalid_request", "Missing required parameter: redirect_uri");
	if (!client.redirectUris.includes(redirectUri)) {
		const detail = `The redirect URI in the request, ${redirectUri}, does not match the ones authorized for the OAuth client. If you are the developer of this app, register exactly this one: every character counts.`;
		return fault("redirect_uri_mismatch", detail, [
			["redirect_uri", redirectUri],
			...client.redirectUris.map((uri) => ["registered", uri] as const),
		]);
	}
	const responseType = text("response_type");
	if (responseType === null) return fault("invalid_request", "Missing required parameter: response_type");
	if (responseType !== "code") {
		return fault("unsupported_response_type", `Invalid response_type: ${responseType}`, [
			["response_type", responseType],
		]);
	}
	const scopes = [
		...new Set(
			(text("scope") ?? "")
				.split(/\s+/)
				.filter((scope) => scope !== "")
				.map(canonicalScope),
		),
	];
	if (scopes.length === 0) return fault("invalid_request", "Missing required parameter: scope");
	const unknown = scopes.filter((scope) => !isKnownScope(scope));
	if (unknown.length > 0) {
		return fault("invalid_scope", `Some requested scopes were invalid. {invalid=[${unknown.join(", ")}]}`);
	}
	const prompts = (text("prompt") ?? "").split(/\s+/).filter((prompt) => prompt !== "");
	if (prompts.some((prompt) => !PROMPTS.includes(prompt)) || (prompts.includes("none") && prompts.length > 1)) {
		return fault("invalid_request", `Invalid parameter value for prompt: ${prompts.join(" ")}`);
	}
	const accessType = text("access_type") ?? "online";
	if (accessType !== "online" && accessType !== "offline") {
		return fault("invalid_request", `Invalid parameter value for access_type: ${accessType}`);
	}
	const challenge = readChallenge(text("code_challenge"), text("code_challenge_method"));
	if (challenge === "wrong") return fault("invalid_request", "Invalid code_challenge or code_challenge_method.");
	return {
		request: {
			client,
			redirectUri,
			state: text("state"),
			scopes,
			offline: accessType === "offline",
			prompts,
			includeGranted: text("include_granted_scopes") === "true",
			loginHint: text("login_hint"),
			nonce: text("nonce"),
			challenge,
		},
	};
}

/** RFC 7636 §4.3: without a method it is `plain`. */
function readChallenge(value: string | null, method: string | null): AuthorizationCode["challenge"] | "wrong" {
	if (value === null) return method === null ? null : "wrong";
	const named = method ?? "plain";
	if (named !== "S256" && named !== "plain") return "wrong";
	return /^[A-Za-z0-9._~-]{43,128}$/.test(value) ? { value, method: named } : "wrong";
}

function fault(
	error: string,
	detail: string,
	facts: AuthorizationFault["facts"] = [],
	status: AuthorizationFault["status"] = 400,
): ReadRequest {
	return { fault: { status, error, detail, facts } };
}
