import { ProviderFailure } from "@kalends/providers";
import { type MemoryControl, memoryProvider } from "@kalends/providers/testing";
import type { FastifyInstance } from "fastify";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { buildApp } from "../http/app.ts";
import { routes } from "../http/routes.ts";
import { performRun } from "../sync/run.ts";
import { at, event } from "../sync/testing.ts";
import { loseAnswer } from "../testing/crashed-request.ts";
import { createTestPerson } from "../testing/people.ts";
import { createTestServices, type TestServices } from "../testing/services.ts";

let made: TestServices;
let app: FastifyInstance;
let control: MemoryControl;
let person: Awaited<ReturnType<typeof createTestPerson>>;
let calendar: string;

beforeEach(async () => {
	const memory = memoryProvider();
	control = memory.control;
	made = await createTestServices({ providers: new Map([["caldav", memory.provider]]) });
	app = await buildApp(made.services, routes, { verifyResponses: true });
	person = await createTestPerson(made.services);
	control.addAccount("ada", "secret");
	calendar = control.createCalendar("ada", { name: "Work", color: "#112233" });
	control.putEvents(calendar, "u1", [event({ uid: "u1", title: "Standup", start: at(3), end: at(3, 10) })]);
});
afterEach(async () => {
	await app.close();
	await made.close();
});

type Method = "GET" | "POST" | "PATCH" | "DELETE";
async function call(method: Method, url: string, body?: object, headers: Readonly<Record<string, string>> = {}) {
	const answer = await app.inject({
		method,
		url,
		headers: { ...person.headers, ...headers },
		...(body === undefined ? {} : { payload: body }),
	});
	return { status: answer.statusCode, headers: answer.headers, body: answer.body === "" ? null : answer.json() };
}

const ADA = { provider: "caldav", url: "https://dav.example.com/", username: "ada", password: "secret" };

async function connect(): Promise<string> {
	const { status, body } = await call("POST", "/v1/connections", ADA);
	expect(status).toBe(201);
	return body.id;
}

/** Performs the runs that are waiting, as the worker would. */
async function work(): Promise<void> {
	const { db } = made.services;
	const runs = await db
		.selectFrom("runs")
		.selectAll()
		.where("user_id", "=", person.userId)
		.where("state", "=", "running")
		.execute();
	for (const { user_id: userId, connection_id: connectionId, id: runId } of runs) {
		await performRun(made.services, { userId, connectionId, runId }, new AbortController().signal);
	}
}

async function count(table: "connections" | "calendars" | "events" | "runs" | "resources" | "occurrences") {
	const { db } = made.services;
	const rows = await db.selectFrom(table).select("user_id").execute();
	return rows.length;
}

