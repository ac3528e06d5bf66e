import { once } from "node:events";
import { request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { FastifyInstance } from "fastify";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { createTestServices, type TestServices } from "../testing/services.ts";
import { buildApp, closeGracefully } from "./app.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";

let made: TestServices;
const opened: FastifyInstance[] = [];

beforeAll(async () => {
	made = await createTestServices();
});
afterEach(async () => {
	for (const app of opened.splice(0)) await app.close();
});
afterAll(() => made.close());

async function appOf(endpoints: readonly Endpoint[]) {
	const app = await buildApp(made.services, endpoints, { verifyResponses: true });
	opened.push(app);
	return app;
}

const publicAccess = { kind: "public" } as const;
const common = { operationId: "probe", summary: "Probe", tag: "test", access: publicAccess } as const;

test("closing lets running requests end, then their connections", async () => {
	const started = Promise.withResolvers<void>();
	const finish = Promise.withResolvers<void>();
	const slow = endpoint({
		...common,
		method: "GET",
		path: "/v1/slow",
		responses: { 200: z.object({ done: z.boolean() }) },
		handle: async () => {
			started.resolve();
			await finish.promise;
			return { status: 200, body: { done: true } };
		},
	});
	const app = await appOf([slow]);
	await app.listen({ port: 0, host: "127.0.0.1" });
	const { port } = app.server.address() as AddressInfo;
	const request = httpRequest({ port, path: "/v1/slow", headers: { connection: "keep-alive" } }).end();
	const response = once(request, "response");
	await started.promise;
	const closed = closeGracefully(app, 60_000);
	await vi.waitFor(() => expect(app.server.listening).toBe(false));
	finish.resolve();
	const [answer] = await response;
	expect(answer.headers.connection).toBe("close");
	expect(JSON.parse(await text(answer))).toEqual({ done: true });
	await closed;
});

describe("the signal of a request", () => {
	function held() {
		const reached = Promise.withResolvers<AbortSignal>();
		const release = Promise.withResolvers<void>();
		const waiting = endpoint({
			...common,
			method: "POST",
			path: "/v1/waiting",
			body: z.object({ name: z.string().max(10) }),
			responses: { 200: z.object({ aborted: z.boolean() }) },
			handle: async ({ signal }) => {
				reached.resolve(signal);
				await release.promise;
				return { status: 200, body: { aborted: signal.aborted } };
			},
		});
		return { reached: reached.promise, release: release.resolve, waiting };
	}

	async function send(app: FastifyInstance) {
		await app.listen({ port: 0, host: "127.0.0.1" });
		const { port } = app.server.address() as AddressInfo;
		const outgoing = httpRequest({
			port,
			method: "POST",
			path: "/v1/waiting",
			headers: { "content-type": "application/json" },
		});
		outgoing.end('{"name": "a"}');
		return outgoing;
	}

	test("stays as it is once the body has been read", async () => {
		const { reached, release, waiting } = held();
		const app = await appOf([waiting]);
		const outgoing = await send(app);
		await reached;
		await new Promise((turn) => setImmediate(turn));
		release();
		const [answer] = await once(outgoing, "response");
		expect(JSON.parse(await text(answer))).toEqual({ aborted: false });
	});

	test("is aborted when the client goes", async () => {
		const { reached, release, waiting } = held();
		const app = await appOf([waiting]);
		const outgoing = await send(app);
		outgoing.on("error", () => {});
		const signal = await reached;
		const aborted = once(signal, "abort");
		outgoing.destroy();
		await aborted;
		release();
	});
});
