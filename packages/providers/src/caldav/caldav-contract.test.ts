import { Agent } from "node:http";
import { DavServer, type Quirks } from "../testing/caldav/dav-server.ts";
import { providerContract } from "../testing/contract.ts";
import type { ContractHarness } from "../testing/harness.ts";
import { nodeTransport } from "../testing/node-transport.ts";
import { startRadicale } from "../testing/radicale.ts";
import type { RealServer } from "../testing/real-server.ts";
import { startXandikos } from "../testing/xandikos.ts";
import { caldavProvider } from "./provider.ts";

/** Radicale, and servers that are legal or at least seen in the wild: all must look the same through the port. */
const SERVERS: Readonly<Record<string, Quirks>> = {
	"by the book": {},
	"Digest, two members a page, odd prefixes, CDATA, absolute hrefs": {
		auth: { scheme: "digest", algorithm: "SHA-256-sess", nonceUses: 5 },
		pageSize: 2,
		style: {
			prefix: "",
			cdata: true,
			contentType: "text/html",
			href: (path) => (path.startsWith("/calendars/") ? `http://internal.invalid:8080/${path}` : path),
		},
	},
	"ctag only": { sync: false },
	"neither ctag nor sync-collection": { sync: false, ctag: false },
	"sync-collection listed but refused": { sync: { refused: 403 } },
	"a sync-token that stands still": { frozenToken: "urn:frozen" },
	"no sync-token in the report": { noToken: true },
	"bad tokens as 409, multiget that leaves members out, a query that finds little": {
		badTokenStatus: 409,
		hiddenFromMultiget: (name) => name.length % 2 === 0,
		hiddenFromQuery: (name) => name.length % 3 === 0,
	},
	"multiget not supported": { multigetStatus: 501 },
	"a bad token as an internal error (Xandikos)": { badTokenStatus: 500 },
	"a forgotten token answered like an empty one (DAViCal)": { badTokenStatus: "forgotten" },
	"ctag and tokens in whole seconds (SOGo)": { secondStamps: true },
	"Digest that is bound to connections (Cyrus)": { auth: { scheme: "digest", boundToConnections: true } },
	"ctag alone, in whole seconds": { sync: false, secondStamps: true },
	"a body rewritten, its etag not told": { rewrites: true },
	"weak etags in answers to PUT": { putEtag: "weak" },
	"etags marked by a proxy that compresses": { putEtag: "marked" },
	"weak etags everywhere": { weakEtags: true },
	"refusals inside a multistatus": { wrapsRefusals: true, putStatus: 207 },
	"names of its own, told": { renames: "told", uidConflict: 409 },
	"names of its own, not told, conflicts in words": { renames: "silent", uidConflict: 400 },
	"scheduling (RFC 6638)": { autoSchedule: true },
};

for (const [name, quirks] of Object.entries(SERVERS)) {
	providerContract(`CalDAV (${name})`, () => scripted(quirks), { manyResources: 120, propertyRuns: 10 });
}
const REAL_SERVERS_LACK = ["revokeCredentials", "expireCursors", "changeEtags", "putBroken"] as const;
providerContract("CalDAV (Radicale)", async () => real(await startRadicale({ password: "secret" })), {
	propertyRuns: 5,
	manyResources: 120,
	lacks: REAL_SERVERS_LACK,
});
providerContract("CalDAV (Xandikos)", async () => real(await startXandikos()), {
	propertyRuns: 2,
	manyResources: 60,
	lacks: [...REAL_SERVERS_LACK, "wrongInputs", "escapes"],
});

const provider = caldavProvider({ trustedHost: () => true });

/** The name of a member in its collection, from its id. */
const nameOf = (id: string) => decodeURIComponent(id.split("/").at(-1) ?? "");

async function scripted(quirks: Quirks): Promise<ContractHarness> {
	const servers: DavServer[] = [];
	const agent = new Agent({ keepAlive: true });
	return {
		provider,
		http: nodeTransport({ agent }),
		async makeAccount() {
			const server = await DavServer.start(quirks);
			servers.push(server);
			const { username, password } = server.account;
			const input = { url: server.url.href, username, password };
			const calendar = (id: string) => {
				const found = server.calendars.get(id);
				if (found === undefined) throw new Error(`no calendar ${id}`);
				return found;
			};
			return {
				input,
				wrongInputs: [{ ...input, password: "wrong" }],
				createCalendar: async (name) => server.addCalendar(name).path,
				deleteCalendar: async (id) => void server.calendars.delete(id),
				put: async (id, uid, ics) => void calendar(id).put(calendar(id).nameOf(uid), ics),
				remove: async (id, uid) => calendar(id).remove(calendar(id).nameOf(uid)),
				putBroken: async (id, uid) => void calendar(id).put(`${uid}.ics`, "BEGIN:VCALENDAR\r\nthis is torn"),
				write: {
					stored: async (id, resource) => calendar(id).resources.get(nameOf(resource))?.ics ?? null,
					replace: async (id, resource, ics) => void calendar(id).put(nameOf(resource), ics),
					erase: async (id, resource) => calendar(id).remove(nameOf(resource)),
				},
				expireCursors: async (id) => {
					calendar(id).epoch++;
				},
				changeEtags: async (id) => calendar(id).touchAll(),
				revokeCredentials: async () => {
					server.account.password = "changed";
				},
			};
		},
		close: async () => {
			agent.destroy();
			await Promise.all(servers.map((server) => server.stop()));
		},
	};
}

async function real(server: RealServer): Promise<ContractHarness> {
	const { username, password } = server;
	const input = { url: server.url.href, ...(password === "" ? {} : { username, password }) };
	const wrong = { url: server.url.href, username, password: "wrong" };
	let made: string[] = [];
	return {
		provider,
		http: nodeTransport(),
		async makeAccount() {
			await Promise.all(made.map((path) => server.deleteCollection(path)));
			made = [];
			return {
				input,
				wrongInputs: password === "" ? [] : [wrong, { ...wrong, username: "nobody" }],
				async createCalendar(name) {
					const path = await server.createCalendar(`${name}-${made.length}`, { displayName: name });
					made.push(path);
					return path;
				},
				async deleteCalendar(id) {
					await server.deleteCollection(id);
					made = made.filter((path) => path !== id);
				},
				put: async (id, uid, ics) => void (await server.put(id, `${uid}.ics`, ics)),
				remove: (id, uid) => server.remove(id, `${uid}.ics`),
				write: {
					stored: (id, resource) => server.get(id, nameOf(resource)),
					replace: async (id, resource, ics) => void (await server.put(id, nameOf(resource), ics)),
					erase: (id, resource) => server.remove(id, nameOf(resource)),
				},
			};
		},
		close: () => server.stop(),
	};
}
