import { ProviderFailure } from "../../port/failure.ts";
import type { DnsResolver, SrvRecord } from "../options.ts";

/** Where to look for the account, in the order of trying. */
export interface SearchPlan {
	/** The address as understood: credentials may go to its site. */
	readonly home: URL;
	readonly candidates: readonly URL[];
	/** Tried where there is nothing at the candidates. */
	readonly guesses: readonly URL[];
}

const WELL_KNOWN = "/.well-known/caldav";

/** What a person typed, taken apart. */
export interface TypedAddress {
	/** True where a scheme was written; without one https is tried first. */
	readonly explicitScheme: boolean;
	readonly url: URL;
	/** The domain of an e-mail address given in place of a server address. */
	readonly emailDomain: string | null;
	/** From `https://user:password@host/`. */
	readonly username: string | null;
	readonly password: string | null;
}

/** @throws ProviderFailure `address_not_found` for what is no address */
export function parseAddress(text: string): TypedAddress {
	const typed = text.trim();
	const email = /^(?:mailto:)?[^\s/@:]+@([^\s/@:]+)$/i.exec(typed);
	const explicitScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(typed);
	const domain = email?.[1] ?? null;
	try {
		if (typed === "" || /\s/.test(typed)) throw new TypeError("no address");
		const url = new URL(explicitScheme ? asHttp(typed) : `https://${domain ?? typed}`);
		if (url.protocol !== "https:" && url.protocol !== "http:") throw new TypeError(url.protocol);
		const username = url.username === "" ? null : decodeURIComponent(url.username);
		const password = url.password === "" ? null : decodeURIComponent(url.password);
		url.username = "";
		url.password = "";
		url.hash = "";
		return { explicitScheme, url, emailDomain: domain, username, password };
	} catch (cause) {
		throw new ProviderFailure("invalid", {
			reason: "address_not_found",
			message: "that is no server address; enter one like https://calendar.example.org/",
			cause,
		});
	}
}

/** Calendar programs write `caldav(s)://` for http(s). */
function asHttp(typed: string): string {
	return typed.replace(/^caldavs:/i, "https:").replace(/^caldav:/i, "http:");
}

/**
 * The addresses to try for a server: what was typed where it has a path, then the well-known address (RFC 6764 §5),
 * then the root. A typed path comes first, as one host may run several servers and the person named one.
 */
export function candidatesOf(url: URL): readonly URL[] {
	const candidates: URL[] = [];
	if (url.pathname !== "/" || url.search !== "") {
		candidates.push(url);
		if (!url.pathname.endsWith("/") && url.search === "") candidates.push(new URL(`${url.href}/`));
	}
	for (const path of [WELL_KNOWN, "/"]) candidates.push(new URL(path, url));
	return candidates.filter((each, index) => candidates.findIndex(({ href }) => href === each.href) === index);
}

/** Where servers have CalDAV that do not say so at the well-known address. */
const USUAL_PATHS = [
	"remote.php/dav/", // Nextcloud, ownCloud
	"dav.php/", // Baikal
	"dav/", // Cyrus, Zimbra, many hosts
	"caldav.php/", // DAViCal
	"caldav/", // Synology, many hosts
	"davical/caldav.php/", // DAViCal on Debian
	"SOGo/dav/",
	"radicale/",
];

/**
 * To be tried where nothing is found at what was typed, by the well-known address or at the root: below the typed
 * folder (an app's, not its `index.php/…`) and below the root.
 */
export function guessesOf(url: URL): readonly URL[] {
	const folder = url.pathname.replace(/\/index\.php(?:\/.*)?$/, "/").replace(/[^/]*$/, "");
	const folders = [...new Set([folder, "/"])];
	return folders.flatMap((each) => USUAL_PATHS.map((path) => new URL(each + path, url.origin)));
}

/** The same search by plain http, for hosts without TLS that the operator allows. */
export function withoutEncryption(url: URL): URL {
	const plain = new URL(url);
	plain.protocol = "http:";
	return plain;
}

/**
 * Discovery from an e-mail domain (RFC 6764 §6): SRV for the host, TXT for the path. Without records the domain
 * itself is the server.
 * @param random uniform in [0, 1), for the weights of RFC 2782
 */
export async function planForDomain(
	domain: string,
	dns: DnsResolver | undefined,
	random: () => number,
): Promise<SearchPlan> {
	const name = `_caldavs._tcp.${domain}`;
	const records = dns === undefined ? [] : await answersOf(dns.resolveSrv(name));
	const [first] = orderSrv(records, random);
	const home = new URL(`https://${domain}/`);
	if (dns === undefined || first === undefined) return { home, candidates: candidatesOf(home), guesses: [] };
	const host = first.name.replace(/\.$/, "");
	const server = new URL(`https://${host}:${first.port}/`);
	const path = (await answersOf(dns.resolveTxt(name)))
		.map((strings) => strings.join(""))
		.find((text) => /^path=\//.test(text));
	const start = path === undefined ? server : new URL(path.slice("path=".length), server);
	return { home, candidates: candidatesOf(start), guesses: [] };
}

/** RFC 2782: by priority, within it drawn by weight. A record that names the root says that the service is not there. */
export function orderSrv(records: readonly SrvRecord[], random: () => number): readonly SrvRecord[] {
	const left = records.filter(({ name }) => name !== "." && name !== "").toSorted((a, b) => a.priority - b.priority);
	const ordered: SrvRecord[] = [];
	while (left.length > 0) {
		const priority = left[0]?.priority;
		const peers = left.filter((each) => each.priority === priority);
		let draw = random() * peers.reduce((sum, { weight }) => sum + weight, 0);
		const chosen =
			peers.find(({ weight }) => {
				draw -= weight;
				return draw < 0;
			}) ?? peers[0];
		if (chosen === undefined) break;
		ordered.push(chosen);
		left.splice(left.indexOf(chosen), 1);
	}
	return ordered;
}

/** A name without such records is an ordinary answer, not a failure. */
async function answersOf<T>(lookup: Promise<readonly T[]>): Promise<readonly T[]> {
	try {
		return await lookup;
	} catch {
		return [];
	}
}
