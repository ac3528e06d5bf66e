import { expect, test } from "vitest";
import { Kalends } from "../packages/client/src/kalends.ts";
import { Resource } from "../packages/client/src/resources/resource.ts";
import { currentDocument } from "./openapi-document.ts";

/** Endpoints that a program of the API has no use for, and whose they are. */
const WITHOUT_METHOD: readonly (readonly [pattern: RegExp, whose: string])[] = [
	[
		/^GET \/connect\/google/,
		"browsers: consent pages and signing in, at addresses that `connections.authorize` answers",
	],
	[/^POST \/push\/google$/, "Google: push messages"],
	[/^POST \/webhooks\/(stripe|payments)$/, "payment systems: what was paid"],
	[/^GET \/(healthz|readyz|metrics)$/, "monitoring"],
	[
		/^\w+ \/(rest\/v1\/calendar|api\/google-auth|oauth2callback|api\/calendar|api\/events)\//,
		"programs of before Kalends",
	],
];

test("every endpoint is reached through a method of the client, or is for somebody else", async () => {
	const { paths } = await currentDocument();
	const documented = Object.entries(paths).flatMap(([path, methods]) =>
		Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
	);
	const others = documented.filter((operation) => WITHOUT_METHOD.some(([pattern]) => pattern.test(operation)));
	const reached = new Set((await requestsOfEveryMethod()).map((request) => operationOf(request, documented)));
	expect([...reached].sort()).toEqual(documented.filter((operation) => !others.includes(operation)).sort());
	for (const [pattern, whose] of WITHOUT_METHOD)
		expect(
			others.filter((one) => pattern.test(one)),
			whose,
		).not.toEqual([]);
});

/** Calls every method there is with anything, on a server that refuses. @returns `GET /v1/events/x`, and so on */
async function requestsOfEveryMethod(): Promise<readonly string[]> {
	const requests: string[] = [];
	const client = new Kalends({
		url: "https://k.example",
		retries: 0,
		fetch: async (url, { method } = {}) => {
			requests.push(`${method} ${new URL(url).pathname}`);
			return Response.json({ code: "not_found", detail: "" }, { status: 404 });
		},
	});
	for (const group of [client, ...Object.values(client).filter((part) => part instanceof Resource)]) {
		for (const name of Object.getOwnPropertyNames(Object.getPrototypeOf(group))) {
			if (name === "constructor") continue;
			const before = requests.length;
			const answer = Reflect.get(group, name).call(group, ...(group === client ? [{}] : ["x", {}, {}]));
			await expect(Symbol.asyncIterator in answer && "next" in answer ? answer.next() : answer).rejects.toThrow();
			expect(requests.length, `requests of ${name}`).toBe(before + 1);
		}
	}
	return requests;
}

/** The documented operation of a request; a literal path wins over one with parameters. */
function operationOf(request: string, documented: readonly string[]): string {
	const fits = (operation: string) => new RegExp(`^${operation.replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(request);
	return documented.find((operation) => operation === request) ?? documented.find(fits) ?? `${request}: not documented`;
}
