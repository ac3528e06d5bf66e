import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { setTimeout } from "node:timers/promises";

/** What the proxy may do to a request. */
export const FAULTS = [
	/** The connection breaks before the server has seen the request. */
	"drop_request",
	/** The server does what was asked, and the connection breaks before its answer. */
	"drop_answer",
	"delay",
	/** The server gets the request twice; the second answer counts. */
	"duplicate",
	/** The answer ends in the middle. */
	"truncate",
	/** 503, 429 or 500 without asking the server. */
	"refuse",
] as const;

export type Fault = (typeof FAULTS)[number];

export interface ChaosProxy {
	readonly url: URL;
	/** Probability of a fault for each request, 0 to 1. */
	setFaultRate(rate: number): void;
	/** From now on nothing gets through, or all does again. */
	setDown(down: boolean): void;
	/** From now on what writes is answered by this status, and the server not asked; null: as ever. */
	refuseWrites(status: number | null): void;
	/** The same of what is to be made, and of nothing else. */
	refuseCreations(status: number | null): void;
	/** How often each fault happened. */
	readonly counts: Readonly<Record<Fault, number>>;
	/** Requests that reached the server, by method. */
	readonly reached: ReadonlyMap<string, number>;
	stop(): Promise<void>;
}

const WRITES: ReadonlySet<string> = new Set(["PUT", "DELETE"]);

interface Answer {
	readonly status: number;
	readonly headers: Readonly<Record<string, string | string[] | undefined>>;
	readonly body: Buffer;
}

/** Stands in front of a server, on a port of its own, and mistreats requests. @param random uniform in [0, 1) */
export async function startChaosProxy(target: URL, random: () => number): Promise<ChaosProxy> {
	const counts = Object.fromEntries(FAULTS.map((fault) => [fault, 0])) as Record<Fault, number>;
	const reached = new Map<string, number>();
	let rate = 0;
	let down = false;
	let refusal: number | null = null;
	let creation: number | null = null;

	const forward = async (incoming: IncomingMessage, body: Buffer): Promise<Answer> => {
		reached.set(incoming.method ?? "", (reached.get(incoming.method ?? "") ?? 0) + 1);
		const answer = await new Promise<IncomingMessage>((resolve, reject) => {
			const { hostname, port } = target;
			const outgoing = { hostname, port, path: incoming.url, method: incoming.method, headers: incoming.headers };
			request(outgoing, resolve).on("error", reject).end(body);
		});
		return { status: answer.statusCode ?? 502, headers: answer.headers, body: await buffer(answer) };
	};

	const serve = async (incoming: IncomingMessage, response: ServerResponse) => {
		const body = await buffer(incoming);
		const fault = random() < rate ? FAULTS[Math.floor(random() * FAULTS.length)] : undefined;
		if (down) return void incoming.socket.destroy();
		if (refusal !== null && WRITES.has(incoming.method ?? "")) return void response.writeHead(refusal).end();
		if (creation !== null && incoming.method === "PUT" && incoming.headers["if-none-match"] === "*") {
			return void response.writeHead(creation).end();
		}
		if (fault !== undefined) counts[fault]++;
		if (fault === "drop_request") return void incoming.socket.destroy();
		if (fault === "refuse") {
			const status = [503, 429, 500][Math.floor(random() * 3)] ?? 503;
			return void response.writeHead(status, status === 500 ? {} : { "retry-after": "1" }).end();
		}
		if (fault === "delay") await setTimeout(random() * 400);
		if (fault === "duplicate") await forward(incoming, body);
		const answer = await forward(incoming, body);
		if (fault === "drop_answer") return void incoming.socket.destroy();
		response.writeHead(answer.status, answer.headers);
		if (fault === "truncate" && answer.body.length > 1) {
			// With content-length or chunks unfinished, the client can tell.
			return void response.write(answer.body.subarray(0, answer.body.length / 2), () => incoming.socket.destroy());
		}
		response.end(answer.body);
	};

	const server = createServer((incoming, response) => {
		serve(incoming, response).catch(() => incoming.socket.destroy());
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	return {
		url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`),
		setFaultRate: (value) => {
			rate = value;
		},
		setDown: (value) => {
			down = value;
			if (down) server.closeAllConnections();
		},
		refuseWrites: (status) => {
			refusal = status;
		},
		refuseCreations: (status) => {
			creation = status;
		},
		counts,
		reached,
		stop: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}