describe("POST /v1/connections", () => {
	it("connects, shows the calendars at once and syncs them", async () => {
		const { status, body, headers } = await call("POST", "/v1/connections", { ...ADA, name: "Mine" });
		expect(status).toBe(201);
		expect(body).toMatchObject({
			provider: "caldav",
			name: "Mine",
			account: "ada",
			status: "syncing",
			status_reason: null,
			fix: null,
			calendars_count: 1,
			last_synced_at: null,
		});
		expect(headers.location).toBe(`/v1/connections/${body.id}`);
		expect((await call("GET", "/v1/calendars")).body.data).toMatchObject([
			{ name: "Work", color: "#112233", selected: true, status: "pending", connection_id: body.id },
		]);
		await work();
		expect((await call("GET", `/v1/connections/${body.id}`)).body).toMatchObject({ status: "active" });
		const { data: runs } = (await call("GET", `/v1/connections/${body.id}/runs`)).body;
		expect(runs).toMatchObject([{ trigger: "first", state: "done", created: 1, error: null, duration_ms: 0 }]);
		const { data: events } = (await call("GET", "/v1/events?from=2026-12-01&to=2026-12-31")).body;
		expect(events).toMatchObject([{ title: "Standup" }]);
	});

	it.each([
		["wrong password", { ...ADA, password: "no" }, 400, "wrong_credentials"],
		["no address", { provider: "caldav", username: "ada" }, 400, "invalid_request"],
		["iCloud without a password", { provider: "icloud", username: "ada" }, 400, "invalid_request"],
		["a provider that is not offered", { provider: "ics", url: "https://example.com/x.ics" }, 400, "invalid_request"],
	])("refuses %s, says what to do and leaves nothing behind", async (_name, body, status, code) => {
		const answer = await call("POST", "/v1/connections", body);
		expect(answer).toMatchObject({ status, body: { code, fix: expect.any(String) } });
		expect([await count("connections"), await count("calendars"), await count("runs")]).toEqual([0, 0, 0]);
		expect(JSON.stringify(made.logged)).not.toContain("secret");
	});

	it.each(["tls_failure", "timeout", "not_caldav", "server_error", "malformed_answer"] as const)(
		"answers 422 where the other server is at fault: %s",
		async (reason) => {
			control.failNext("connect", new ProviderFailure("unavailable", { reason, message: "it failed" }));
			expect(await call("POST", "/v1/connections", ADA)).toMatchObject({ status: 422, body: { code: reason } });
			expect(await count("connections")).toBe(0);
		},
	);

	it("refuses an account that is connected already and names the connection", async () => {
		const id = await connect();
		const { status, body } = await call("POST", "/v1/connections", ADA);
		expect(status).toBe(409);
		expect(body).toMatchObject({ code: "connection_exists" });
		expect(body.detail + body.fix).toContain(id);
		expect(await count("connections")).toBe(1);
	});

	it("lets two requests at once make one connection", async () => {
		const answers = await Promise.all([1, 2, 3].map(() => call("POST", "/v1/connections", ADA)));
		expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409, 409]);
		expect([await count("connections"), await count("runs")]).toEqual([1, 1]);
	});

	it("answers the connection again where the first answer was lost in a crash", async () => {
		const headers = { "idempotency-key": "once" };
		const first = await call("POST", "/v1/connections", ADA, headers);
		await loseAnswer(made.services, person.userId, "once");
		const again = await call("POST", "/v1/connections", ADA, headers);
		expect(again).toMatchObject({ status: 201, headers: { location: `/v1/connections/${first.body.id}` } });
		expect(again.body).toEqual(first.body);
		expect([await count("connections"), await count("runs")]).toEqual([1, 1]);
	});

	it("seals the credentials bound to their row", async () => {
		await connect();
		const { credentials } = await made.services.db
			.selectFrom("connections")
			.select("credentials")
			.executeTakeFirstOrThrow();
		expect(credentials.includes("secret")).toBe(false);
	});
});

