import { type ClientRequest, type RequestOptions, request } from "node:http";
import https from "node:https";
import { syncBuiltinESMExports } from "node:module";

/** Loaded before an example: what goes to Stripe goes to `STRIPE_PORT` of this machine, without TLS. */

function requestHere({ agent: _, ...options }: RequestOptions): ClientRequest {
	const sent = request({ ...options, protocol: "http:", host: "127.0.0.1", port: Number(process.env.STRIPE_PORT) });
	// Stripe's library waits for the TLS handshake before it sends.
	return sent.once("socket", (socket) => socket.once("connect", () => socket.emit("secureConnect")));
}

https.request = requestHere as typeof https.request;
syncBuiltinESMExports();
