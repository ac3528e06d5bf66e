import { afterEach, describe, expect, test } from "vitest";
import { ProviderFailure } from "../../port/failure.ts";
import type { Quirks } from "../../testing/caldav/dav-server.ts";
import { PullClient, put, stopServers } from "../../testing/caldav/pull-client.ts";

afterEach(stopServers);

describe("failures during a pull", () => {
	const failing = async (intercept: NonNullable<Quirks["intercept"]>) => {
		const client = await PullClient.start(3);
		await client.pull();
		put(client.calendar, "e1", "New");
		const calendar = await client.list();
		client.list = async () => calendar;
		client.server.quirks.intercept = intercept;
		const before = new Map(client.known);
		const failure = await client.pull().then(
			() => expect.unreachable("it went through"),
			(error: unknown) => error,
		);
		expect(failure).toBeInstanceOf(ProviderFailure);
		expect(client.known).toEqual(before);
		return failure;
	};
	const wrapped = (status: number) =>
		`<D:multistatus xmlns:D="DAV:"><D:response><D:href>/calendars/user/work/</D:href><D:status>HTTP/1.1 ${status} X</D:status></D:response></D:multistatus>`;

	test.each([
		["gone", () => ({ status: 404 }), "not_found"],
		["gone for good", () => ({ status: 410 }), "gone"],
		["gone, wrapped", () => ({ status: 207, body: wrapped(404) }), "not_found"],
		["access lost", () => ({ status: 403 }), "forbidden"],
		["access lost, wrapped", () => ({ status: 207, body: wrapped(403) }), "forbidden"],
		["logged out", () => ({ status: 401, headers: { "www-authenticate": "Basic" } }), "auth_revoked"],
		["throttled", () => ({ status: 429, headers: { "retry-after": "9" } }), "rate_limited"],
		["down", () => ({ status: 503, headers: { "retry-after": "9" } }), "unavailable"],
		["down, wrapped", () => ({ status: 207, body: wrapped(503) }), "unavailable"],
		["a web page", () => ({ status: 207, body: "<html></html>" }), "invalid"],
		["half an answer", () => ({ status: 207, body: wrapped(404).slice(0, 30) }), "unavailable"],
		["a DOCTYPE", () => ({ status: 207, body: `<!DOCTYPE x>${wrapped(200)}` }), "unavailable"],
	] as const satisfies readonly (readonly [string, NonNullable<Quirks["intercept"]>, string])[])(
		"%s",
		async (_, intercept, kind) => {
			expect(await failing(intercept)).toMatchObject({ kind });
		},
	);

	test("Retry-After is handed on", async () => {
		const busy = { status: 503, headers: { "retry-after": "9" } };
		expect(await failing(() => busy)).toMatchObject({ retryAfter: 9 });
		expect(await failing(({ report }) => (report === "calendar-multiget" ? busy : null))).toMatchObject({
			retryAfter: 9,
		});
	});

	test("an empty answer about a calendar that is gone deletes nothing", async () => {
		const nothing = '<D:multistatus xmlns:D="DAV:"><D:sync-token>x</D:sync-token></D:multistatus>';
		const failure = await failing(({ report, headers }) => {
			if (report === "sync-collection") return { status: 403, body: '<e xmlns="DAV:"/>' };
			return headers.depth === "1" ? { status: 207, body: nothing } : { status: 404 };
		});
		expect(failure).toMatchObject({ kind: "not_found" });
		const client = await PullClient.start(3);
		await client.pull();
		client.cursor = null;
		const calendar = await client.list();
		client.list = async () => calendar;
		client.server.quirks.intercept = ({ headers }) =>
			headers.depth === "0" && headers["content-length"] !== undefined ? null : { status: 207, body: nothing };
		client.server.calendars.clear();
		await expect(client.pull()).rejects.toMatchObject({ kind: "not_found" });
		expect(client.known.size).toBe(3);
	});

	test("a calendar whose members are all gone from multiget, because it is gone itself, deletes nothing", async () => {
		const failure = await failing(({ report }) => (report === "sync-collection" ? null : { status: 404 }));
		expect(failure).toMatchObject({ kind: "not_found" });
	});

	test("settings that cannot be read are a failure that says so", async () => {
		const client = await PullClient.start(1);
		const calendar = { ...(await client.list()), settings: {} };
		client.list = async () => calendar;
		await expect(client.pull()).rejects.toMatchObject({ kind: "invalid" });
	});
});