describe("PATCH /v1/connections/{id}", () => {
	it("renames", async () => {
		const id = await connect();
		expect(await call("PATCH", `/v1/connections/${id}`, { name: "Office" })).toMatchObject({
			status: 200,
			body: { name: "Office" },
		});
	});

	it("takes a new password only after trying it, and keeps calendars and events", async () => {
		const id = await connect();
		await work();
		control.setPassword("ada", "fresh");
		await call("POST", `/v1/connections/${id}/sync`);
		await work();
		expect((await call("GET", `/v1/connections/${id}`)).body).toMatchObject({
			status: "reauth_required",
			status_reason: "wrong_credentials",
			next_sync_at: null,
			fix: expect.any(String),
		});
		expect(await call("PATCH", `/v1/connections/${id}`, { password: "guess" })).toMatchObject({
			status: 400,
			body: { code: "wrong_credentials" },
		});
		const before = (await call("GET", "/v1/events?from=2026-12-01&to=2026-12-31")).body.data;
		expect(await call("PATCH", `/v1/connections/${id}`, { password: "fresh" })).toMatchObject({
			status: 200,
			body: { status: "syncing", status_reason: null },
		});
		await work();
		expect((await call("GET", `/v1/connections/${id}`)).body).toMatchObject({ status: "active", calendars_count: 1 });
		expect((await call("GET", "/v1/events?from=2026-12-01&to=2026-12-31")).body.data).toEqual(before);
	});

	it("takes everything anew where the sealed credentials were damaged, which no request is made with", async () => {
		const id = await connect();
		await work();
		const before = (await call("GET", "/v1/calendars")).body.data;
		await made.services.db
			.updateTable("connections")
			.set({ credentials: Buffer.from("damaged") })
			.execute();
		const calls = control.calls.list;
		await call("POST", `/v1/connections/${id}/sync`);
		await work();
		expect(control.calls.list).toBe(calls);
		expect((await call("GET", `/v1/connections/${id}`)).body).toMatchObject({
			status: "reauth_required",
			status_reason: "credentials_unreadable",
			fix: expect.stringContaining("again"),
		});
		expect(await call("PATCH", `/v1/connections/${id}`, { password: "secret" })).toMatchObject({
			status: 409,
			body: { code: "conflict", fix: expect.stringContaining("url") },
		});
		const { url, username, password } = ADA;
		expect(await call("PATCH", `/v1/connections/${id}`, { url, username, password })).toMatchObject({ status: 200 });
		await work();
		expect((await call("GET", `/v1/connections/${id}`)).body).toMatchObject({ status: "active" });
		expect((await call("GET", "/v1/calendars")).body.data[0].id).toBe(before[0].id);
	});

	it("follows calendars to a new address without touching their events", async () => {
		const id = await connect();
		await work();
		const before = (await call("GET", "/v1/events?from=2026-12-01&to=2026-12-31")).body.data;
		const [known] = (await call("GET", "/v1/calendars")).body.data;
		control.deleteCalendar(calendar);
		const moved = control.createCalendar("ada", { id: `/elsewhere/${calendar}`, name: "Work" });
		control.putEvents(moved, "u1", [event({ uid: "u1", title: "Standup", start: at(3), end: at(3, 10) })]);
		expect((await call("PATCH", `/v1/connections/${id}`, { url: "https://new.example.com/" })).status).toBe(200);
		await work();
		const calendars = (await call("GET", "/v1/calendars")).body.data;
		expect(calendars).toMatchObject([{ id: known.id, provider_calendar_id: moved, status: "active" }]);
		expect((await call("GET", "/v1/events?from=2026-12-01&to=2026-12-31")).body.data).toEqual(before);
	});

	it("pauses and resumes", async () => {
		const id = await connect();
		expect(await call("PATCH", `/v1/connections/${id}`, { paused: true })).toMatchObject({
			body: { status: "paused", status_reason: "paused_by_person", next_sync_at: null },
		});
		expect((await call("GET", `/v1/connections/${id}/runs`)).body.data).toMatchObject([{ state: "paused" }]);
		expect(await call("POST", `/v1/connections/${id}/sync`)).toMatchObject({
			status: 409,
			body: { code: "connection_paused" },
		});
		expect(await call("PATCH", `/v1/connections/${id}`, { paused: false })).toMatchObject({
			body: { status: "syncing" },
		});
		await work();
		expect(await count("events")).toBe(1);
	});
});

describe("DELETE /v1/connections/{id}", () => {
	it("erases credentials and copy, and a sync under way writes nothing more", async () => {
		const id = await connect();
		await work();
		control.putEvents(calendar, "u2", [event({ uid: "u2" })]);
		await call("POST", `/v1/connections/${id}/sync`);
		const gate = control.hold();
		const running = work();
		await gate.reached;
		expect((await call("DELETE", `/v1/connections/${id}`)).status).toBe(204);
		gate.release();
		await running;
		for (const table of ["connections", "calendars", "resources", "events", "occurrences", "runs"] as const) {
			expect([table, await count(table)]).toEqual([table, 0]);
		}
		expect((await call("GET", `/v1/connections/${id}`)).status).toBe(404);
		const { data } = (await call("GET", "/v1/changes")).body;
		expect(data.at(-1)).toMatchObject({ type: "connection.deleted", id });
	});
});

