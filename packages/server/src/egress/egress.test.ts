import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { describe, expect, test, vi } from "vitest";
import { systemResolver } from "./connector.ts";
import { USER_AGENT } from "./egress.ts";
import { selfSigned } from "./testing/certificate.ts";
import { failureOf, get, testEgress } from "./testing/client.ts";
import { serve, serveRaw } from "./testing/servers.ts";

const allowedPrivateHosts = ["127.0.0.0/8"];
const DAY = 24 * 60 * 60 * 1000;
const SECRETS = /user|pass|path|token|secret/;

describe("a request", () => {
	test("arrives as it was given, under our name", async () => {
		const bodies: string[] = [];
		await using server = await serve(async (request, response) => {
			bodies.push((await request.toArray()).join(""));
			response.writeHead(207, { etag: '"é"', "set-cookie": ["a=1", "b=2"], dav: "1" }).end("<ok/>");
		});
		await using client = testEgress({ allowedPrivateHosts });
		const answer = await client.http({
			method: "PROPFIND",
			url: new URL(`http://own.test:${server.port}/dav/a%2Fb/?q=1`),
			headers: { Depth: "1", "Content-Type": "application/xml", Host: "evil.example" },
			body: "<propfind/>",
		});
		expect([answer.status, await answer.text(), answer.permanentlyMoved]).toEqual([207, "<ok/>", false]);
		expect(answer.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
		expect(answer.headers.get("etag")).toBe('"é"');
		expect(bodies).toEqual(["<propfind/>"]);
		expect(server.requests[0]).toMatchObject({ method: "PROPFIND", url: "/dav/a%2Fb/?q=1", httpVersion: "1.1" });
		expect(server.requests[0]?.headers).toMatchObject({
			depth: "1",
			host: `own.test:${server.port}`,
			"user-agent": USER_AGENT,
		});
		expect(USER_AGENT).toMatch(/^Kalends\/\d+\.\d+\.\d+$/);
		expect(client.records).toMatchObject([{ method: "PROPFIND", outcome: "2xx" }]);
	});

	test.each([
		["text/calendar; charset=iso-8859-1", Buffer.from("caf\xe9", "latin1"), "café"],
		["text/calendar", Buffer.from("\ufeffcafé"), "café"],
		["text/calendar; charset=klingon", Buffer.from("café"), "café"],
	])("reads %s as text", async (type, body, text) => {
		await using server = await serve((_, response) => response.setHeader("content-type", type).end(body));
		await using client = testEgress({ allowedPrivateHosts });
		expect(await (await client.http(get(`http://own.test:${server.port}/`))).text()).toBe(text);
	});

	test("body is read once", async () => {
		await using server = await serve((_, response) => response.end("x"));
		await using client = testEgress({ allowedPrivateHosts });
		const answer = await client.http(get(`http://own.test:${server.port}/`));
		await answer.text();
		await expect(answer.bytes()).rejects.toThrow(TypeError);
		await answer.discard();
	});
});

describe("a connection", () => {
	test.each(["PROPFIND", "REPORT", "MKCALENDAR", "DELETE"])("is kept after %s with a body", async (method) => {
		await using server = await serve((_, response) => response.writeHead(207).end("<ok/>"));
		await using client = testEgress({ allowedPrivateHosts });
		const url = new URL(`http://own.test:${server.port}/`);
		for (let turn = 0; turn < 3; turn++) await (await client.http({ method, url, body: "<ask/>" })).text();
		expect(server.connections()).toBe(1);
	});

	test("is used again after a whole body, a discarded one and a redirect", async () => {
		await using server = await serve((request, response) => {
			if (request.url === "/moved") response.writeHead(302, { location: "/" }).end("moved");
			else response.end("x".repeat(10_000));
		});
		await using client = testEgress({ allowedPrivateHosts });
		const url = `http://own.test:${server.port}`;
		for (let round = 0; round < 3; round++) {
			await (await client.http(get(`${url}/`))).bytes();
			await (await client.http(get(`${url}/`))).discard();
			await (await client.http(get(`${url}/moved`, { redirect: "follow" }))).text();
		}
		expect(server.requests).toHaveLength(12);
		expect(server.connections()).toBe(1);
	});

	test("with a large body left is closed by discard(), as by leaving the loop", async () => {
		await using server = await serve((_, response) => response.end(Buffer.alloc(20_000_000)));
		await using client = testEgress({ allowedPrivateHosts });
		const url = `http://own.test:${server.port}/`;
		await (await client.http(get(url))).discard();
		await server.socketClosed;
		for await (const chunk of (await client.http(get(url))).body) {
			expect(chunk.byteLength).toBeGreaterThan(0);
			break;
		}
		await (await client.http(get(url))).discard();
		expect(server.connections()).toBe(3);
		expect(client.records.map(({ outcome }) => outcome)).toEqual(["2xx", "2xx", "2xx"]);
	});

	test("made for a trusted request serves no other", async () => {
		await using server = await serve((_, response) => response.end());
		await using client = testEgress();
		const url = `http://own.test:${server.port}/`;
		await (await client.http(get(url, { trusted: true }))).bytes();
		expect((await failureOf(client.http, get(url))).code).toBe("address_blocked");
		expect((await failureOf(client.http, get(url, { allowPlainHttp: true }))).code).toBe("address_blocked");
		expect(server.requests).toHaveLength(1);
	});

	test("to one host: no more than the limit at a time, for one account fewer", async () => {
		let active = 0;
		let most = 0;
		await using server = await serve(async (_, response) => {
			most = Math.max(most, ++active);
			await new Promise((resolve) => setImmediate(resolve));
			active--;
			response.end();
		});
		await using client = testEgress({ allowedPrivateHosts, limits: { perHost: 4, perAccount: 2 } });
		const url = `http://own.test:${server.port}/`;
		const digest = (nonce: number) => `Digest username="ann", nonce="${nonce}"`;
		const calls = async (authorization: (call: number) => string) => {
			const requests = Array.from({ length: 20 }, (_, call) =>
				get(url, { headers: { authorization: authorization(call) } }),
			);
			await Promise.all(requests.map(async (request) => (await client.http(request)).bytes()));
		};
		await calls(digest);
		expect(server.connections()).toBe(2);
		await calls((call) => `Basic ${call}`);
		expect(server.connections()).toBeLessThanOrEqual(4);
		expect(most).toBeLessThanOrEqual(4);
	});
});

describe("TLS", () => {
	const now = Date.now();
	const good = selfSigned("own.test", { from: now - DAY, to: now + DAY });
	const hello = (_: unknown, response: { end(text: string): void }) => response.end("hello");

	test("is checked against the name although the socket is pinned to an address", async () => {
		const usual = getCACertificates("default");
		setDefaultCACertificates([...usual, good.cert]);
		try {
			await using server = await serve(hello, good);
			await using client = testEgress({ allowedPrivateHosts });
			expect(await (await client.http(get(`https://own.test:${server.port}/`))).text()).toBe("hello");
			expect((await failureOf(client.http, get(`https://other.test:${server.port}/`))).code).toBe("tls_failure");
			expect((await failureOf(client.http, get(`https://127.0.0.1:${server.port}/`))).code).toBe("tls_failure");
			expect(server.requests).toHaveLength(1);
		} finally {
			setDefaultCACertificates(usual);
		}
	});

	test("an unknown, an expired, and no certificate at all fail, also for trusted requests", async () => {
		const expired = selfSigned("own.test", { from: now - 2 * DAY, to: now - DAY });
		await using unknown = await serve(hello, good);
		await using late = await serve(hello, expired);
		await using plain = await serve(hello);
		await using client = testEgress();
		for (const { port } of [unknown, late, plain]) {
			const error = await failureOf(client.http, get(`https://own.test:${port}/`, { trusted: true }));
			expect(error.code).toBe("tls_failure");
		}
		expect(unknown.requests).toHaveLength(0);
	});
});

describe("a failure", () => {
	test.each<[string, string, (socket: import("node:net").Socket) => void]>([
		["closed at once", "connection_lost", (socket) => socket.end()],
		["reset at once", "connection_lost", (socket) => socket.resetAndDestroy()],
		["half of the headers", "connection_lost", (socket) => socket.end("HTTP/1.1 200 OK\r\nContent-")],
		["a body cut short", "connection_lost", (socket) => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")],
		[
			"a chunk cut short",
			"connection_lost",
			(socket) => socket.end("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf"),
		],
		[
			"reset midway",
			"connection_lost",
			(socket) => {
				socket.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", () => socket.resetAndDestroy());
			},
		],
		["another protocol", "malformed_answer", (socket) => socket.end("220 mail.example ESMTP secret\r\n")],
		[
			"two lengths",
			"malformed_answer",
			(socket) => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nhi"),
		],
	])("%s: %s", async (_, code, behave) => {
		await using server = await serveRaw((socket) => socket.once("data", () => behave(socket)));
		await using client = testEgress({ allowedPrivateHosts });
		const url = `http://user:pass@own.test:${server.port}/path?token=secret`;
		const error = await failureOf(client.http, get(url));
		expect(error.code).toBe(code);
		expect(error.message).toContain(`own.test:${server.port}`);
		expect(error.message).not.toMatch(SECRETS);
		expect(error.cause).toBeUndefined();
		expect(client.records).toMatchObject([{ outcome: code }]);
	});

	test("refused, not found", async () => {
		const gone = await serve(() => {});
		await gone[Symbol.asyncDispose]();
		await using client = testEgress({ allowedPrivateHosts });
		const refused = await failureOf(client.http, get(`http://own.test:${gone.port}/path?token=1`));
		const notFound = await failureOf(client.http, get("https://user:pass@nowhere.example/path?token=1"));
		expect([refused.code, notFound.code]).toEqual(["connection_refused", "address_not_found"]);
		for (const { message } of [refused, notFound]) expect(message).not.toMatch(SECRETS);
	});

	test("a name that no name server knows, by the machine's own resolver", async () => {
		await using client = testEgress({ resolve: systemResolver, limits: { connectMs: 30_000 } });
		expect((await failureOf(client.http, get("https://nowhere.invalid/"))).code).toBe("address_not_found");
	});

	test("cancelled before, while waiting for the answer, and in the body", async () => {
		await using server = await serve((request, response) => {
			if (request.url === "/body") response.write("begin");
		});
		await using client = testEgress({ allowedPrivateHosts });
		const url = `http://own.test:${server.port}`;
		expect((await failureOf(client.http, get(url, { signal: AbortSignal.abort() }))).code).toBe("aborted");
		expect(server.connections()).toBe(0);

		const waiting = new AbortController();
		const unanswered = failureOf(client.http, get(`${url}/`, { signal: waiting.signal }));
		await expect.poll(() => server.requests.length).toBe(1);
		waiting.abort();
		expect((await unanswered).code).toBe("aborted");

		const reading = new AbortController();
		const answer = await client.http(get(`${url}/body`, { signal: reading.signal }));
		const read = expect(answer.bytes()).rejects.toMatchObject({ code: "aborted" });
		reading.abort();
		await read;
		expect(client.records.map(({ outcome }) => outcome)).toEqual(["aborted", "aborted", "aborted"]);
	});

	test("that is cancelled before it begins leaves no timer to keep the process alive", async () => {
		vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
		try {
			await using client = testEgress({ allowedPrivateHosts });
			const cancelled = get("http://own.test:9/", { signal: AbortSignal.abort() });
			expect((await failureOf(client.http, cancelled)).code).toBe("aborted");
			expect(vi.getTimerCount()).toBe(0);
		} finally {
			vi.useRealTimers();
		}
	});

	test("closing ends what is under way", async () => {
		await using server = await serve((_, response) => response.write("begin"));
		const client = testEgress({ allowedPrivateHosts });
		const answer = await client.http(get(`http://own.test:${server.port}/`));
		const read = expect(answer.bytes()).rejects.toMatchObject({ code: "aborted" });
		await client.http.close();
		await read;
		await server.socketClosed;
		expect((await failureOf(client.http, get(`http://own.test:${server.port}/`))).code).toBe("aborted");
	});
});
