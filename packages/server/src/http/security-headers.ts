import fastifyHelmet from "@fastify/helmet";
import type { FastifyInstance } from "fastify";
import type { Config } from "../config.ts";

/**
 * On every answer, errors included (T25). Pages may load only what this server serves, and run no inline script.
 * The referrer policy is `same-origin`: with `no-referrer` browsers would hide the Origin that writes must show.
 */
export async function registerSecurityHeaders(app: FastifyInstance, config: Pick<Config, "url">): Promise<void> {
	const secure = config.url.protocol === "https:";
	await app.register(fastifyHelmet, {
		global: true,
		contentSecurityPolicy: {
			useDefaults: false,
			directives: {
				defaultSrc: ["'self'"],
				scriptSrc: ["'self'"],
				scriptSrcAttr: ["'none'"],
				styleSrc: ["'self'"],
				imgSrc: ["'self'", "data:"],
				fontSrc: ["'self'"],
				connectSrc: ["'self'"],
				objectSrc: ["'none'"],
				baseUri: ["'none'"],
				formAction: ["'self'"],
				frameAncestors: ["'none'"],
				...(secure ? { upgradeInsecureRequests: [] } : {}),
			},
		},
		frameguard: { action: "deny" },
		referrerPolicy: { policy: "same-origin" },
		strictTransportSecurity: secure ? { maxAge: 31_536_000, includeSubDomains: false } : false,
	});
}
