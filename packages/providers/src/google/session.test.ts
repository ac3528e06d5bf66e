import { expect, test } from "vitest";
import { ProviderFailure } from "../port/failure.ts";
import { type HttpRequest, TransportError } from "../port/http.ts";
import type { ProviderContext } from "../port/provider.ts";
import { answer } from "../testing/google/google-side.ts";
import { type GoogleRequest, Session } from "./session.ts";

const REQUEST: GoogleRequest = {
	method: "GET",
	path: ["calendars", "a/b@example.com", "events"],
	query: { maxResults: "2500", pageToken: undefined },
	exchange: { operation: "list_events" },
};

function session(statuses: readonly number[], tokens: readonly string[], pause?: ProviderContext["pause"]) {
	const requests: HttpRequest[] = [];
	const asked: (string | undefined)[] = [];
	const made = new Session(new URL("https://www.example.com/root"), {
		http: async (request) => answer(request, statuses[requests.push(request) - 1] ?? 500, {}),
		tokens: {
			get: async (rejected) => {
				asked.push(rejected);
				return tokens[asked.length - 1] ?? "";
			},
		},
		now: () => 0,
		...(pause === undefined ? {} : { pause }),
	});
	return { made, requests, asked };
}

test("asks below the API's root, signed, compressed, as the operator's own address", async () => {
	const { made, requests } = session([200], ["t1"]);
	await made.send({ ...REQUEST, ifMatch: '"5"', body: { a: 1 } });
	expect(requests).toMatchObject([
		{
			url: new URL("https://www.example.com/root/calendar/v3/calendars/a%2Fb%40example.com/events?maxResults=2500"),
			headers: {
				authorization: "Bearer t1",
				"if-match": '"5"',
				"content-type": "application/json",
				"user-agent": expect.stringContaining("gzip"),
			},
			body: '{"a":1}',
			trusted: true,
		},
	]);
});

test("a refused token is renewed once, and the request sent again", async () => {
	const { made, requests, asked } = session([401, 200], ["t1", "t2"]);
	expect((await made.send(REQUEST)).status).toBe(200);
	expect(asked).toEqual([undefined, "t1"]);
	expect(requests.map(({ headers }) => headers?.authorization)).toEqual(["Bearer t1", "Bearer t2"]);
});

test("a renewed token that is refused too is renewed once more, after a pause", async () => {
	const pauses: number[] = [];
	const { made, requests, asked } = session([401, 401, 200], ["t1", "t2", "t3"], async (ms) => void pauses.push(ms));
	expect((await made.send(REQUEST)).status).toBe(200);
	expect([asked, pauses.length, requests.length]).toEqual([[undefined, "t1", "t2"], 1, 3]);
});

test("that no token is taken although new ones are given is not that the consent was withdrawn", async () => {
	const { made, requests } = session([401, 401, 401, 200], ["t1", "t2", "t3", "t4"], async () => {});
	await expect(made.send(REQUEST)).rejects.toMatchObject({
		kind: "auth_revoked",
		reason: "token_refused",
		status: 401,
	});
	expect(requests).toHaveLength(3);
});

test("what the tokens and the transport throw is the failure", async () => {
	const failing = (http: () => never, get: () => Promise<string>) =>
		new Session(new URL("https://www.example.com"), { http, tokens: { get }, now: () => 0 }).send(REQUEST);
	const revoked = new ProviderFailure("auth_revoked", { reason: "grant_revoked", message: "gone" });
	const lost = () => {
		throw new TransportError("connection_lost", "lost");
	};
	await expect(failing(lost, () => Promise.reject(revoked))).rejects.toBe(revoked);
	await expect(failing(lost, async () => "t")).rejects.toMatchObject({
		kind: "unavailable",
		reason: "connection_lost",
	});
	const without = new Session(new URL("https://www.example.com"), { http: lost, now: () => 0 });
	await expect(without.send(REQUEST)).rejects.toMatchObject({ kind: "auth_revoked" });
});
