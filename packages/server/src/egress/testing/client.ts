import { type HttpRequest, type HttpTransport, TransportError } from "@kalends/providers";
import type { Resolver } from "../connector.ts";
import { createEgress, type Egress, type EgressOptions } from "../egress.ts";
import type { ExchangeRecord } from "../exchange.ts";

export interface TestEgress extends AsyncDisposable {
	readonly http: Egress;
	/** One for each call that has ended. */
	readonly records: readonly ExchangeRecord[];
}

/** The real egress; names that end in `.test` are this machine, others have no address. */
export function testEgress(options: EgressOptions = {}): TestEgress {
	const records: ExchangeRecord[] = [];
	const http = createEgress({ resolve: testNames, observe: (record) => records.push(record), ...options });
	return { http, records, [Symbol.asyncDispose]: () => http.close() };
}

const testNames: Resolver = async (hostname) => {
	if (hostname.endsWith(".test")) return ["127.0.0.1"];
	throw Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), { code: "ENOTFOUND" });
};

/** A GET; the URL's secrets must show up nowhere. */
export function get(url: string | URL, more: Partial<HttpRequest> = {}): HttpRequest {
	return { method: "GET", url: new URL(url), ...more };
}

/** The failure of sending or of reading to the end. */
export async function failureOf(http: HttpTransport, request: HttpRequest): Promise<TransportError> {
	try {
		await (await http(request)).bytes();
	} catch (error) {
		if (error instanceof TransportError) return error;
		throw error;
	}
	throw new Error("It did not fail.");
}
