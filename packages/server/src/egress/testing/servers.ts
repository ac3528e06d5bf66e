import { once } from "node:events";
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from "node:net";
import type { TestCertificate } from "./certificate.ts";

/** A real server on 127.0.0.1 that remembers who came. */
export interface TestServer extends AsyncDisposable {
	readonly port: number;
	/** Sockets accepted so far. */
	readonly connections: () => number;
	/** Requests so far. */
	readonly requests: readonly IncomingMessage[];
	/** Resolves when a socket has closed. */
	readonly socketClosed: Promise<unknown>;
}

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export async function serve(handler: Handler, certificate?: TestCertificate): Promise<TestServer> {
	const requests: IncomingMessage[] = [];
	const listener: Handler = (request, response) => {
		requests.push(request);
		handler(request, response);
	};
	const server = certificate === undefined ? createHttpServer(listener) : createHttpsServer(certificate, listener);
	server.keepAliveTimeout = 60_000;
	return listen(server, requests);
}

/** Answers with raw bytes, or misbehaves, as `handler` wants. */
export async function serveRaw(handler: (socket: Socket) => void): Promise<TestServer> {
	return listen(createTcpServer(handler), []);
}

async function listen(server: Server, requests: readonly IncomingMessage[]): Promise<TestServer> {
	const sockets = new Set<Socket>();
	const { promise: socketClosed, resolve } = Promise.withResolvers<unknown>();
	let connections = 0;
	server.on("connection", (socket: Socket) => {
		connections++;
		sockets.add(socket);
		socket.on("error", () => {});
		socket.once("close", resolve);
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	return {
		port: (server.address() as AddressInfo).port,
		connections: () => connections,
		requests,
		socketClosed,
		[Symbol.asyncDispose]: async () => {
			for (const socket of sockets) socket.destroy();
			server.close();
			await once(server, "close");
		},
	};
}
