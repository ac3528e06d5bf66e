import { TransportError } from "@kalends/providers";
import { expect, test } from "vitest";
import { parseAllowList } from "./allow-list.ts";
import { type Target, type Trust, vetAddresses } from "./guard.ts";

const PUBLIC = "93.184.216.34";
const HTTPS: Target = { hostname: "cal.example", port: 443, protocol: "https:" };
const HTTP: Target = { hostname: "cal.example", port: 80, protocol: "http:" };

/** The addresses that may be used, or the code of the refusal. */
function verdict(target: Target, addresses: readonly string[], trust: Trust, allowed: readonly string[] = []): unknown {
	try {
		return vetAddresses(target, addresses, trust, parseAllowList(allowed));
	} catch (error) {
		return error instanceof TransportError ? error.code : error;
	}
}

test.each<[string, Target, string[], Trust, string[], unknown]>([
	["public by https", HTTPS, [PUBLIC, "2606:4700::1"], "guarded", [], [PUBLIC, "2606:4700::1"]],
	["private", HTTPS, ["10.0.0.1"], "guarded", [], "address_blocked"],
	["one private among public ones", HTTPS, [PUBLIC, "10.0.0.1"], "guarded", [], "address_blocked"],
	["a resolver's nonsense", HTTPS, ["0177.0.0.1"], "guarded", [], "address_blocked"],
	["a resolver's nonsense, even if trusted", HTTPS, ["evil"], "trusted", [], "address_blocked"],
	["no address", HTTPS, [], "trusted", [], "address_not_found"],
	["public by http", HTTP, [PUBLIC], "guarded", [], "plain_http_refused"],
	["public by http, for a feed", HTTP, [PUBLIC], "guarded_plain_http", [], [PUBLIC]],
	["private by http, for a feed", HTTP, ["192.168.0.1"], "guarded_plain_http", [], "address_blocked"],
	["private by http is blocked rather than told to use https", HTTP, ["10.0.0.1"], "guarded", [], "address_blocked"],
	["listed by name", HTTP, ["10.0.0.1", PUBLIC], "guarded", ["cal.example"], ["10.0.0.1", PUBLIC]],
	["listed by name, other port", HTTP, ["10.0.0.1"], "guarded", ["cal.example:81"], "address_blocked"],
	["listed by range", HTTP, ["10.0.0.1"], "guarded", ["10.0.0.0/8"], ["10.0.0.1"]],
	["only the listed of several are used", HTTP, ["::1", "127.0.0.1"], "guarded", ["127.0.0.1:80"], ["127.0.0.1"]],
	[
		"a public address beside a listed one is left out",
		HTTP,
		[PUBLIC, "10.0.0.1"],
		"guarded",
		["10.0.0.0/8"],
		["10.0.0.1"],
	],
	["the operator's own", HTTP, ["127.0.0.1"], "trusted", [], ["127.0.0.1"]],
])("%s", (_, target, addresses, trust, allowed, expected) => {
	expect(verdict(target, addresses, trust, allowed)).toEqual(expected);
});
