import net, { isIP, type Socket } from "node:net";
import { TransportError } from "@kalends/providers";
import { type Resolver, systemResolver } from "./connector.ts";

/**
 * Opens a socket to a server that the operator configured, so no address is refused. The name is resolved once, and its
 * addresses are tried in turn.
 * @param timeoutMs for name and TCP together
 * @throws TransportError address_not_found, connection_refused, timeout
 */
export async function openTrustedSocket(
	{ host, port }: { readonly host: string; readonly port: number },
	{ timeoutMs, resolve = systemResolver }: { readonly timeoutMs: number; readonly resolve?: Resolver },
): Promise<Socket> {
	const late = AbortSignal.timeout(timeoutMs);
	const addresses = isIP(host) === 0 ? await Promise.race([named(host, resolve), lateAnswer(host, late)]) : [host];
	let failure: TransportError | null = null;
	for (const address of addresses) {
		try {
			return await connect(address, port, host, late);
		} catch (error) {
			failure = error instanceof TransportError ? error : refused(host, port);
			if (late.aborted) break;
		}
	}
	throw failure ?? new TransportError("address_not_found", `The name ${host} has no address.`);
}

async function named(host: string, resolve: Resolver): Promise<readonly string[]> {
	try {
		return await resolve(host);
	} catch {
		throw new TransportError("address_not_found", `The name ${host} has no address.`);
	}
}

async function lateAnswer(host: string, signal: AbortSignal): Promise<never> {
	if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
	throw timedOut(host);
}

function connect(address: string, port: number, host: string, signal: AbortSignal): Promise<Socket> {
	return new Promise((resolve, reject) => {
		if (signal.aborted) return reject(timedOut(host));
		const socket = net.connect({ host: address, port });
		const abort = () => {
			socket.destroy();
			reject(timedOut(host));
		};
		signal.addEventListener("abort", abort, { once: true });
		socket.once("error", () => {
			signal.removeEventListener("abort", abort);
			reject(refused(host, port));
		});
		socket.once("connect", () => {
			signal.removeEventListener("abort", abort);
			socket.removeAllListeners("error");
			// Until its user listens, a broken connection must not end the process.
			socket.on("error", () => {});
			resolve(socket);
		});
	});
}

function refused(host: string, port: number): TransportError {
	return new TransportError("connection_refused", `${host}:${port} does not accept connections.`);
}

function timedOut(host: string): TransportError {
	return new TransportError("timeout", `${host} took too long to answer.`);
}
