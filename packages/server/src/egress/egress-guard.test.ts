import diagnostics from "node:diagnostics_channel";
import type { Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { systemResolver } from "./connector.ts";
import { failureOf, get, testEgress } from "./testing/client.ts";
import { serve } from "./testing/servers.ts";

/** Public by its form, in space that nobody has been given, so that no packet reaches anybody. */
const PUBLIC = "3000::1";
const hello = (_: unknown, response: { end(text: string): void }) => response.end("hello");

describe("rebinding", () => {
	test("a name that answers public first and 127.0.0.1 then never leads to 127.0.0.1", async () => {
		await using sentinel = await serve(hello);
		const answers = [PUBLIC, "127.0.0.1"];
		const asked: string[] = [];
		const attempted: unknown[] = [];
		const watch = (message: unknown) => {
			const { socket } = message as { socket: Socket };
			socket.on("connectionAttempt", (address) => attempted.push(address));
		};
		await using client = testEgress({
			limits: { connectMs: 300 },
			resolve: async (name) => {
				asked.push(name);
				return [answers[asked.length - 1] ?? "127.0.0.1"];
			},
		});
		const request = get(`http://rebind.example:${sentinel.port}/`, { allowPlainHttp: true });
		diagnostics.subscribe("net.client.socket", watch);
		const first = await failureOf(client.http, request);
		expect(asked).toEqual(["rebind.example"]);
		expect(["timeout", "connection_refused", "connection_lost"]).toContain(first.code);
		expect(attempted).toEqual([PUBLIC]);
		const second = await failureOf(client.http, request);
		diagnostics.unsubscribe("net.client.socket", watch);
		expect(second.code).toBe("address_blocked");
		expect(asked).toHaveLength(2);
		expect(attempted).toEqual([PUBLIC]);
		expect(sentinel.connections()).toBe(0);
	});

	test("the sentinel would have been reached: allowed by name it is, through one lookup for each socket", async () => {
		await using sentinel = await serve(hello);
		const asked: string[] = [];
		await using client = testEgress({
			allowedPrivateHosts: ["rebind.example"],
			resolve: async (name) => {
				asked.push(name);
				return ["127.0.0.1"];
			},
		});
		const answer = await client.http(get(`http://rebind.example:${sentinel.port}/`));
		expect(await answer.text()).toBe("hello");
		expect([sentinel.connections(), asked]).toEqual([1, ["rebind.example"]]);
	});
});

describe("a private server", () => {
	test.each([
		["localhost by the machine's own resolver", "localhost"],
		["a literal", "127.0.0.1"],
		["IPv6", "[::1]"],
	])("is out of reach as %s", async (_, host) => {
		await using server = await serve(hello);
		await using client = testEgress({ resolve: systemResolver });
		const error = await failureOf(client.http, get(`http://${host}:${server.port}/`, { allowPlainHttp: true }));
		expect(error.code).toBe("address_blocked");
		expect(server.connections()).toBe(0);
	});

	test.each([
		["by name", ["nas.test"]],
		["by name and port", ["nas.test:PORT"]],
		["by address", ["127.0.0.1"]],
		["by address and port", ["127.0.0.1:PORT"]],
		["by range", ["127.0.0.0/8"]],
	])("is reached by plain http when the operator lists it %s", async (_, entries) => {
		await using server = await serve(hello);
		const allowedPrivateHosts = entries.map((entry) => entry.replace("PORT", String(server.port)));
		await using client = testEgress({ allowedPrivateHosts });
		const answer = await client.http(get(`http://nas.test:${server.port}/`));
		expect([answer.status, await answer.text()]).toEqual([200, "hello"]);
	});

	test("is reached by a trusted request and by URLs of the operator's hosts, and by no other", async () => {
		await using server = await serve(hello);
		const url = `http://own.test:${server.port}/`;
		await using client = testEgress();
		const answer = await client.http(get(url, { trusted: true }));
		expect(await answer.text()).toBe("hello");
		expect((await failureOf(client.http, get(url))).code).toBe("address_blocked");
		expect(server.connections()).toBe(1);
		await using configured = testEgress({ trustedUrls: [new URL(`http://own.test:${server.port}/dav`)] });
		expect(await (await configured.http(get(url))).text()).toBe("hello");
	});
});

describe("a redirect", () => {
	test.each(["http://169.254.169.254/latest/meta-data/", "http://[::ffff:a9fe:a9fe]/", "http://0x7f.1/"])(
		"to %s is blocked",
		async (location) => {
			await using server = await serve((_, response) => response.writeHead(302, { location }).end());
			await using client = testEgress({ allowedPrivateHosts: ["open.test"] });
			const request = get(`http://open.test:${server.port}/`, { redirect: "follow", allowPlainHttp: true });
			expect((await failureOf(client.http, request)).code).toBe("redirect_blocked");
			expect(server.requests).toHaveLength(1);
		},
	);

	test("to a private server is blocked, also from a trusted one", async () => {
		await using sentinel = await serve(hello);
		await using server = await serve((_, response) =>
			response.writeHead(307, { location: `http://inner.test:${sentinel.port}/` }).end(),
		);
		await using client = testEgress();
		const request = get(`http://own.test:${server.port}/`, { redirect: "follow", trusted: true, allowPlainHttp: true });
		expect((await failureOf(client.http, request)).code).toBe("redirect_blocked");
		expect(sentinel.connections()).toBe(0);
	});
});

test.each(["ftp://cal.example/", "file:///etc/passwd", "webcal://cal.example/", "data:,x"])(
	"%s is refused",
	async (url) => {
		await using client = testEgress();
		expect((await failureOf(client.http, get(url, { trusted: true }))).code).toBe("address_blocked");
	},
);

test("plain http to a public host is refused before a connection, unless the request allows it", async () => {
	await using unused = await serve(hello);
	await using client = testEgress({ resolve: async () => [PUBLIC], limits: { connectMs: 300 } });
	const url = `http://cal.example:${unused.port}/`;
	expect((await failureOf(client.http, get(url))).code).toBe("plain_http_refused");
	const allowed = await failureOf(client.http, get(url, { allowPlainHttp: true }));
	expect(["timeout", "connection_refused", "connection_lost"]).toContain(allowed.code);
});
