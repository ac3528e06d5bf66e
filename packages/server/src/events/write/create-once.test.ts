import { afterEach, beforeEach, expect, test } from "vitest";
import { loseAnswer } from "../../testing/crashed-request.ts";
import { createWritingFixture, type WritingFixture } from "../testing.ts";

let fixture: WritingFixture;
beforeEach(async () => {
	fixture = await createWritingFixture();
	await fixture.sync();
});
afterEach(() => fixture.close());

const body = {
	title: "Lunch",
	start: { date_time: "2026-12-03T12:00:00Z", time_zone: "UTC" },
	end: { date_time: "2026-12-03T13:00:00Z", time_zone: "UTC" },
};

function create() {
	return fixture.call("POST", "/v1/events", body, { "idempotency-key": "lunch" });
}

test("fifty requests at once with one key make one event", async () => {
	const answers = await Promise.all(Array.from({ length: 50 }, create));
	const made = answers.filter(({ status }) => status === 201);
	expect(made.length).toBeGreaterThan(0);
	expect(new Set(made.map(({ body: event }) => event.id)).size).toBe(1);
	for (const { status, body: problem } of answers.filter((answer) => answer.status !== 201)) {
		expect([status, problem.code]).toEqual([409, "request_in_progress"]);
	}
	expect(await create()).toMatchObject({ status: 201, headers: { "idempotent-replayed": "true" } });
	expect(fixture.control.resources(fixture.calendar)).toHaveLength(1);
});

test("a request that is repeated after a crash finds the event that it made", async () => {
	const first = await create();
	expect(first.status).toBe(201);
	await loseAnswer(fixture.services, fixture.userId, "lunch");
	const again = await create();
	expect(again.headers["idempotent-replayed"]).toBeUndefined();
	expect([again.status, again.body]).toEqual([201, first.body]);
	expect(fixture.control.resources(fixture.calendar)).toHaveLength(1);
	const { data } = (await fixture.call("GET", "/v1/events?from=2026-12-01&to=2026-12-31")).body;
	expect(data).toHaveLength(1);
});
