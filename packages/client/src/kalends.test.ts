import { inspect } from "node:util";
import { describe, expect, test, vi } from "vitest";
import { Kalends, KalendsError } from "./index.ts";
import { problem, type ScriptedAnswer, scripted } from "./testing.ts";

const LOST = new TypeError("fetch failed");
const AWAY = problem(503, "unavailable");
const EMPTY = { data: [], next_cursor: null };
const NEW_EVENT = { title: "Lunch", start: { date: "2026-12-05" } };

async function failureOf(work: Promise<unknown>): Promise<KalendsError> {
	const error = await work.then(
		() => null,
		(thrown: unknown) => thrown,
	);
	if (error instanceof KalendsError) return error;
	throw new Error("it did not fail with a KalendsError", { cause: error });
}

describe("requests", () => {
	test("a key, a user to act for and a query travel as the API wants them", async () => {
		const { options, requests } = scripted(Response.json(EMPTY));
		const kalends = new Kalends({ ...options, url: "https://k.example/", actFor: "usr_1" });
		await kalends.events.list({
			calendar_id: ["cal_1", "cal_2"],
			show_cancelled: true,
			q: undefined,
			time_zone: "UTC",
		});
		expect(requests[0]).toMatchObject({
			method: "GET",
			url: "https://k.example/v1/events?calendar_id=cal_1&calendar_id=cal_2&show_cancelled=true&time_zone=UTC",
		});
		expect(Object.fromEntries(requests[0]?.headers ?? [])).toMatchObject({
			authorization: "Bearer kal_x",
			"kalends-user": "usr_1",
		});
	});

	test("ids are escaped, and an edit says its scope and which state it is of", async () => {
		const { options, requests } = scripted(Response.json({ id: "evt_1" }));
		await new Kalends(options).events.update("../x?", { title: "A" }, { scope: "this", ifMatch: "7" });
		expect(requests[0]?.url).toBe("https://k.example/v1/events/..%2Fx%3F?scope=this");
		expect(requests[0]?.headers.get("if-match")).toBe("7");
		expect(requests[0]?.body).toEqual({ title: "A" });
	});

	test.each(["", undefined, ".", ".."])(
		"an id that is not there (%s) never makes it the request for all of them",
		async (id) => {
			const { options, requests } = scripted();
			await expect(new Kalends(options).sessions.delete(id as string)).rejects.toThrow(
				"/v1/sessions/{id} needs the id",
			);
			expect(requests).toEqual([]);
		},
	);

	test.each([undefined, "", "kalends.example.org", "localhost:3000"])(
		"outside of a page %s is no server",
		async (url) => {
			const asked = new Kalends({ url, apiKey: "kal_x", retries: 0 }).me.get();
			await expect(asked).rejects.toThrow("url has to be the server's, such as https://");
		},
	);

	test.each(["kal_se…cret", "kal_se\ncret", "kal_se\0cret"])(
		"a key that no header can carry (%j) is no fault of the network, and the error does not show it",
		async (apiKey) => {
			const { options, requests } = scripted();
			const error = await new Kalends({ ...options, apiKey }).me.get().catch((thrown: unknown) => thrown);
			expect(error).toBeInstanceOf(TypeError);
			expect(String(error)).toContain("apiKey");
			expect(inspect(error)).not.toMatch(/kal_se|cret/);
			expect(requests).toEqual([]);
		},
	);

	test("a key read from a file is one without the end of its line", async () => {
		const { options, requests } = scripted(Response.json({ id: "usr_1" }));
		await new Kalends({ ...options, apiKey: "kal_x\n" }).me.get();
		expect(requests[0]?.headers.get("authorization")).toBe("Bearer kal_x");
	});

	test("in a page it asks the page's own server, with its cookie and no key", async () => {
		const inits: (RequestInit | undefined)[] = [];
		const kalends = new Kalends({
			fetch: async (url, init) => {
				inits.push(init);
				return Response.json({ url });
			},
		});
		expect(await kalends.me.get()).toEqual({ url: "/v1/me" });
		expect(inits[0]?.credentials).toBe("same-origin");
		expect(new Headers(inits[0]?.headers).has("authorization")).toBe(false);
	});
});

