import { TransportError } from "@kalends/providers";
import { describe, expect, test } from "vitest";
import { type Hop, nextHop } from "./redirect.ts";

const HOP: Hop = {
	url: new URL("https://one.example/feed?token=1#part"),
	headers: { authorization: "Basic x", cookie: "a=b", "x-api-key": "k", accept: "*/*", "if-none-match": '"1"' },
	trusted: true,
};

describe("a redirect", () => {
	test.each([301, 302, 303, 307, 308])("with status %i is followed", (status) => {
		expect(nextHop(HOP, status, "/new")?.url.href).toBe("https://one.example/new#part");
	});

	test.each([200, 204, 300, 304, 305, 400, 401])("is not: status %i", (status) => {
		expect(nextHop(HOP, status, "/new")).toBeNull();
	});

	test("without a Location is the answer itself", () => {
		expect(nextHop(HOP, 302, null)).toBeNull();
	});

	test.each(["/other", "?token=2", "https://one.example:443/x", "HTTPS://ONE.example/x", "//one.example/x"])(
		"within the origin (%s) keeps headers and trust",
		(location) => {
			expect(nextHop(HOP, 302, location)).toMatchObject({ headers: HOP.headers, trusted: true });
		},
	);

	test.each([
		"https://two.example/",
		"//two.example/",
		"https://one.example:8443/",
		"https://sub.one.example/",
		"https://one.example.two.example/",
		"\\\\two.example\\x",
	])("to another origin (%s) drops every header that may hold a credential, and trust", (location) => {
		expect(nextHop(HOP, 302, location)).toMatchObject({ trusted: false });
		expect(nextHop(HOP, 302, location)?.headers).toEqual({ accept: "*/*", "if-none-match": '"1"' });
	});

	test("drops them for good", () => {
		const away = nextHop(HOP, 302, "https://two.example/");
		const back = away && nextHop(away, 302, "https://one.example/");
		expect(back).toMatchObject({ trusted: false, headers: { accept: "*/*" } });
		expect(back?.headers.authorization).toBeUndefined();
	});

	test.each([
		["UTF-8", Buffer.from("/café").toString("latin1")],
		["Latin-1", "/café"],
		["escapes", "/caf%C3%A9"],
	])("leads to the same place in %s", (_, location) => {
		expect(nextHop(HOP, 302, location)?.url.pathname).toBe("/caf%C3%A9");
	});

	test("never carries user info of the Location", () => {
		expect(nextHop(HOP, 302, "https://user:pass@one.example/x")?.url.href).toBe("https://one.example/x#part");
	});

	test.each([
		["http://one.example/", "redirect_blocked"],
		["http://two.example/", "redirect_blocked"],
		["file:///etc/passwd", "redirect_blocked"],
		["gopher://two.example/", "redirect_blocked"],
		["data:text/calendar,BEGIN", "redirect_blocked"],
		["https://", "malformed_answer"],
		["https://[::1", "malformed_answer"],
	])("to %s is refused: %s", (location, code) => {
		expect(() => nextHop(HOP, 302, location)).toThrow(TransportError);
		expect(() => nextHop(HOP, 302, location)).toThrow(expect.objectContaining({ code }));
	});

	test("from plain http to https is followed", () => {
		const plain = { ...HOP, url: new URL("http://one.example/") };
		expect(nextHop(plain, 301, "https://one.example/")?.url.protocol).toBe("https:");
	});
});
