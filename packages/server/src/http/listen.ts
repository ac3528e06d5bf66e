import type { FastifyInstance } from "fastify";
import type { Config } from "../config.ts";

/** The port cannot be listened on. The message is one sentence for the operator. */
export class ListenError extends Error {
	override readonly name = "ListenError";
	readonly code: "port_taken" | "cannot_listen";

	constructor(code: ListenError["code"], message: string, options?: { cause?: unknown }) {
		super(message, options);
		this.code = code;
	}
}

/** @throws ListenError */
export async function listen(app: FastifyInstance, { host, port }: Pick<Config, "host" | "port">): Promise<void> {
	try {
		// Fastify would log the addresses; the welcome line says where it is.
		await app.listen({ host, port, listenTextResolver: () => "listening" });
	} catch (error) {
		throw listenFault(error, host, port);
	}
}

function listenFault(error: unknown, host: string, port: number): ListenError {
	const code = error instanceof Error && "code" in error ? error.code : undefined;
	const fault = (kind: ListenError["code"], message: string) => new ListenError(kind, message, { cause: error });
	switch (code) {
		case "EADDRINUSE":
			return fault("port_taken", `Port ${port} on ${host} is taken by another program. Stop it, or set another PORT.`);
		case "EACCES":
			return fault("cannot_listen", `This user may not listen on port ${port}. Set a PORT from 1024 up.`);
		case "EADDRNOTAVAIL":
		case "ENOTFOUND":
			return fault(
				"cannot_listen",
				`HOST is ${host}, which is no address of this machine. Set 127.0.0.1, or 0.0.0.0 for all.`,
			);
		default: {
			const reason = error instanceof Error ? error.message : String(error);
			return fault("cannot_listen", `Cannot listen on ${host}, port ${port}: ${reason}.`);
		}
	}
}
