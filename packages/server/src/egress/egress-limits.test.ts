import { brotliCompressSync, constants, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { failureOf, get, testEgress } from "./testing/client.ts";
import { serve, serveRaw } from "./testing/servers.ts";

const allowedPrivateHosts = ["127.0.0.0/8"];
const MEGABYTE = 1024 * 1024;
const TEXT = "BEGIN:VCALENDAR\r\n".repeat(5_000);

describe("an encoded body", () => {
	const encodings: [string, Buffer][] = [
		["gzip", gzipSync(TEXT)],
		["x-gzip", gzipSync(TEXT)],
		["deflate", deflateSync(TEXT)],
		["deflate", deflateRawSync(TEXT)],
		["br", brotliCompressSync(TEXT)],
		["gzip, br", brotliCompressSync(gzipSync(TEXT))],
		["identity", Buffer.from(TEXT)],
		["GZIP", gzipSync(TEXT)],
	];

	test.each(encodings)("%s is decoded", async (encoding, body) => {
		await using server = await serve((_, response) => response.setHeader("content-encoding", encoding).end(body));
		await using client = testEgress({ allowedPrivateHosts });
		const answer = await client.http(get(`http://own.test:${server.port}/`));
		expect(await answer.text()).toBe(TEXT);
		expect(server.requests[0]?.headers["accept-encoding"]).toBe("gzip, deflate, br");
	});

	test.each(["gzip", "br"])("%s that is empty is empty", async (encoding) => {
		await using server = await serve((_, response) => response.setHeader("content-encoding", encoding).end());
		await using client = testEgress({ allowedPrivateHosts });
		for (const method of ["GET", "HEAD"]) {
			const answer = await client.http(get(`http://own.test:${server.port}/`, { method }));
			expect(await answer.bytes()).toHaveLength(0);
		}
	});

	test.each([
		["gzip", gzipSync(TEXT).subarray(0, 100)],
		["gzip", Buffer.from("not compressed")],
		["br", brotliCompressSync(TEXT).subarray(0, 20)],
		["br", Buffer.from("\xff\xff\xff\xff\xff", "latin1")],
		["zstd", Buffer.from("x")],
		["gzip, gzip, gzip", gzipSync(gzipSync(gzipSync(TEXT)))],
	])("%s that is cut, broken or was not asked for is malformed", async (encoding, body) => {
		await using server = await serve((_, response) => response.setHeader("content-encoding", encoding).end(body));
		await using client = testEgress({ allowedPrivateHosts });
		expect((await failureOf(client.http, get(`http://own.test:${server.port}/`))).code).toBe("malformed_answer");
		expect(client.records).toMatchObject([{ outcome: "malformed_answer" }]);
	});

	const zeros = Buffer.alloc(200 * MEGABYTE);
	const bombs: [string, () => Buffer][] = [
		["gzip", () => gzipSync(zeros)],
		["deflate", () => deflateSync(zeros)],
		["br", () => brotliCompressSync(zeros, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } })],
		["gzip, gzip", () => gzipSync(gzipSync(zeros))],
	];
	test.each(bombs)("%s bomb of 200 MB stops at the cap with little memory", async (encoding, make) => {
		const bomb = make();
		await using server = await serve((_, response) => response.setHeader("content-encoding", encoding).end(bomb));
		await using client = testEgress({ allowedPrivateHosts });
		const answer = await client.http(get(`http://own.test:${server.port}/`, { maxBytes: MEGABYTE }));
		let decoded = 0;
		const before = process.memoryUsage().rss;
		let most = before;
		const read = async () => {
			for await (const chunk of answer.body) {
				decoded += chunk.byteLength;
				most = Math.max(most, process.memoryUsage().rss);
			}
		};
		await expect(read()).rejects.toMatchObject({ code: "too_large" });
		expect(decoded).toBeLessThanOrEqual(MEGABYTE);
		expect(most - before).toBeLessThan(64 * MEGABYTE);
	});
});

test("compressed bytes that decode to nothing, without end, are counted too", async () => {
	// RFC 1951 §3.2.4: stored blocks of length zero.
	const emptyBlocks = Buffer.from("000000ffff".repeat(10_000), "hex");
	await using server = await serve((_, response) => {
		response.setHeader("content-encoding", "gzip").write(Buffer.from("1f8b0800000000000003", "hex"));
		const more = () => {
			while (response.write(emptyBlocks));
			response.once("drain", more);
		};
		more();
	});
	await using client = testEgress({ allowedPrivateHosts });
	const request = get(`http://own.test:${server.port}/`, { maxBytes: MEGABYTE });
	expect((await failureOf(client.http, request)).code).toBe("too_large");
	await server.socketClosed;
});

