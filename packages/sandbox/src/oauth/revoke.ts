import { jsonAnswer, type WebAnswer, type WebRequest } from "../http/web.ts";
import type { World } from "../world/world.ts";
import { formOf } from "./form.ts";
import { liveAccessToken, liveRefreshToken, revokeGrant } from "./grants.ts";
import { oauthError } from "./oauth-error.ts";

/**
 * Ends the whole grant that a token belongs to: what was merged into it by `include_granted_scopes` too. Google asks for
 * no client here: who has the token may give it up.
 */
export function revokeEndpoint(world: World, request: WebRequest): WebAnswer {
	const text = formOf(request).get("token") ?? request.url.searchParams.get("token");
	if (text === null || text === "") return oauthError(400, "invalid_request", "Required parameter is missing: token");
	const token = liveRefreshToken(world, text) ?? liveAccessToken(world, text);
	if (token === null) return oauthError(400, "invalid_token", "Token expired or revoked");
	revokeGrant(world, token.clientId, token.email);
	return jsonAnswer(200, {});
}
