import { afterEach, beforeEach, expect, test } from "vitest";
import { openDatabase } from "../db/pool.ts";
import { buildApp } from "../http/app.ts";
import { createTestServices, type TestServices } from "../testing/services.ts";
import { health } from "./health.ts";
import { readiness } from "./readiness.ts";
import { showMetrics } from "./show-metrics.ts";

let made: TestServices;
beforeEach(async () => {
	made = await createTestServices();
});
afterEach(() => made.close());

async function get(path: string, services = made.services) {
	const app = await buildApp(services, [health, readiness, showMetrics], { verifyResponses: true });
	try {
		return await app.inject({ method: "GET", url: path });
	} finally {
		await app.close();
	}
}

test("a running server is alive and ready", async () => {
	expect((await get("/healthz")).json()).toEqual({ status: "ok" });
	expect((await get("/readyz")).json()).toEqual({ status: "ready" });
});

test("a draining server is alive, not ready", async () => {
	made.services.lifecycle.drain();
	expect((await get("/healthz")).statusCode).toBe(200);
	const answer = await get("/readyz");
	expect(answer.statusCode).toBe(503);
	expect(answer.json()).toMatchObject({ code: "unavailable", detail: "The server is stopping." });
	expect(answer.headers["retry-after"]).toBe("5");
});

test("without its database it is alive, not ready", async () => {
	const away = openDatabase("postgres://nobody@127.0.0.1:1/nowhere");
	const services = { ...made.services, db: away.db };
	expect((await get("/healthz", services)).statusCode).toBe(200);
	const answer = await get("/readyz", services);
	await away.close();
	expect(answer.statusCode).toBe(503);
	expect(answer.json()).toMatchObject({ code: "unavailable", detail: "The database cannot be reached." });
});

test("metrics are in Prometheus's text format, one registry for each server", async () => {
	made.services.metrics.syncRuns.inc({ provider: "caldav", trigger: "manual", state: "done" });
	const answer = await get("/metrics");
	expect(answer.headers["content-type"]).toMatch(/^text\/plain; version=/);
	expect(answer.body).toContain('kalends_sync_runs_total{provider="caldav",trigger="manual",state="done"} 1');
	const other = await createTestServices({ db: made.services.db });
	expect((await get("/metrics", other.services)).body).not.toContain('provider="caldav"');
});
