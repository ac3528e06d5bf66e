import { unescape as percentDecoded } from "node:querystring";
import { setImmediate as nextTurn } from "node:timers/promises";
import { type HttpRequest, type HttpTransport, TransportError } from "@kalends/providers";
import { Agent } from "undici";
import manifest from "../../package.json" with { type: "json" };
import { parseAllowList, portOf } from "./allow-list.ts";
import { ACCEPT_ENCODING } from "./body.ts";
import { pinnedConnector, type Resolver, systemResolver } from "./connector.ts";
import { Exchange, type ExchangeRecord } from "./exchange.ts";
import { type Trust, vetAddresses } from "./guard.ts";
import { HostQueue } from "./host-queue.ts";
import { blockedAway, type Hop, isPermanent, nextHop, REDIRECT_LIMIT } from "./redirect.ts";
import { createResponse, discardBody, type Received } from "./response.ts";

export interface EgressLimits {
	/** Decoded bytes of a body, where the request sets none. */
	readonly maxBytes: number;
	/** Whole exchange in milliseconds, where the request sets none. */
	readonly totalMs: number;
	/** Name, TCP and TLS. */
	readonly connectMs: number;
	/** From the request sent to the answer's headers. */
	readonly headersMs: number;
	/** Between two pieces of a body. */
	readonly idleMs: number;
	/** Waiting for a turn at a busy host. */
	readonly queueMs: number;
	/** Requests under way to one host, and of these for one account. */
	readonly perHost: number;
	readonly perAccount: number;
}

export interface EgressOptions {
	/** Entries of KALENDS_ALLOWED_PRIVATE_HOSTS. */
	readonly allowedPrivateHosts?: readonly string[];
	/** Addresses of the operator's configuration (ICLOUD_URL): their hosts are open to every request. */
	readonly trustedUrls?: readonly URL[];
	readonly limits?: Partial<EgressLimits>;
	readonly resolve?: Resolver;
	readonly observe?: (record: ExchangeRecord) => void;
}

export interface Egress extends HttpTransport {
	/** Ends idle connections and aborts what is under way. */
	close(): Promise<void>;
}

const EGRESS_LIMITS: EgressLimits = {
	maxBytes: 32 * 1024 * 1024,
	totalMs: 120_000,
	connectMs: 10_000,
	headersMs: 60_000,
	idleMs: 30_000,
	queueMs: 60_000,
	perHost: 24,
	perAccount: 3,
};

export const USER_AGENT = `Kalends/${manifest.version}`;

const IDLE_CONNECTION_MS = 4_000;
const IDLE_CONNECTION_MOST_MS = 60_000;
/** Set by the HTTP client; a Host of the caller's would also change the name that TLS checks. */
const NOT_FOR_CALLERS: ReadonlySet<string> = new Set([
	"connection",
	"content-length",
	"expect",
	"host",
	"keep-alive",
	"te",
	"trailer",
	"transfer-encoding",
	"upgrade",
]);

/**
 * The only way out of the server: every outgoing call of every capability goes through here
 * (docs/decisions/0003-egress.md). Throws TransportError only, with messages that name the host and no more.
 * @throws AllowListError
 */