describe("size", () => {
	test.each([
		[MEGABYTE, null],
		[MEGABYTE + 1, "too_large"],
	])("%i bytes with a limit of a megabyte: %s", async (size, code) => {
		await using server = await serve((_, response) => response.end(Buffer.alloc(size, "x")));
		await using client = testEgress({ allowedPrivateHosts });
		const request = get(`http://own.test:${server.port}/`, { maxBytes: MEGABYTE });
		if (code === null) expect(await (await client.http(request)).bytes()).toHaveLength(size);
		else expect((await failureOf(client.http, request)).code).toBe(code);
	});

	test("an endless body stops at the transport's own limit, and its connection is closed", async () => {
		await using server = await serve((_, response) => {
			const more = () => {
				while (response.write(Buffer.alloc(64 * 1024)));
				response.once("drain", more);
			};
			more();
		});
		await using client = testEgress({ allowedPrivateHosts, limits: { maxBytes: MEGABYTE } });
		expect((await failureOf(client.http, get(`http://own.test:${server.port}/`))).code).toBe("too_large");
		await server.socketClosed;
	});

	test("endless headers are malformed", async () => {
		await using server = await serveRaw((socket) => {
			socket.write("HTTP/1.1 200 OK\r\n");
			const more = () => {
				while (socket.write(`x-more: ${"y".repeat(1000)}\r\n`));
				socket.once("drain", more);
			};
			more();
		});
		await using client = testEgress({ allowedPrivateHosts });
		expect((await failureOf(client.http, get(`http://own.test:${server.port}/`))).code).toBe("malformed_answer");
	});
});

describe("time", () => {
	test("a slow drip ends at the total time, although every byte comes in time", async () => {
		await using server = await serve((_, response) => {
			const drip = setInterval(() => response.write("x"), 20);
			response.on("close", () => clearInterval(drip));
		});
		await using client = testEgress({ allowedPrivateHosts, limits: { idleMs: 10_000 } });
		const request = get(`http://own.test:${server.port}/`, { timeoutMs: 300 });
		expect((await failureOf(client.http, request)).code).toBe("timeout");
		await server.socketClosed;
		expect(client.records).toMatchObject([{ method: "GET", outcome: "timeout" }]);
	});

	test.each([
		["never answers", "headersMs", () => {}],
		["stops in the middle", "idleMs", (response: { write(text: string): void }) => response.write("begin")],
	] as const)("a server that %s", async (_, limit, behave) => {
		await using server = await serve((_, response) => behave(response));
		await using client = testEgress({ allowedPrivateHosts, limits: { [limit]: 200 } });
		expect((await failureOf(client.http, get(`http://own.test:${server.port}/`))).code).toBe("timeout");
		await server.socketClosed;
	});

	test("a name server that never answers", async () => {
		await using client = testEgress({ resolve: () => new Promise(() => {}), limits: { connectMs: 100 } });
		expect((await failureOf(client.http, get("https://slow.example/"))).code).toBe("timeout");
	});

	test("a peer that accepts and never speaks TLS", async () => {
		await using server = await serveRaw(() => {});
		await using client = testEgress({ allowedPrivateHosts, limits: { connectMs: 200 } });
		expect((await failureOf(client.http, get(`https://own.test:${server.port}/`))).code).toBe("timeout");
	});

	test("an answer that nobody reads gives its turn back at the total time", async () => {
		await using server = await serve((_, response) => response.write("more to come"));
		await using client = testEgress({ allowedPrivateHosts, limits: { perHost: 1, perAccount: 1 } });
		const request = get(`http://own.test:${server.port}/`, { timeoutMs: 200 });
		await client.http(request);
		const second = await client.http(request);
		expect(second.status).toBe(200);
		expect(client.records).toMatchObject([{ outcome: "timeout" }]);
	});

	test("waiting for a turn is bounded too", async () => {
		await using server = await serve((_, response) => response.write("more to come"));
		await using client = testEgress({ allowedPrivateHosts, limits: { perHost: 1, perAccount: 1, queueMs: 100 } });
		await client.http(get(`http://own.test:${server.port}/`));
		expect((await failureOf(client.http, get(`http://own.test:${server.port}/`))).code).toBe("timeout");
		expect(server.requests).toHaveLength(1);
	});
});
