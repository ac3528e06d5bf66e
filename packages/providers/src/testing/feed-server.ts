import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** How a path is answered. */
export type FeedAnswer = (request: IncomingMessage, response: ServerResponse) => void;

export interface SeenRequest {
	readonly path: string;
	readonly headers: IncomingHttpHeaders;
}

export interface FeedServer {
	/** `http://127.0.0.1:<port>/` */
	readonly url: URL;
	/** Every request so far, oldest first. */
	readonly seen: readonly SeenRequest[];
	answer(path: string, answer: FeedAnswer): void;
	/** Plain: status 200 and this body. */
	serve(path: string, body: string | Uint8Array, headers?: Record<string, string>): void;
	close(): Promise<void>;
}

/** A real HTTP server that answers each path as a test says; unknown paths 404. */
export async function startFeedServer(): Promise<FeedServer> {
	const answers = new Map<string, FeedAnswer>();
	const seen: SeenRequest[] = [];
	const server = createServer((request, response) => {
		const path = request.url ?? "/";
		seen.push({ path, headers: request.headers });
		const answer = answers.get(path);
		if (answer === undefined) response.writeHead(404).end("not here");
		else answer(request, response);
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const { port } = server.address() as AddressInfo;
	const answer = (path: string, next: FeedAnswer) => void answers.set(path, next);
	return {
		url: new URL(`http://127.0.0.1:${port}/`),
		seen,
		answer,
		serve: (path, body, headers = {}) =>
			answer(path, (_, response) => {
				response.writeHead(200, { "content-type": "text/calendar; charset=utf-8", ...headers }).end(body);
			}),
		close: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}

/** A feed of these VEVENT (or other) components. */
export function feedOf(components: readonly string[], header: readonly string[] = []): string {
	const lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Kalends//Tests//EN", ...header, ...components];
	return `${[...lines, "END:VCALENDAR"].map((line) => line.trimEnd()).join("\r\n")}\r\n`;
}
