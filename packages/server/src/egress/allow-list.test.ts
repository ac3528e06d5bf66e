import { describe, expect, test } from "vitest";
import { parseAddress } from "./address.ts";
import { AllowListError, parseAllowList } from "./allow-list.ts";

function permits(entry: string, host: string, port: number): boolean {
	const list = parseAllowList([entry]);
	const address = parseAddress(host);
	return address === null ? list.permitsHost(host, port) : list.permitsAddress(address, port);
}

describe("an entry", () => {
	test.each([
		["radicale.lan", "radicale.lan", 5232],
		["Radicale.LAN", "radicale.lan", 80],
		["radicale.lan", "radicale.lan.", 80],
		["nas:5232", "nas", 5232],
		["bücher.lan", "xn--bcher-kva.lan", 80],
		["192.168.1.5", "192.168.1.5", 443],
		["192.168.1.5:5232", "192.168.1.5", 5232],
		["192.168.1.0/24", "192.168.1.77", 8443],
		["10.0.0.0/8", "::ffff:10.1.2.3", 80],
		["::ffff:10.0.0.0/104", "10.1.2.3", 80],
		["::1", "::1", 80],
		["[::1]", "0:0:0:0:0:0:0:1", 80],
		["[fd00::5]:5232", "fd00::5", 5232],
		["fd00::/8", "fd12::1", 80],
	])("%s permits %s, port %i", (entry, host, port) => {
		expect(permits(entry, host, port)).toBe(true);
	});

	test.each([
		["radicale.lan", "evil.radicale.lan", 80],
		["radicale.lan", "radicale.lan.evil.example", 80],
		["nas:5232", "nas", 5233],
		["192.168.1.5:5232", "192.168.1.5", 80],
		["192.168.1.0/24", "192.168.2.1", 80],
		["fd00::/8", "fe80::1", 80],
		["0.0.0.0/0", "::1", 80],
		["::/0", "127.0.0.1", 80],
		["[fd00::5]:5232", "fd00::5", 80],
	])("%s does not permit %s, port %i", (entry, host, port) => {
		expect(permits(entry, host, port)).toBe(false);
	});

	test.each(["", "http://nas/", "nas:", "nas:99999", "10.0.0.0/33", "nas/8", "[::1", "a b", "::1:5232x"])(
		'"%s" is refused by name',
		(entry) => {
			expect(() => parseAllowList(["fine.lan", entry])).toThrow(AllowListError);
			expect(() => parseAllowList([entry])).toThrow(`"${entry}"`);
		},
	);
});

test("an empty list permits nothing", () => {
	const list = parseAllowList([]);
	const address = parseAddress("127.0.0.1");
	expect(list.permitsHost("", 80) || (address !== null && list.permitsAddress(address, 80))).toBe(false);
});

test.each([
	["nas.lan", "http://nas.lan/", true],
	["nas.lan:5232", "http://nas.lan/", false],
	["192.168.1.0/24", "http://192.168.1.7:5232/", true],
	["192.168.1.0/24", "http://192.168.2.7/", false],
	["192.168.1.0/24", "http://nas.lan/", true],
	["fd00::/8", "https://[fd00::1]/", true],
	["other.lan", "http://nas.lan/", false],
])("%s may permit %s: %s", (entry, url, expected) => {
	expect(parseAllowList([entry]).mayPermit(new URL(url))).toBe(expected);
});
