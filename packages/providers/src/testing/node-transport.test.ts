import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, expect, test } from "vitest";
import { nodeTransport } from "./node-transport.ts";

const closers: (() => void)[] = [];
afterEach(() => {
	for (const close of closers.splice(0)) close();
});

async function serve(listener: RequestListener): Promise<URL> {
	const server = createServer(listener);
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	closers.push(() => {
		server.close();
		server.closeAllConnections();
	});
	return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
}

const get = (url: URL, more: object = {}) => nodeTransport()({ method: "GET", url, ...more });

test("returns status, headers and the decoded body", async () => {
	const url = await serve((_, answer) => {
		answer.writeHead(207, { "content-encoding": "gzip", etag: '"a"' }).end(gzipSync("grüße"));
	});
	const response = await get(url);
	expect([response.status, response.headers.get("etag"), await response.text()]).toEqual([207, '"a"', "grüße"]);
});

test("sends method, headers and body", async () => {
	const url = await serve((request, answer) => {
		request.pipe(answer.writeHead(200, { "x-method": request.method ?? "", "x-depth": String(request.headers.depth) }));
	});
	const response = await nodeTransport()({ method: "PROPFIND", url, headers: { Depth: "1" }, body: "<x/>" });
	expect([response.headers.get("x-method"), response.headers.get("x-depth"), await response.text()]).toEqual([
		"PROPFIND",
		"1",
		"<x/>",
	]);
});

test("hands a redirect back unless told to follow", async () => {
	const url = await serve((_, answer) => answer.writeHead(301, { location: "/b" }).end());
	const response = await get(url);
	await response.discard();
	expect([response.status, response.permanentlyMoved]).toEqual([301, false]);
});

test("follows redirects, says whether all were permanent, and drops credentials on another origin", async () => {
	const seen: unknown[] = [];
	const other = await serve((request, answer) => {
		seen.push(request.headers.authorization, request.headers["x-token"], request.headers["if-none-match"]);
		answer.end("there");
	});
	const url = await serve((request, answer) => {
		if (request.url === "/") answer.writeHead(308, { location: "/again" }).end();
		else answer.writeHead(request.url === "/again" ? 301 : 302, { location: other.href }).end();
	});
	const headers = { authorization: "Basic eA==", "x-token": "t", "if-none-match": '"a"' };
	const permanent = await get(url, { headers, redirect: "follow" });
	expect([await permanent.text(), permanent.permanentlyMoved, permanent.url.href]).toEqual(["there", true, other.href]);
	const temporary = await get(new URL("/temporary", url), { headers, redirect: "follow" });
	expect([await temporary.text(), temporary.permanentlyMoved]).toEqual(["there", false]);
	expect(seen).toEqual([undefined, undefined, '"a"', undefined, undefined, '"a"']);
});

test.each<[string, RequestListener, object]>([
	["too_many_redirects", (_, answer) => answer.writeHead(302, { location: "/" }).end(), { redirect: "follow" }],
	["too_large", (_, answer) => answer.end("x".repeat(2000)), { maxBytes: 1000 }],
	["timeout", (_, answer) => void answer.write("begin"), { timeoutMs: 50 }],
	["timeout", () => {}, { timeoutMs: 50 }],
	[
		"connection_lost",
		(_, answer) => answer.writeHead(200, { "content-length": 10 }).write("12345", () => answer.destroy()),
		{},
	],
	["malformed_answer", (_, answer) => answer.writeHead(200, { "content-encoding": "gzip" }).end("not gzip"), {}],
	[
		"malformed_answer",
		(_, answer) => answer.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync("x".repeat(99)).subarray(0, 20)),
		{},
	],
	["aborted", () => {}, { signal: AbortSignal.abort() }],
])("throws %s", async (code, listener, more) => {
	const url = await serve(listener);
	await expect(get(url, more).then((response) => response.text())).rejects.toMatchObject({
		name: "TransportError",
		code,
	});
});

test("names refused connections, unknown names, plain http and other schemes", async () => {
	const url = await serve(() => {});
	for (const close of closers.splice(0)) close();
	await expect(get(url)).rejects.toMatchObject({ code: "connection_refused" });
	await expect(get(new URL("http://nowhere.invalid/"))).rejects.toMatchObject({ code: "address_not_found" });
	await expect(get(new URL("ftp://example.com/"))).rejects.toMatchObject({ code: "address_blocked" });
	const strict = nodeTransport({ plainHttp: false });
	await expect(strict({ method: "GET", url })).rejects.toMatchObject({ code: "plain_http_refused" });
	await expect(strict({ method: "GET", url, allowPlainHttp: true })).rejects.toMatchObject({
		code: "connection_refused",
	});
});

test("opens the socket elsewhere when told to, with the Host as asked", async () => {
	const url = await serve((request, answer) => answer.end(request.headers.host));
	const transport = nodeTransport({ connectTo: () => url });
	const response = await transport({ method: "GET", url: new URL("https://feeds.example/a.ics") });
	expect([await response.text(), response.url.href]).toEqual(["feeds.example", "https://feeds.example/a.ics"]);
});
