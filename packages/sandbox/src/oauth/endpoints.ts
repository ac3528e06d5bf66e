import { jsonAnswer, type WebAnswer, type WebRequest } from "../http/web.ts";
import type { World } from "../world/world.ts";
import { answerConsent, beginConsent } from "./authorize.ts";
import { certificates, discoveryDocument, pemCertificates } from "./discovery.ts";
import { tokenInfo, userInfo } from "./inspect.ts";
import { revokeEndpoint } from "./revoke.ts";
import { tokenEndpoint } from "./token-endpoint.ts";

type Handler = (world: World, request: WebRequest) => WebAnswer;

/** Today's paths first, then those of older libraries. */
const ROUTES: Readonly<Record<string, { readonly methods: readonly string[]; readonly handle: Handler }>> = {
	"/.well-known/openid-configuration": { methods: ["GET"], handle: discoveryDocument },
	"/o/oauth2/v2/auth": { methods: ["GET", "POST"], handle: beginConsent },
	"/o/oauth2/auth": { methods: ["GET", "POST"], handle: beginConsent },
	"/signin/oauth/consent": { methods: ["POST"], handle: answerConsent },
	"/token": { methods: ["POST"], handle: tokenEndpoint },
	"/oauth2/v4/token": { methods: ["POST"], handle: tokenEndpoint },
	"/o/oauth2/token": { methods: ["POST"], handle: tokenEndpoint },
	"/revoke": { methods: ["GET", "POST"], handle: revokeEndpoint },
	"/o/oauth2/revoke": { methods: ["GET", "POST"], handle: revokeEndpoint },
	"/tokeninfo": { methods: ["GET", "POST"], handle: tokenInfo },
	"/oauth2/v3/tokeninfo": { methods: ["GET", "POST"], handle: tokenInfo },
	"/v1/userinfo": { methods: ["GET", "POST"], handle: userInfo },
	"/oauth2/v3/userinfo": { methods: ["GET", "POST"], handle: userInfo },
	"/oauth2/v2/userinfo": { methods: ["GET", "POST"], handle: userInfo },
	"/oauth2/v3/certs": { methods: ["GET"], handle: certificates },
	"/oauth2/v1/certs": { methods: ["GET"], handle: pemCertificates },
};

/** Google's accounts server; null: the path is none of its. */
export function answerOAuth(world: World, request: WebRequest): WebAnswer | null {
	const { pathname } = request.url;
	const route = Object.hasOwn(ROUTES, pathname) ? ROUTES[pathname] : undefined;
	if (route === undefined) return null;
	if (route.methods.includes(request.method)) return route.handle(world, request);
	const allow = route.methods.join(", ");
	return jsonAnswer(405, { error: "invalid_request", error_description: "Method not allowed" }, { allow });
}
