/** `__Host-` binds a cookie to this host, TLS and the whole site; browsers refuse it on plain http. */
export function cookieName(url: URL, name: string): string {
	return url.protocol === "https:" ? `__Host-kalends.${name}` : `kalends.${name}`;
}

export function sessionCookieName(url: URL): string {
	return cookieName(url, "session");
}

/**
 * The session token in a Cookie header, or null. The cookie is `<token>.<signature>`; the signature is not looked at:
 * a token has 190 random bits and only its hash is stored, so knowing one proves all there is to prove.
 */
export function sessionToken(cookieHeader: string | undefined, url: URL): string | null {
	const name = `${sessionCookieName(url)}=`;
	const pair = cookieHeader
		?.split(";")
		.map((text) => text.trim())
		.find((text) => text.startsWith(name));
	const token = pair?.slice(name.length).split(/\.|%2E/i)[0];
	return token !== undefined && /^[A-Za-z0-9_-]{20,200}$/.test(token) ? token : null;
}
