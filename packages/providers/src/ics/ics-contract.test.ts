import { createHash } from "node:crypto";
import { providerContract } from "../testing/contract.ts";
import { feedOf, startFeedServer } from "../testing/feed-server.ts";
import type { ContractAccount, ContractHarness } from "../testing/harness.ts";
import { nodeTransport } from "../testing/node-transport.ts";
import { icsProvider } from "./ics-provider.ts";

/** What kind of server a feed lives on. */
interface FeedKind {
	readonly validators: "etag" | "last-modified" | "none";
	/** Every fetch has other DTSTAMPs. */
	readonly restamps: boolean;
}

async function openFeeds(kind: FeedKind): Promise<ContractHarness> {
	const server = await startFeedServer();
	let accounts = 0;
	// The provider sees https addresses, as people use; the socket goes to the local server.
	const http = nodeTransport({ connectTo: () => server.url, plainHttp: false });
	const makeAccount = async (): Promise<ContractAccount> => {
		const path = `/feed-${++accounts}.ics`;
		const components = new Map<string, string>();
		let [revision, fetches, password] = [0, 0, "secret-password"];
		server.answer(path, (request, response) => {
			const expected = `Basic ${Buffer.from(`ada:${password}`).toString("base64")}`;
			if (request.headers.authorization !== expected) {
				response.writeHead(401).end();
				return;
			}
			fetches++;
			const text = feedOf([...components.values()]);
			const body = kind.restamps ? text.replaceAll(/DTSTAMP:\d{8}/g, `DTSTAMP:${20260101 + fetches}`) : text;
			const etag = `"${createHash("sha256").update(`${revision}\n${text}`).digest("hex")}"`;
			const modified = new Date(1_760_000_000_000 + revision * 1000).toUTCString();
			const { "if-none-match": match, "if-modified-since": since } = request.headers;
			const isCurrent = kind.validators === "etag" ? match === etag : since === modified;
			const validators = { etag: { etag }, "last-modified": { "last-modified": modified }, none: {} }[kind.validators];
			if (kind.validators !== "none" && isCurrent) response.writeHead(304, validators).end();
			else response.writeHead(200, { "content-type": "text/calendar", ...validators }).end(body);
		});
		const set = async (uid: string, component: string) => {
			revision++;
			components.set(uid, component);
		};
		const address = `feeds.example${path}`;
		return {
			input: { url: `webcal://ada:secret-password@${address}` },
			wrongInputs: [
				{ url: `https://ada:wrong@${address}` },
				{ url: `https://${address}` },
				{ url: `https://${address}`, username: "ada", password: "wrong" },
			],
			createCalendar: async () => "feed",
			put: async (_, uid, ics) => set(uid, ics.split("\r\n").slice(3, -2).join("\r\n")),
			remove: async (_, uid) => {
				revision++;
				components.delete(uid);
			},
			putBroken: async (_, uid) => set(uid, `BEGIN:VEVENT\r\nUID:${uid}\r\nDTSTART:someday\r\nEND:VEVENT`),
			changeEtags: async () => {
				revision++;
			},
			revokeCredentials: async () => {
				password = "changed";
			},
		};
	};
	return { provider: icsProvider(), http, makeAccount, close: () => server.close() };
}

const KINDS: Readonly<Record<string, FeedKind>> = {
	"with ETags": { validators: "etag", restamps: false },
	"with Last-Modified": { validators: "last-modified", restamps: false },
	"with no validators, whose DTSTAMPs are always new": { validators: "none", restamps: true },
};

for (const [name, kind] of Object.entries(KINDS)) {
	providerContract(`a feed ${name}`, () => openFeeds(kind), {
		severalCalendars: false,
		lacks: ["expireCursors", "write", "uids"],
	});
}