describe("POST /v1/connections/{id}/sync", () => {
	it("answers 202 with the run, and joins one that runs", async () => {
		const id = await connect();
		await work();
		const first = await call("POST", `/v1/connections/${id}/sync`);
		const second = await call("POST", `/v1/connections/${id}/sync`);
		expect(first).toMatchObject({
			status: 202,
			body: { run: { state: "running", trigger: "manual", duration_ms: null } },
		});
		expect(second.body.run.id).toBe(first.body.run.id);
	});

	it("does not keep a caller waiting, nor call it syncing, where the server asked for hours", async () => {
		const id = await connect();
		await work();
		const failure = { reason: "rate_limited", message: "429", retryAfter: 7_200 } as const;
		control.failNext("list", new ProviderFailure("rate_limited", failure));
		await call("POST", `/v1/connections/${id}/sync`);
		await work();
		const answer = await call("POST", `/v1/connections/${id}/sync?wait=true`);
		// It has not begun, says why, and when it will.
		const error = {
			code: "rate_limited",
			detail: expect.stringMatching(/asks to wait.* UTC/),
			fix: expect.any(String),
		};
		expect(answer).toMatchObject({ status: 202, body: { run: { state: "running", requests: 0, error } } });
		expect(Number(answer.headers["retry-after"])).toBeGreaterThan(7_000);
		expect((await call("POST", `/v1/connections/${id}/sync`)).body.run.error).toMatchObject(error);
		expect((await call("GET", `/v1/connections/${id}`)).body).toMatchObject({
			status: "active",
			status_reason: "rate_limited",
			fix: expect.any(String),
		});
	});

	it("with wait=true answers 200 when the run has ended, having seen what changed before", async () => {
		const id = await connect();
		await work();
		const gate = control.hold();
		control.putEvents(calendar, "u2", [event({ uid: "u2" })]);
		await call("POST", `/v1/connections/${id}/sync`);
		const running = work();
		await gate.reached;
		control.putEvents(calendar, "u3", [event({ uid: "u3" })]);
		const waiting = call("POST", `/v1/connections/${id}/sync?wait=true`);
		await expect
			.poll(
				async () =>
					(await made.services.db.selectFrom("runs").select("rerun").where("state", "=", "running").execute())[0]
						?.rerun,
			)
			.toBe(true);
		gate.release();
		await running;
		expect(await waiting).toMatchObject({ status: 200, body: { run: { state: "done", created: 2 } } });
	});
});

describe("calendars", () => {
	it("keep what a person chose over what the provider says, and hide events while deselected", async () => {
		await connect();
		await work();
		const [{ id }] = (await call("GET", "/v1/calendars")).body.data;
		expect(
			await call("PATCH", `/v1/calendars/${id}`, {
				name: "Mine",
				color: "#ABCDEF",
				selected: false,
				default_reminders: [{ method: "popup", minutes: 10 }],
			}),
		).toMatchObject({ status: 200, body: { name: "Mine", color: "#abcdef", selected: false } });
		expect((await call("GET", "/v1/events?from=2026-12-01&to=2026-12-31")).body.data).toEqual([]);
		expect(await count("events")).toBe(1);
		expect(await call("PATCH", `/v1/calendars/${id}`, { name: null, color: null, selected: true })).toMatchObject({
			body: { name: "Work", color: "#112233", selected: true },
		});
		expect((await call("GET", "/v1/events?from=2026-12-01&to=2026-12-31")).body.data).toHaveLength(1);
	});

	it("that the server no longer lists are kept until the person decides", async () => {
		const id = await connect();
		await work();
		control.deleteCalendar(calendar);
		await call("POST", `/v1/connections/${id}/sync`);
		await work();
		const [gone] = (await call("GET", "/v1/calendars")).body.data;
		expect(gone).toMatchObject({ status: "gone", status_reason: "calendar_gone", fix: expect.any(String) });
		expect(await count("events")).toBe(1);
		expect((await call("POST", `/v1/calendars/${gone.id}/deletions`, { action: "apply" })).status).toBe(204);
		expect([await count("calendars"), await count("events")]).toEqual([0, 0]);
	});
});