export function createEgress(options: EgressOptions = {}): Egress {
	const limits: EgressLimits = { ...EGRESS_LIMITS, ...options.limits };
	const trustedHosts = (options.trustedUrls ?? []).map((url) => `${url.hostname}:${portOf(url)}`);
	const allowList = parseAllowList([...(options.allowedPrivateHosts ?? []), ...trustedHosts]);
	const queue = new HostQueue(limits);
	const underWay = new Set<Exchange>();

	// Connections are not shared between degrees of trust: one that was made for the operator serves no one else.
	const agentFor = (trust: Trust) =>
		new Agent({
			connect: pinnedConnector({
				resolve: options.resolve ?? systemResolver,
				vet: (target, addresses) => vetAddresses(target, addresses, trust, allowList),
				timeoutMs: limits.connectMs,
			}),
			allowH2: false,
			pipelining: 1,
			keepAliveTimeout: IDLE_CONNECTION_MS,
			keepAliveMaxTimeout: IDLE_CONNECTION_MOST_MS,
		});
	const agents: Readonly<Record<Trust, Agent>> = {
		guarded: agentFor("guarded"),
		guarded_plain_http: agentFor("guarded_plain_http"),
		trusted: agentFor("trusted"),
	};

	/** Sends one hop. Its turn at the host is given back when its body closes. */
	const sendHop = async (hop: Hop, request: HttpRequest, exchange: Exchange, isFirst: boolean) => {
		if (isFirst) exchange.setDeadline(limits.queueMs, "too many requests to this host are waiting");
		const release = await queue.acquire(hop.url.host, accountOf(hop), exchange.signal);
		if (isFirst) exchange.setDeadline(request.timeoutMs ?? limits.totalMs, "it took too long");
		try {
			const answer = await agents[trustOf(hop, request)].request({
				origin: hop.url.origin,
				path: hop.url.pathname + hop.url.search,
				method: request.method,
				headers: hop.headers,
				body: isFirst ? (request.body ?? null) : null,
				signal: exchange.signal,
				// The client closes connections after bodies of methods that it does not know, such as REPORT, unless told not to.
				reset: false,
				headersTimeout: limits.headersMs,
				bodyTimeout: limits.idleMs,
			});
			// Read or not, a body that fails must not end the process.
			answer.body.on("error", () => {});
			// The HTTP client takes one turn of the event loop before it uses the connection again.
			const closed = new Promise<void>((resolve) => answer.body.once("close", resolve))
				.then(() => nextTurn())
				.then(release);
			return { status: answer.statusCode, headers: headersOf(answer.headers), body: answer.body, closed };
		} catch (error) {
			release();
			throw error;
		}
	};

	const send = async (request: HttpRequest, exchange: Exchange) => {
		const isFollowing = request.redirect === "follow" && ["GET", "HEAD"].includes(request.method);
		let hop = firstHop(request);
		let permanentlyMoved = false;
		for (let redirects = 0; ; redirects++) {
			exchange.at(hop.url.host);
			const answer = await sendHop(hop, request, exchange, redirects === 0).catch((error: unknown) => {
				throw redirects === 0 ? error : blockedAway(error);
			});
			const next = isFollowing ? await redirectedTo(hop, answer) : null;
			if (next === null) return { ...answer, url: hop.url, permanentlyMoved };
			if (redirects === REDIRECT_LIMIT) {
				throw new TransportError("too_many_redirects", `${hop.url.host}: more than ${REDIRECT_LIMIT} redirects.`);
			}
			permanentlyMoved = isPermanent(answer.status) && (redirects === 0 || permanentlyMoved);
			hop = next;
		}
	};

	const transport = async (request: HttpRequest) => {
		const exchange: Exchange = new Exchange(request, (record) => {
			underWay.delete(exchange);
			options.observe?.(record);
		});
		underWay.add(exchange);
		exchange.start();
		try {
			const answer = await send(request, exchange);
			return createResponse({
				...answer,
				isCoded: request.method !== "HEAD" && answer.status !== 204 && answer.status !== 304,
				maxBytes: request.maxBytes ?? limits.maxBytes,
				failure: (error) => exchange.failure(error),
				end: () => exchange.end(answer.status),
			});
		} catch (error) {
			const failure = exchange.failure(error);
			exchange.end(null);
			throw failure;
		}
	};
	const close = async () => {
		for (const exchange of underWay) exchange.abort(new TransportError("aborted", "The server is stopping."));
		await Promise.all(Object.values(agents).map((agent) => agent.destroy()));
	};
	return Object.assign(transport, { close });
}

interface Answer extends Pick<Received, "status" | "headers" | "body" | "closed"> {}

async function redirectedTo(hop: Hop, answer: Answer): Promise<Hop | null> {
	try {
		const next = nextHop(hop, answer.status, answer.headers.get("location"));
		if (next !== null) await discardBody(answer.body, answer.closed);
		return next;
	} catch (error) {
		answer.body.destroy();
		throw error;
	}
}

/**
 * User info of the URL becomes Basic credentials, unless the caller sends others, so that they are dropped like
 * any credential and appear in no URL that is passed on.
 */
function firstHop(request: HttpRequest): Hop {
	const url = new URL(request.url);
	if (url.protocol !== "https:" && url.protocol !== "http:") {
		throw new TransportError("address_blocked", "Only https and http addresses can be reached.");
	}
	const given = Object.entries(request.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value] as const);
	const headers: Record<string, string> = {
		"user-agent": USER_AGENT,
		"accept-encoding": ACCEPT_ENCODING,
		...(url.username + url.password === "" ? {} : { authorization: basicCredentials(url) }),
		...Object.fromEntries(given.filter(([name]) => !NOT_FOR_CALLERS.has(name))),
	};
	url.username = "";
	url.password = "";
	return { url, headers, trusted: request.trusted === true };
}

function basicCredentials(url: URL): string {
	const pair = `${percentDecoded(url.username)}:${percentDecoded(url.password)}`;
	return `Basic ${Buffer.from(pair, "utf8").toString("base64")}`;
}

function trustOf(hop: Hop, request: HttpRequest): Trust {
	if (hop.trusted) return "trusted";
	return request.allowPlainHttp === true ? "guarded_plain_http" : "guarded";
}

/** Tells accounts apart at a host, for fairness: by credentials (of Digest the user), else (feeds) by address. */
function accountOf({ url, headers }: Hop): string {
	const credentials = headers.authorization;
	if (credentials === undefined) return url.pathname + url.search;
	return /^Digest .*\busername="([^"]*)"/i.exec(credentials)?.[1] ?? credentials;
}

function headersOf(raw: Readonly<Record<string, string | string[] | undefined>>): Headers {
	const headers = new Headers();
	for (const [name, values = []] of Object.entries(raw)) {
		for (const value of [values].flat()) headers.append(name, value);
	}
	return headers;
}
