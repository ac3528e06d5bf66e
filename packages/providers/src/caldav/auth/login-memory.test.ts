import { Agent } from "node:http";
import { afterEach, expect, test } from "vitest";
import { DavServer } from "../../testing/caldav/dav-server.ts";
import { nodeTransport } from "../../testing/node-transport.ts";
import { caldavProvider } from "../provider.ts";
import { LoginMemories } from "./login-memory.ts";

const agents: Agent[] = [];
const servers: DavServer[] = [];
afterEach(async () => {
	for (const agent of agents.splice(0)) agent.destroy();
	await Promise.all(servers.splice(0).map((server) => server.stop()));
});

async function account(count: number) {
	const server = await DavServer.start({ auth: { scheme: "digest", boundToConnections: true } });
	servers.push(server);
	for (let at = 0; at < count; at++) server.addCalendar(`c${at}`);
	const agent = new Agent({ keepAlive: true });
	agents.push(agent);
	const provider = caldavProvider({ trustedHost: () => true });
	const basis = { http: nodeTransport({ agent }), now: Date.now, random: () => 0 };
	const found = await provider.connect({ url: server.url.href, ...server.account }, basis);
	return { server, provider, context: { ...found, ...basis } };
}

test("a login serves the calls that follow: one request where nothing changed", async () => {
	const { server, provider, context } = await account(1);
	await provider.listCalendars(context);
	server.takeRequests();
	await provider.listCalendars(context);
	await provider.listCalendars(context);
	expect(server.takeRequests()).toHaveLength(2);
});

test("calendars that are pulled at the same time take turns, so that a nonce stays on its connection", async () => {
	const { server, provider, context } = await account(6);
	const { calendars } = await provider.listCalendars(context);
	server.takeRequests();
	const known = { etags: async () => new Map<string, string | null>(), bodies: async () => new Map<string, string>() };
	const pulls = calendars.map((calendar) => Array.fromAsync(provider.pull(calendar, null, known, context)));
	expect(await Promise.all(pulls)).toHaveLength(6);
	// Empty calendars: a report, a listing, a report.
	expect(server.takeRequests()).toHaveLength(6 * 3);
});

test("a changed password is noticed, in a few tries, and the new one works", async () => {
	const { server, provider, context } = await account(1);
	await provider.listCalendars(context);
	server.takeRequests();
	server.account.password = "changed";
	const refused = { kind: "auth_revoked", reason: "wrong_credentials" };
	await expect(provider.listCalendars(context)).rejects.toMatchObject(refused);
	await expect(provider.listCalendars(context)).rejects.toMatchObject(refused);
	expect(server.takeRequests().length).toBeLessThanOrEqual(6);
	const credentials = { ...context.credentials, password: "changed" };
	expect((await provider.listCalendars({ ...context, credentials })).calendars).toHaveLength(1);
});

test("memories are of one account and one server each, and not without end", () => {
	const memories = new LoginMemories();
	const person = { username: "a", password: "b" };
	const memory = memories.of("https://a.test/", person);
	expect(memories.of("https://a.test/", { ...person })).toBe(memory);
	expect(memories.of("https://b.test/", person)).not.toBe(memory);
	expect(memories.of("https://a.test/", { ...person, password: "c" })).not.toBe(memory);
	expect(JSON.stringify([...memory.digests])).not.toContain("b");
	for (let at = 0; at < 1_000; at++) memories.of(`https://${at}.test/`, person);
	expect(memories.of("https://a.test/", person)).not.toBe(memory);
});
