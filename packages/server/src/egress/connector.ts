import { lookup } from "node:dns/promises";
import { isIP, type LookupFunction } from "node:net";
import { TransportError } from "@kalends/providers";
import { buildConnector } from "undici";
import type { Target } from "./guard.ts";

/** All addresses of a name, in the order to try them. */
export type Resolver = (hostname: string) => Promise<readonly string[]>;

/** The machine's resolver: hosts file, then DNS (getaddrinfo). */
export const systemResolver: Resolver = async (hostname) => {
	const entries = await lookup(hostname, { all: true, order: "verbatim" });
	return entries.map(({ address }) => address);
};

export interface PinnedConnectorOptions {
	readonly resolve: Resolver;
	/** Judges all addresses of the name, gives those that may be used, throws where none may. */
	readonly vet: (target: Target, addresses: readonly string[]) => readonly string[];
	/** For name, TCP and TLS together, milliseconds. */
	readonly timeoutMs: number;
}

/**
 * Makes every socket of a dispatcher: resolves the name once, vets the addresses, and connects to exactly these,
 * so that a second answer of the name server is never asked for. TLS still checks the certificate against the name.
 */
export function pinnedConnector(options: PinnedConnectorOptions): buildConnector.connector {
	const connect = async (request: buildConnector.Options): Promise<Parameters<buildConnector.Callback>> => {
		const started = performance.now();
		const target = targetOf(request);
		const resolved = isIP(target.hostname) === 0 ? resolveName(options, target) : Promise.resolve([target.hostname]);
		const addresses = options.vet(target, await resolved);
		const timeout = Math.max(1, options.timeoutMs - (performance.now() - started));
		const connector = buildConnector({
			lookup: pinnedLookup(addresses),
			autoSelectFamily: true,
			allowH2: false,
			maxCachedSessions: 0,
			timeout,
		});
		return new Promise((resolve) => connector(request, (...outcome) => resolve(outcome)));
	};
	return (request, callback) => {
		connect(request).then(
			(outcome) => callback(...outcome),
			(error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), null),
		);
	};
}

function targetOf({ hostname, port, protocol }: buildConnector.Options): Target {
	const secure = protocol === "https:";
	return {
		hostname,
		port: port === "" ? (secure ? 443 : 80) : Number(port),
		protocol: secure ? "https:" : "http:",
	};
}

async function resolveName({ resolve, timeoutMs }: PinnedConnectorOptions, target: Target): Promise<readonly string[]> {
	const { promise: late, reject } = Promise.withResolvers<never>();
	const timer = setTimeout(() => {
		reject(new TransportError("timeout", `${target.hostname}: its name was not resolved in time.`));
	}, timeoutMs);
	try {
		return await Promise.race([resolve(target.hostname), late]);
	} finally {
		clearTimeout(timer);
	}
}

/** Answers net.connect and tls.connect with the vetted addresses, whatever name they ask for. */
function pinnedLookup(addresses: readonly string[]): LookupFunction {
	const entries = addresses.map((address) => ({ address, family: isIP(address) }));
	const [first] = entries;
	return (_hostname, { all }, callback) => {
		if (all === true) callback(null, entries);
		else if (first !== undefined) callback(null, first.address, first.family);
		else callback(new Error("No address"), "");
	};
}
