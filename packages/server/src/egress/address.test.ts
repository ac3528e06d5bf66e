import diagnostics from "node:diagnostics_channel";
import { TransportError } from "@kalends/providers";
import { afterAll, describe, expect, test } from "vitest";
import { isPublic, parseAddress } from "./address.ts";
import { createEgress } from "./egress.ts";

/** As they may stand in a URL; WHATWG parsing turns the IPv4 spellings into dotted decimals. */
const BLOCKED_HOSTS: Readonly<Record<string, readonly string[]>> = {
	"loopback, every spelling of IPv4": [
		..."127.0.0.1 127.0.0.2 127.255.255.254 127.1 127.0.1 127.0.0.1. 2130706433 2130706433.".split(" "),
		..."0x7f000001 0x7f.0.0.1 0x7f.1 0x7F.0x0.0x0.0x1 017700000001 0177.0.0.1 0177.0.0.01 0177.1".split(" "),
		..."00000177.0.0.1 127.0x0.0.1 %31%32%37.0.0.1 １２７.0.0.1 127。0。0。1".split(" "),
	],
	"unspecified and this network": ["0.0.0.0", "0", "0x0", "00", "0.1.2.3"],
	private: [
		..."10.0.0.1 10.255.255.255 0xa.0.0.1 012.0.0.1 167772161 172.16.0.1 172.31.255.254 0xac.0x10.0.1".split(" "),
		..."192.168.0.1 192.168.255.255 0xc0a80001 3232235521 0300.0250.0.1".split(" "),
	],
	"link-local and metadata services": [
		..."169.254.169.254 169.254.0.1 0xa9fea9fe 2852039166 0251.0376.0251.0376 169.254.43518 0xa9.0xfe.0xa9.0xfe".split(
			" ",
		),
		..."168.63.129.16 100.100.100.200 192.0.0.192 [fd00:ec2::254] 169.254.170.2".split(" "),
	],
	"shared (CGNAT)": ["100.64.0.1", "100.127.255.254", "0x64400001"],
	"multicast, broadcast, reserved, documentation, benchmarks": [
		..."224.0.0.1 239.255.255.255 255.255.255.255 0xffffffff 240.0.0.1 192.0.2.1 198.51.100.1 203.0.113.1".split(" "),
		..."198.18.0.1 198.19.255.255 192.88.99.1 192.0.0.1 192.31.196.1 192.52.193.1 192.175.48.1".split(" "),
	],
	"IPv6 of the machine and the network": [
		..."[::] [::1] [0:0:0:0:0:0:0:1] [0000::0001] [fe80::1] [febf::1] [fec0::1] [fc00::1] [fd12:3456:789a::1]".split(
			" ",
		),
		..."[ff02::1] [ff0e::1] [100::1] [2001:db8::1] [3fff::1] [5f00::1] [2001:2::1] [2001:10::1] [2001:20::1]".split(
			" ",
		),
		..."[4000::1] [e000::1] [2001:4:112::1] [2620:4f:8000::1]".split(" "),
	],
	"IPv4 inside IPv6": [
		..."[::ffff:127.0.0.1] [::ffff:7f00:1] [::ffff:169.254.169.254] [::ffff:a9fe:a9fe] [0:0:0:0:0:ffff:10.0.0.1]".split(
			" ",
		),
		..."[::127.0.0.1] [::7f00:1] [::10.0.0.1] [::ffff:0:127.0.0.1] [::ffff:0:8.8.8.8]".split(" "),
	],
	"translators and tunnels": [
		..."[64:ff9b::127.0.0.1] [64:ff9b::a9fe:a9fe] [64:ff9b::169.254.169.254] [64:ff9b:1::10.0.0.1]".split(" "),
		..."[2002:7f00:1::] [2002:a9fe:a9fe::1] [2002:c0a8:1::1] [2001:0:7f00:1::] [2001::1] [2001:0:4136:e378::]".split(
			" ",
		),
		..."[2001:4860::5efe:127.0.0.1] [2001:4860::200:5efe:10.0.0.1]".split(" "),
	],
};

describe("literal addresses are blocked before any socket is made", () => {
	const egress = createEgress();
	afterAll(() => egress.close());
	const cases = Object.entries(BLOCKED_HOSTS).flatMap(([kind, hosts]) => hosts.map((host) => ({ kind, host })));

	test("in at least eighty forms", () => {
		expect(new Set(cases.map(({ host }) => host)).size).toBeGreaterThanOrEqual(80);
	});

	test.each(cases)("$kind: $host", async ({ host }) => {
		const sockets: unknown[] = [];
		const count = (message: unknown) => sockets.push(message);
		diagnostics.subscribe("net.client.socket", count);
		const url = new URL(`http://${host}:8080/`);
		for (const allowPlainHttp of [true, false]) {
			const error = await egress({ method: "GET", url, allowPlainHttp }).catch((caught: unknown) => caught);
			expect(error).toBeInstanceOf(TransportError);
			expect(error).toMatchObject({ code: "address_blocked" });
		}
		diagnostics.unsubscribe("net.client.socket", count);
		expect(sockets).toEqual([]);
	});
});

describe("an address", () => {
	test.each(
		"1.1.1.1 8.8.8.8 93.184.216.34 172.15.0.1 172.32.0.1 100.63.0.1 100.128.0.1 169.253.1.1 192.167.1.1 11.0.0.1 223.255.255.1 2606:4700::1111 2a00:1450:4001::200e 2001:4860:4860::8888 ::ffff:8.8.8.8".split(
			" ",
		),
	)("%s is public", (text) => {
		const address = parseAddress(text);
		expect(address !== null && isPublic(address)).toBe(true);
	});

	test.each(["", "localhost", "0177.0.0.1", "127.1", "2130706433", "1.2.3.4.5", "::g", "[::1]", "1.2.3.4/8"])(
		'"%s" is none',
		(text) => {
			expect(parseAddress(text)).toBeNull();
		},
	);

	test("with a zone is read without it", () => {
		const address = parseAddress("fe80::1%eth0");
		expect(address !== null && isPublic(address)).toBe(false);
	});
});
