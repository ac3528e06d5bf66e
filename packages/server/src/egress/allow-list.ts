import { domainToASCII } from "node:url";
import ipaddr from "ipaddr.js";
import { type IpAddress, parseAddress } from "./address.ts";

/** What KALENDS_ALLOWED_PRIVATE_HOSTS names: user-given URLs may reach it although private, or by plain http. */
export interface AllowList {
	/** @param hostname as `URL.hostname` gives it */
	permitsHost(hostname: string, port: number): boolean;
	permitsAddress(address: IpAddress, port: number): boolean;
	/**
	 * Whether a host can be on the list at all, before its name is resolved: one that only a range permits is judged
	 * when its addresses are known. For deciding what to try, never for deciding what is allowed.
	 */
	mayPermit(url: URL): boolean;
}

export class AllowListError extends Error {
	override readonly name = "AllowListError";
	readonly code = "invalid_allow_list";
}

interface NameRule {
	readonly name: string;
	readonly port: number | null;
}

interface NetworkRule {
	readonly network: [IpAddress, number];
	readonly port: number | null;
}

/**
 * @param entries host names, `host:port`, addresses, `address:port`, `[IPv6]:port` or CIDR ranges
 * @throws AllowListError naming the entry that is none of these
 */
export function parseAllowList(entries: readonly string[]): AllowList {
	const rules = entries.map(parseEntry);
	const names = rules.filter((rule) => "name" in rule);
	const networks = rules.filter((rule) => "network" in rule);
	const permitsHost = (hostname: string, port: number) => {
		const name = normalName(hostname);
		return names.some((rule) => rule.name === name && (rule.port ?? port) === port);
	};
	const permitsAddress = (address: IpAddress, port: number) =>
		networks.some(
			({ network, port: only }) =>
				address.kind() === network[0].kind() && address.match(network) && (only ?? port) === port,
		);
	const mayPermit = (url: URL) => {
		const port = portOf(url);
		const address = parseAddress(url.hostname.replace(/^\[(.*)\]$/, "$1"));
		if (address !== null) return permitsAddress(address, port);
		return permitsHost(url.hostname, port) || networks.some((rule) => (rule.port ?? port) === port);
	};
	return { permitsHost, permitsAddress, mayPermit };
}

export function portOf(url: URL): number {
	return url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port);
}

/** Lower case, ASCII form of an international name, without the root's dot. */
function normalName(hostname: string): string {
	return domainToASCII(hostname).replace(/\.$/, "");
}

function parseEntry(entry: string): NameRule | NetworkRule {
	if (entry.includes("/")) return { network: parseRange(entry), port: null };
	const bare = parseAddress(entry);
	const { host, port } = bare === null ? splitPort(entry) : { host: entry, port: null };
	const address = bare ?? parseAddress(host);
	if (address !== null) return { network: [address, address.toByteArray().length * 8], port };
	const name = normalName(host);
	if (name === "") throw faulty(entry);
	return { name, port };
}

function parseRange(entry: string): [IpAddress, number] {
	if (!ipaddr.isValidCIDR(entry)) throw faulty(entry);
	const [address, bits] = ipaddr.parseCIDR(entry);
	const mapped = address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() && bits >= 96;
	return mapped ? [address.toIPv4Address(), bits - 96] : [address, bits];
}

function splitPort(entry: string): { host: string; port: number | null } {
	const match = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(entry);
	const host = match?.[1] ?? match?.[2];
	const port = match?.[3] === undefined ? null : Number(match[3]);
	if (host === undefined || (port ?? 0) > 65_535) throw faulty(entry);
	return { host, port };
}

function faulty(entry: string): AllowListError {
	return new AllowListError(
		`"${entry}" is not a host, host:port, address or range such as 192.168.1.0/24. Correct KALENDS_ALLOWED_PRIVATE_HOSTS.`,
	);
}
