import { TransportError } from "@kalends/providers";
import { isPublic, parseAddress } from "./address.ts";
import type { AllowList } from "./allow-list.ts";

/**
 * What a request may reach.
 * - `guarded`: public hosts by https.
 * - `guarded_plain_http`: public hosts, also by plain http.
 * - `trusted`: the operator's own configuration, anything.
 * Hosts of the allow-list are open to all of them.
 */
export type Trust = "guarded" | "guarded_plain_http" | "trusted";

export interface Target {
	/** As `URL.hostname`, without the brackets of IPv6. */
	readonly hostname: string;
	readonly port: number;
	readonly protocol: "http:" | "https:";
}

/**
 * Judges every address that a name has, before any connection is made.
 * One address that is not public refuses the whole name; where the operator's list has some of them by address,
 * those alone are used.
 * @returns the addresses that the socket may be connected to, in the resolver's order
 * @throws TransportError address_not_found, address_blocked, plain_http_refused
 */
export function vetAddresses(
	target: Target,
	addresses: readonly string[],
	trust: Trust,
	allowList: AllowList,
): readonly string[] {
	const parsed = addresses.map((text) => ({ text, address: parseAddress(text) }));
	const known = parsed.flatMap(({ text, address }) => (address === null ? [] : [{ text, address }]));
	if (known.length < parsed.length) throw blocked(target);
	if (known.length === 0) throw new TransportError("address_not_found", `The name ${target.hostname} has no address.`);

	if (trust === "trusted" || allowList.permitsHost(target.hostname, target.port)) return addresses;
	const listed = known.filter(({ address }) => allowList.permitsAddress(address, target.port));
	if (listed.length > 0) return listed.map(({ text }) => text);
	if (!known.every(({ address }) => isPublic(address))) throw blocked(target);
	if (target.protocol === "http:" && trust === "guarded") {
		throw new TransportError(
			"plain_http_refused",
			`${target.hostname} would be reached by plain http, which shows everything to the network. Use https, or name the host in KALENDS_ALLOWED_PRIVATE_HOSTS.`,
		);
	}
	return addresses;
}

function blocked(target: Target): TransportError {
	return new TransportError(
		"address_blocked",
		`${target.hostname} is at a private or reserved address. To reach it, name it in KALENDS_ALLOWED_PRIVATE_HOSTS.`,
	);
}
