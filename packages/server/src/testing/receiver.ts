import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** What a receiver was sent. */
export interface Received {
	readonly headers: Record<string, string>;
	readonly body: string;
	readonly message: { readonly type: string; readonly timestamp: string; readonly data: Record<string, unknown> };
}

export interface Receiver {
	readonly url: string;
	readonly received: Received[];
	/** How it answers each request, in turn; the last one stays. 200 unless told. */
	answers: { status: number; headers?: Record<string, string>; body?: string }[];
	/** Answers wait for this, where it is set. */
	gate: Promise<void> | null;
	/** Resolves when so many have come. */
	until(count: number): Promise<void>;
	close(): Promise<void>;
}

/** A receiving server on a port of this machine. */
export async function startReceiver(): Promise<Receiver> {
	const waiting = new Set<() => void>();
	const receiver = {
		received: [] as Received[],
		answers: [{ status: 200 }] as Receiver["answers"],
		gate: null as Promise<void> | null,
	};
	const server = createServer(async (request, response) => {
		const body = await text(request);
		receiver.received.push({ headers: plain(request.headers), body, message: JSON.parse(body) });
		for (const look of waiting) look();
		await receiver.gate;
		const answer = receiver.answers.length > 1 ? receiver.answers.shift() : receiver.answers[0];
		response.writeHead(answer?.status ?? 200, answer?.headers ?? {}).end(answer?.body ?? "");
	});
	await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
	const { port } = server.address() as AddressInfo;
	return Object.assign(receiver, {
		url: `http://127.0.0.1:${port}/hook`,
		until: (count: number) =>
			new Promise<void>((resolve) => {
				const look = () => {
					if (receiver.received.length < count) return;
					waiting.delete(look);
					resolve();
				};
				waiting.add(look);
				look();
			}),
		close: async () => {
			server.closeAllConnections();
			await new Promise((closed) => server.close(closed));
		},
	});
}

function plain(headers: IncomingHttpHeaders): Record<string, string> {
	return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}
