/**
 * Hrefs as CalDAV servers write them (RFC 4918 §8.3): absolute or relative, percent-encoded in more than one way,
 * with doubled or missing slashes. Two hrefs mean the same resource when their canonical forms are equal.
 */

/** Longest id of a calendar or member: more does not fit a database's index, and no honest server writes it. */
export const LONGEST_ID = 2_000;

/**
 * A path in the one form that we compare and store: every segment decoded and encoded again, double slashes made one.
 * A trailing slash stays.
 */
export function canonicalPath(pathname: string): string {
	return `/${pathname.replace(/\/{2,}/g, "/").replace(/^\//, "")}`.split("/").map(canonicalSegment).join("/");
}

/** Canonical path of a collection, always with a trailing slash. */
export function collectionPath(pathname: string): string {
	return canonicalPath(`${pathname}/`);
}

function canonicalSegment(segment: string): string {
	try {
		return encodeURIComponent(decodeURIComponent(segment));
	} catch {
		return segment.replace(/%[0-9a-f]{2}/gi, (code) => code.toUpperCase());
	}
}

/**
 * Where a link (redirect, principal, home set) leads. Behind a proxy that ends TLS, servers often write their own
 * address as plain http: on the host that https was spoken with, it is read as https. Doubled slashes, which come from prefixes put together carelessly, are made one.
 * Null for what is no http or https address.
 */
export function resolveLink(link: string, base: URL): URL | null {
	const target = parse(link, base);
	if (target === null) return null;
	if (
		base.protocol === "https:" &&
		target.protocol === "http:" &&
		target.hostname === base.hostname &&
		target.port === ""
	) {
		target.protocol = "https:";
		target.port = base.port;
	}
	target.pathname = target.pathname.replace(/\/{2,}/g, "/");
	target.username = "";
	target.password = "";
	target.hash = "";
	return target;
}

/**
 * A member of a collection. Requests for members always go to the collection's own origin: an absolute href
 * elsewhere counts only where its path lies inside the collection (a proxy hides the server's real address).
 */
export function resolveMember(href: string, collection: URL): URL | null {
	const target = resolveLink(href, collection);
	if (target === null) return null;
	if (target.origin !== collection.origin) {
		if (!canonicalPath(target.pathname).startsWith(collectionPath(collection.pathname))) return null;
		const here = new URL(collection);
		here.pathname = target.pathname;
		here.search = target.search;
		return here;
	}
	return target;
}

/** The stable id of a member: its canonical path and query. */
export function memberId(member: URL): string {
	return canonicalPath(member.pathname) + member.search;
}

/** Do both name the same collection? Trailing slash, encoding and origin do not matter. */
export function isSameCollection(a: URL, b: URL): boolean {
	return collectionPath(a.pathname) === collectionPath(b.pathname);
}

function parse(link: string, base: URL): URL | null {
	let text = link.trim();
	if (text === "") return null;
	// `//cal/a.ics` is a path with a doubled slash, unless it names the host that we are talking to.
	if (text.startsWith("//") && !text.startsWith(`//${base.host}/`)) text = text.replace(/^\/+/, "/");
	try {
		const url = new URL(text, base);
		return url.protocol === "https:" || url.protocol === "http:" ? url : null;
	} catch {
		return null;
	}
}