describe("failures", () => {
	test("a problem becomes an error that says what to do, with each field's fault", async () => {
		const errors = [
			{ field: "start", detail: "is missing" },
			{ field: "start", detail: "is wrong" },
			{ field: "title", detail: "is long" },
		];
		const { options } = scripted(problem(400, "invalid_request", { fix: "Correct it.", errors }));
		const error = await failureOf(new Kalends(options).events.create(NEW_EVENT));
		expect(error).toMatchObject({
			code: "invalid_request",
			status: 400,
			message: "So it is.",
			fix: "Correct it.",
			requestId: "req_1",
			faults: errors,
			fields: { start: "is missing", title: "is long" },
		});
	});

	test("what is no answer of Kalends is told apart", async () => {
		const page = () => new Response("<html>", { status: 200, headers: { "content-type": "text/html" } });
		const { options } = scripted(new Response("Bad gateway", { status: 404 }), page());
		const kalends = new Kalends(options);
		expect(await failureOf(kalends.me.get())).toMatchObject({ code: "not_kalends", status: 404 });
		expect(await failureOf(kalends.me.get())).toMatchObject({ code: "not_kalends", status: 200 });
	});

	test("an answer that breaks off is a failure as any other, and is asked for again where that is safe", async () => {
		const broken = () =>
			new Response(
				new ReadableStream({
					pull: (controller) => {
						controller.enqueue(new TextEncoder().encode('{"data":['));
						controller.error(new TypeError("terminated"));
					},
				}),
				{ headers: { "content-type": "application/json" } },
			);
		const cut = () => new Response('{"data":[', { headers: { "content-type": "application/json" } });
		const { options, requests } = scripted(broken(), Response.json({ id: "usr_1" }), broken(), cut());
		const kalends = new Kalends(options);
		expect(await kalends.me.get()).toEqual({ id: "usr_1" });
		expect(requests).toHaveLength(2);
		const once = kalends.request("GET /v1/me", {}, { retries: 0 });
		expect(await failureOf(once)).toMatchObject({ code: "network_error", status: 0 });
		const garbled = kalends.request("GET /v1/me", {}, { retries: 0 });
		expect(await failureOf(garbled)).toMatchObject({ code: "not_kalends", status: 200 });
	});

	test("a redirect is not followed: a write would become something else on its way", async () => {
		const inits: (RequestInit | undefined)[] = [];
		const fetch = async (_url: string, init?: RequestInit) => {
			inits.push(init);
			return new Response(null, { status: 301, headers: { location: "https://elsewhere.example/" } });
		};
		const kalends = new Kalends({ url: "http://k.example", apiKey: "kal_x", fetch });
		const error = await failureOf(kalends.events.create(NEW_EVENT));
		expect(error).toMatchObject({ code: "not_kalends", status: 301 });
		expect(error.fix).toContain("https://elsewhere.example/");
		expect(inits).toMatchObject([{ redirect: "manual" }]);
	});

	test("who is no longer signed in is told once, and a wrong password is not that", async () => {
		const onUnauthorized = vi.fn();
		const { options } = scripted(problem(401, "unauthenticated"), problem(401, "invalid_credentials"));
		const kalends = new Kalends({ ...options, onUnauthorized });
		await failureOf(kalends.me.get());
		await failureOf(kalends.sessions.signIn({ email: "a@example.com", password: "x" }));
		expect(onUnauthorized).toHaveBeenCalledTimes(1);
	});

	test("the caller's signal ends requests and waits with its own reason", async () => {
		const stopping = new AbortController();
		const { options } = scripted(async () => {
			stopping.abort(new Error("closed"));
			return problem(503, "unavailable");
		});
		await expect(new Kalends(options).me.get({ signal: stopping.signal })).rejects.toThrow("closed");
	});

	test("a try has its time", async () => {
		const never: ScriptedAnswer = (_asked, signal) =>
			new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
		const { options, requests } = scripted(never);
		expect(await failureOf(new Kalends({ ...options, timeout: 5 }).me.get())).toMatchObject({
			code: "request_timed_out",
		});
		expect(requests).toHaveLength(1);
	});
});

