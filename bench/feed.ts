import { once } from "node:events";
import { createServer } from "node:http";
import { inOneCalendar, makeFixture } from "../e2e/support/fixture.ts";

/** An ICS feed on loopback that answers at once. */
export interface Feed {
	readonly url: string;
	close(): void;
}

export async function serveFeed(options: { singles: number; recurring: number; from: string }): Promise<Feed> {
	const body = Buffer.from(inOneCalendar(makeFixture({ seed: 3, ...options })));
	const server = createServer((_, answer) => {
		answer.writeHead(200, { "content-type": "text/calendar; charset=utf-8", etag: '"1"' });
		answer.end(body);
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	const address = server.address();
	if (address === null || typeof address === "string") throw new Error("no port");
	return { url: `http://127.0.0.1:${address.port}/feed.ics`, close: () => server.close() };
}
