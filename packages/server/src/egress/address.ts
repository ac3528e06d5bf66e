import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

export type IpAddress = ipaddr.IPv4 | ipaddr.IPv6;

/** IPv6 global unicast (RFC 4291 §2.4): only here are public addresses assigned. */
const GLOBAL_UNICAST: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse("2000::"), 3];
/** The platform service of Azure machines: metadata and credentials on an address that looks public. */
const AZURE_PLATFORM = "168.63.129.16";

/** Null for text that is no address; an IPv4-mapped IPv6 address (RFC 4291 §2.5.5.2) is read as the IPv4 one. */
export function parseAddress(text: string): IpAddress | null {
	return isIP(text) === 0 ? null : ipaddr.process(text);
}

/**
 * True only for an address that is assigned to hosts on the public internet. Everything else is not: loopback,
 * private, link-local, shared (CGNAT), multicast, broadcast, documentation, unique local, and all forms of IPv6
 * that carry an IPv4 address to a translator or tunnel (NAT64, SIIT, 6to4, Teredo, ISATAP).
 */
export function isPublic(address: IpAddress): boolean {
	if (address.range() !== "unicast") return false;
	if (address instanceof ipaddr.IPv4) return address.toString() !== AZURE_PLATFORM;
	return address.match(GLOBAL_UNICAST) && !isIsatap(address);
}

/** RFC 5214 §6.1: interface identifier 0000:5efe or 0200:5efe, then an IPv4 address. */
function isIsatap(address: ipaddr.IPv6): boolean {
	const [upper, lower] = address.parts.slice(4);
	return (upper === 0 || upper === 0x0200) && lower === 0x5efe;
}
