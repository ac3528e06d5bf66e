import type { CaldavOptions } from "../../caldav/options.ts";
import { caldavProvider } from "../../caldav/provider.ts";
import { ProviderFailure } from "../../port/failure.ts";
import type { ConnectInput, Discovered } from "../../port/provider.ts";
import { nodeTransport } from "../node-transport.ts";
import { DavServer, type Quirks } from "./dav-server.ts";

const servers: DavServer[] = [];

/** A server with one calendar, until `stopDavServers`. */
export async function startDav(quirks: Quirks = {}): Promise<DavServer> {
	const server = await DavServer.start(quirks);
	servers.push(server);
	server.addCalendar("work");
	return server;
}

export async function stopDavServers(): Promise<void> {
	await Promise.all(servers.splice(0).map((server) => server.stop()));
}

export const CONTEXT = { http: nodeTransport(), now: Date.now, random: Math.random };
export const TRUSTING: CaldavOptions = { trustedHost: () => true };

/** Connects the server's account from its root, unless told otherwise. */
export function connectDav(
	server: DavServer,
	input: Partial<ConnectInput> = {},
	options: CaldavOptions = TRUSTING,
): Promise<Discovered> {
	return caldavProvider(options).connect({ url: server.url.href, ...server.account, ...input }, CONTEXT);
}

/** @throws where it does not fail, or with anything but a ProviderFailure */
export async function failureOf(promise: Promise<unknown>): Promise<ProviderFailure> {
	try {
		await promise;
	} catch (error) {
		if (error instanceof ProviderFailure) return error;
		throw error;
	}
	throw new Error("it did not fail");
}
