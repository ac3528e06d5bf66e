import { jsonAnswer, type WebAnswer, type WebRequest } from "../http/web.ts";
import type { World } from "../world/world.ts";
import { publicJwk, publicPem } from "./signing.ts";

/** OpenID Connect Discovery 1.0, with what Google's document says. */
export function discoveryDocument(world: World, _request: WebRequest): WebAnswer {
	const origin = world.origin();
	return jsonAnswer(
		200,
		{
			issuer: origin,
			authorization_endpoint: `${origin}/o/oauth2/v2/auth`,
			token_endpoint: `${origin}/token`,
			userinfo_endpoint: `${origin}/v1/userinfo`,
			revocation_endpoint: `${origin}/revoke`,
			jwks_uri: `${origin}/oauth2/v3/certs`,
			response_types_supported: ["code"],
			response_modes_supported: ["query"],
			subject_types_supported: ["public"],
			id_token_signing_alg_values_supported: ["RS256"],
			scopes_supported: ["openid", "email", "profile"],
			token_endpoint_auth_methods_supported: ["client_secret_post", "client_secret_basic"],
			claims_supported: [
				...[
					"aud",
					"email",
					"email_verified",
					"exp",
					"family_name",
					"given_name",
					"iat",
					"iss",
					"name",
					"picture",
					"sub",
				],
			],
			code_challenge_methods_supported: ["plain", "S256"],
			grant_types_supported: ["authorization_code", "refresh_token"],
			authorization_response_iss_parameter_supported: true,
		},
		{ "cache-control": "public, max-age=3600" },
	);
}

/** The keys that id tokens are signed with (RFC 7517). */
export function certificates(world: World, _request: WebRequest): WebAnswer {
	return jsonAnswer(200, { keys: [publicJwk(world.oauth.key)] }, { "cache-control": "public, max-age=3600" });
}

/** The same by their ids, as PEM. */
export function pemCertificates(world: World, _request: WebRequest): WebAnswer {
	const { key } = world.oauth;
	return jsonAnswer(200, { [key.kid]: publicPem(key) }, { "cache-control": "public, max-age=3600" });
}