describe("trying again", () => {
	test.each<[string, (kalends: Kalends) => Promise<unknown>, ScriptedAnswer, number]>([
		["a GET whose answer was lost", (k) => k.me.get(), LOST, 2],
		["a GET at a broken gateway", (k) => k.me.get(), problem(502, "internal"), 2],
		["a POST whose answer was lost, under its key", (k) => k.events.create(NEW_EVENT), LOST, 2],
		["a POST that is still worked on", (k) => k.events.create(NEW_EVENT), problem(409, "request_in_progress"), 2],
		["a PATCH whose answer was lost", (k) => k.me.update({ name: "Ann" }), LOST, 2],
		["what the server has put off", (k) => k.me.update({ name: "Ann" }), problem(503, "unavailable"), 2],
		["not a fault of the server's own", (k) => k.me.get(), problem(500, "internal"), 1],
		["not a refusal", (k) => k.me.get(), problem(403, "forbidden"), 1],
		["not a conflict", (k) => k.events.create(NEW_EVENT), problem(409, "conflict"), 1],
		["not signing in, which has no key", (k) => k.sessions.signOut(), LOST, 1],
		[
			"not an edit of one state, which would meet its own",
			(k) => k.events.update("evt_1", {}, { ifMatch: "1" }),
			LOST,
			1,
		],
		["an edit of one occurrence", (k) => k.events.update("evt_1.20261205", { title: "A" }, { scope: "this" }), LOST, 2],
		["not of all of them, which could be moved twice", (k) => k.events.update("evt_1", {}, { scope: "all" }), LOST, 1],
		["not a split, which it would not find", (k) => k.events.update("evt_1", {}, { scope: "following" }), LOST, 1],
		["nor a move elsewhere", (k) => k.events.update("evt_1", { calendar_id: "cal_2" }), LOST, 1],
		["nor these where it may have been done", (k) => k.events.update("evt_1", {}, { scope: "all" }), AWAY, 1],
	])("%s", async (_, work, first, sent) => {
		const { options, requests } = scripted(first, Response.json({ user: {} }));
		await work(new Kalends(options)).catch(() => {});
		expect(requests).toHaveLength(sent);
	});

	test("every try of a POST has the same key, another POST another", async () => {
		const { options, requests } = scripted(LOST, LOST, Response.json({}), Response.json({}));
		const kalends = new Kalends(options);
		await kalends.events.create(NEW_EVENT);
		await kalends.events.create(NEW_EVENT);
		const keys = requests.map(({ headers }) => headers.get("idempotency-key"));
		expect(new Set(keys.slice(0, 3)).size).toBe(1);
		expect(keys[3]).not.toBe(keys[0]);
		expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
	});

	test("it waits longer each time, as long as the server asks, and gives up", async () => {
		const slow = problem(503, "unavailable", {}, { "retry-after": "3" });
		const { options, waits } = scripted(LOST, slow, LOST);
		expect(await failureOf(new Kalends(options).me.get())).toMatchObject({ code: "network_error", status: 0 });
		expect(waits).toEqual([188, 3375]);
	});

	test("a wait of minutes is the caller's to decide", async () => {
		const { options, waits } = scripted(problem(429, "rate_limited", {}, { "retry-after": "900" }));
		expect(await failureOf(new Kalends(options).me.get())).toMatchObject({ code: "rate_limited", retryAfter: 900 });
		expect(waits).toEqual([]);
	});

	test("a date as Retry-After is read against the answer's own", async () => {
		const headers = { "retry-after": "Tue, 01 Dec 2026 12:00:02 GMT", date: "Tue, 01 Dec 2026 12:00:00 GMT" };
		const { options, waits } = scripted(problem(429, "rate_limited", {}, headers), Response.json({}));
		await new Kalends(options).me.get();
		expect(waits).toEqual([2188]);
	});

	test("what a lost answer had deleted is deleted", async () => {
		const { options, requests } = scripted(LOST, problem(404, "not_found"), problem(404, "not_found"));
		const kalends = new Kalends(options);
		await kalends.connections.delete("con_1");
		expect(requests).toHaveLength(2);
		expect(await failureOf(kalends.connections.delete("con_1"))).toMatchObject({ code: "not_found" });
	});
});

describe("lists", () => {
	const pages = () => [
		Response.json({ data: [{ id: "1" }, { id: "2" }], next_cursor: "b" }),
		Response.json({ data: [{ id: "3" }], next_cursor: null }),
	];

	test("are awaited for the first page, iterated for all, taken as far as needed", async () => {
		const { options, requests } = scripted(...pages(), ...pages(), ...pages(), ...pages());
		const kalends = new Kalends(options);
		const ids: string[] = [];
		for await (const connection of kalends.connections.list({ limit: 2 })) ids.push(connection.id);
		expect(ids).toEqual(["1", "2", "3"]);
		expect(requests.map(({ url }) => url.split("?")[1])).toEqual(["limit=2", "limit=2&cursor=b"]);
		expect((await kalends.connections.list().all()).map(({ id }) => id)).toEqual(["1", "2", "3"]);
		expect(await kalends.connections.list().all(1)).toEqual([{ id: "1" }]);
		expect(requests).toHaveLength(5);
		expect(await kalends.connections.list()).toEqual({ data: [{ id: "3" }], next_cursor: null });
	});

	test("ask for nothing before they are used", () => {
		const { options, requests } = scripted();
		new Kalends(options).events.list();
		expect(requests).toEqual([]);
	});
});

test("a preview never takes itself for a write", async () => {
	const preview = { dry_run: true, event: null, changes: {} };
	const { options, requests } = scripted(Response.json(preview), Response.json(preview));
	const kalends = new Kalends(options);
	expect(await kalends.events.previewDelete("evt_1", { scope: "all" })).toEqual(preview);
	expect(requests[0]?.url).toBe("https://k.example/v1/events/evt_1?scope=all&dry_run=true");
	await expect(kalends.events.update("evt_1", {})).rejects.toThrow(TypeError);
});
