import type { AddressInfo } from "node:net";
import { answerCalendarApi } from "./calendar/api.ts";
import { controlSide } from "./control/side.ts";
import { createSandboxServer } from "./http/serve.ts";
import type { Side } from "./http/side.ts";
import { answerOAuth } from "./oauth/endpoints.ts";
import { createSigningKey } from "./oauth/signing.ts";
import type { SandboxOptions } from "./options.ts";
import { populate } from "./seed/populate.ts";
import { createWorld } from "./world/create-world.ts";
import type { World } from "./world/world.ts";

/** All that a sandbox answers; the first that knows the path is taken. */
const SIDES: readonly Side[] = [answerCalendarApi, answerOAuth];

export interface Sandbox {
	/** Origin that it is reached by, without a slash at its end. */
	readonly url: string;
	/** All that it knows, to be read and changed by tests that run in its process. */
	readonly world: World;
	/** Ends every connection, and what was still to be done. */
	close(): Promise<void>;
}

/**
 * Starts a sandbox in this process.
 *
 * @throws Error where the port is taken, or the options contradict each other
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
	let url = options.publicUrl ?? "";
	const world = createWorld(options, () => url, createSigningKey());
	const server = createSandboxServer(world, [...SIDES, controlSide(options)]);
	const host = options.host ?? "127.0.0.1";
	await new Promise<void>((resolve, reject) => {
		server.once("error", reject);
		server.listen(options.port ?? 0, host, resolve);
	});
	const { port } = server.address() as AddressInfo;
	if (url === "") url = `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
	url = url.replace(/\/$/, "");
	populate(world, options);
	return {
		url,
		world,
		async close() {
			world.clock.stop();
			const closed = new Promise<void>((resolve) => server.close(() => resolve()));
			server.closeAllConnections();
			await closed;
		},
	};
}
