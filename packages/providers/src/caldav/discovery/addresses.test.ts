import { describe, expect, test } from "vitest";
import { candidatesOf, orderSrv, parseAddress, planForDomain } from "./addresses.ts";

describe("what a person types", () => {
	test.each([
		["dav.example.org", "https://dav.example.org/", false],
		["dav.example.org:8443/radicale", "https://dav.example.org:8443/radicale", false],
		["https://dav.example.org/dav/?x=y#z", "https://dav.example.org/dav/?x=y", true],
		["HTTP://127.0.0.1:5232", "http://127.0.0.1:5232/", true],
		["caldavs://dav.example.org/", "https://dav.example.org/", true],
		["caldav://nas:5232/", "http://nas:5232/", true],
		["[::1]:5232", "https://[::1]:5232/", false],
		["  example.org ", "https://example.org/", false],
	])("%j", (typed, url, explicitScheme) => {
		const address = parseAddress(typed);
		expect({ url: address.url.href, explicitScheme: address.explicitScheme }).toEqual({ url, explicitScheme });
	});

	test("an e-mail address names its domain; user and password in an address are taken out", () => {
		expect(parseAddress("me@example.org")).toMatchObject({ emailDomain: "example.org" });
		expect(parseAddress("https://me%40x:p%3Aw@dav.example.org/a")).toMatchObject({ username: "me@x", password: "p:w" });
		expect(parseAddress("https://me:p@dav.example.org/a").url.href).toBe("https://dav.example.org/a");
	});

	test.each(["", "   ", "ftp://x/", "file:///etc/passwd", "https://", "a b", "http://[", "javascript://x"])(
		"%j is no address",
		(typed) => {
			expect(() => parseAddress(typed)).toThrow(
				expect.objectContaining({ name: "ProviderFailure", reason: "address_not_found" }),
			);
		},
	);
});

const paths = (url: string) => candidatesOf(new URL(url)).map(({ href }) => href.replace("https://h", ""));

test("a typed path is tried before the well-known address and the root", () => {
	expect(paths("https://h/")).toEqual(["/.well-known/caldav", "/"]);
	expect(paths("https://h/dav")).toEqual(["/dav", "/dav/", "/.well-known/caldav", "/"]);
	expect(paths("https://h/dav/")).toEqual(["/dav/", "/.well-known/caldav", "/"]);
	expect(paths("https://h/.well-known/caldav")).toEqual(["/.well-known/caldav", "/.well-known/caldav/", "/"]);
});

describe("from an e-mail domain", () => {
	const record = (name: string, priority: number, weight: number, port = 443) => ({ name, port, priority, weight });
	const dns = (srv: readonly ReturnType<typeof record>[] | null, txt: readonly (readonly string[])[] | null) => ({
		resolveSrv: async () => srv ?? Promise.reject(new Error("ENODATA")),
		resolveTxt: async () => txt ?? Promise.reject(new Error("ENODATA")),
	});
	const plan = async (...[srv, txt]: Parameters<typeof dns>) => {
		const { home, candidates } = await planForDomain("example.org", dns(srv, txt), () => 0.5);
		return [home.href, ...candidates.map(({ href }) => href)];
	};

	test("SRV names the host, TXT the path", async () => {
		expect(await plan([record("dav.example.org.", 1, 1, 8443)], [["path=/", "caldav"]])).toEqual([
			"https://example.org/",
			"https://dav.example.org:8443/caldav",
			"https://dav.example.org:8443/caldav/",
			"https://dav.example.org:8443/.well-known/caldav",
			"https://dav.example.org:8443/",
		]);
		expect((await plan([record("dav.example.org", 1, 1)], null))[1]).toBe("https://dav.example.org/.well-known/caldav");
		expect((await plan([record("dav.example.org", 1, 1)], [["v=spf1"]]))[1]).toBe(
			"https://dav.example.org/.well-known/caldav",
		);
	});

	test("without records, without a resolver, or where the service is denied, the domain itself is asked", async () => {
		const own = ["https://example.org/", "https://example.org/.well-known/caldav", "https://example.org/"];
		expect(await plan(null, null)).toEqual(own);
		expect(await plan([record(".", 0, 0)], null)).toEqual(own);
		const { candidates } = await planForDomain("example.org", undefined, () => 0);
		expect(candidates.map(({ href }) => href)).toEqual(own.slice(1));
	});

	test("records go by priority, within it by weight", () => {
		const records = [record("c", 20, 0), record("a", 10, 10), record("b", 10, 90)];
		const names = (random: number) => orderSrv(records, () => random).map(({ name }) => name);
		expect(names(0)).toEqual(["a", "b", "c"]);
		expect(names(0.5)).toEqual(["b", "a", "c"]);
		expect(orderSrv([record("x", 1, 0), record("y", 1, 0)], () => 0).map(({ name }) => name)).toEqual(["x", "y"]);
	});
});
