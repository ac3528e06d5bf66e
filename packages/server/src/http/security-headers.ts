import type { Config } from "../config.ts";

/**
 * On every answer, also on those that Fastify or Node give before a request is routed (T25), which is why this is a
 * table and not a plugin. Pages may load only what this server serves, and run no inline script.
 * The referrer policy is `same-origin`: with `no-referrer` browsers would hide the Origin that writes must show.
 */
export function securityHeaders(config: Pick<Config, "url">): Readonly<Record<string, string>> {
	const secure = config.url.protocol === "https:";
	const policy = [
		"default-src 'self'",
		"script-src 'self'",
		"script-src-attr 'none'",
		"style-src 'self'",
		"img-src 'self' data:",
		"font-src 'self'",
		"connect-src 'self'",
		"object-src 'none'",
		"base-uri 'none'",
		"form-action 'self'",
		"frame-ancestors 'none'",
		...(secure ? ["upgrade-insecure-requests"] : []),
	];
	return {
		"content-security-policy": policy.join("; "),
		"x-content-type-options": "nosniff",
		"x-frame-options": "DENY",
		"referrer-policy": "same-origin",
		"cross-origin-opener-policy": "same-origin",
		"cross-origin-resource-policy": "same-origin",
		"origin-agent-cluster": "?1",
		"x-permitted-cross-domain-policies": "none",
		...(secure ? { "strict-transport-security": "max-age=31536000" } : {}),
	};
}
