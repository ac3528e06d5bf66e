import type { Config } from "../config.ts";

/**
 * Where the browser goes when a connection is made: a path of this server, or an address under one of
 * KALENDS_RETURN_ORIGINS; everything else becomes `/` (T3).
 */
export function safeReturn(config: Pick<Config, "url" | "returnOrigins">, asked: string): string {
	// As the browser reads it, which takes `\` for `/` and drops tabs and line ends.
	const url = URL.parse(asked, config.url);
	if (url === null || !["http:", "https:"].includes(url.protocol) || url.username !== "" || url.password !== "")
		return "/";
	if (url.origin === config.url.origin) {
		const path = `${url.pathname}${url.search}${url.hash}`;
		// A path may begin with two slashes (`/.//evil`), which would be a host in a Location header.
		return path.startsWith("//") ? "/" : path;
	}
	return config.returnOrigins.includes(url.origin) ? url.href : "/";
}
