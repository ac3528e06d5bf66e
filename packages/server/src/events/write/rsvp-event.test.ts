import { afterEach, beforeEach, expect, test } from "vitest";
import { createWritingFixture, guest, meeting, refusal, type WritingFixture } from "../testing.ts";

let fixture: WritingFixture;
beforeEach(async () => {
	fixture = await createWritingFixture();
});
afterEach(() => fixture.close());

const boss = guest("boss@example.com", { organizer: true, response: "accepted" });
const me = guest("ada", { self: true });
const invitation = meeting({ participants: [boss, me] });

async function rsvp(id: string, body: object, query = "") {
	return fixture.call("POST", `/v1/events/${id}/rsvp${query}`, body);
}

function responsesOf(participants: readonly { email: string; response: string }[]): string[] {
	return participants.map(({ email, response }) => `${email} ${response}`);
}

test("needs somebody signed in", async () => {
	const answer = await fixture.app.inject({ method: "POST", url: "/v1/events/evt_1/rsvp", payload: {} });
	expect(answer.statusCode).toBe(401);
});

test("the answer is with the provider, marked as nothing but one", async () => {
	const id = await fixture.bring(invitation);
	const { status, body, headers } = await rsvp(id, { response: "accepted", comment: "  gladly " });
	expect(status).toBe(200);
	expect(body).toMatchObject({ id, title: "Meeting", sync: { state: "synced" } });
	expect(headers.etag).toBe(`"${body.etag}"`);
	expect(responsesOf(body.participants)).toEqual(["boss@example.com accepted", "ada accepted"]);
	expect(fixture.control.performed).toMatchObject([{ operation: "update", responseOnly: true }]);
	expect(fixture.remote("u1")[0]?.participants[1]).toMatchObject({ response: "accepted", comment: "gladly" });
	const history = (await fixture.call("GET", `/v1/events/${id}/history`)).body.data;
	expect(history[0]).toMatchObject({
		action: "updated",
		actor: { type: "api_key", name: "test" },
		fields: ["participants"],
	});

	expect((await rsvp(id, { response: "accepted", comment: "gladly" })).status).toBe(200);
	expect(fixture.control.performed).toHaveLength(1);
	expect((await rsvp(id, { response: "declined" })).status).toBe(200);
	expect(fixture.remote("u1")[0]?.participants[1]).toMatchObject({ response: "declined" });
	expect(fixture.remote("u1")[0]?.participants[1]).not.toHaveProperty("comment");
});

test("of an occurrence alone, or of all", async () => {
	const id = await fixture.bring({ ...invitation, recurrence: ["RRULE:FREQ=DAILY;COUNT=5"] });
	const one = `${id}.20261203T120000Z`;
	const answer = await rsvp(one, { response: "declined" });
	expect(answer).toMatchObject({ status: 200, body: { id: one, recurring_event_id: id } });
	expect(responsesOf(answer.body.participants)).toEqual(["boss@example.com accepted", "ada declined"]);
	expect(responsesOf((await fixture.read(id)).participants)).toEqual(["boss@example.com accepted", "ada needs_action"]);
	expect(fixture.remote("u1")).toHaveLength(2);

	expect((await rsvp(`${id}.20261204T120000Z`, { response: "tentative" }, "?scope=all")).status).toBe(200);
	for (const name of [id, one, `${id}.20261205T120000Z`]) {
		expect(responsesOf((await fixture.read(name)).participants)).toEqual([
			"boss@example.com accepted",
			"ada tentative",
		]);
	}
	expect(await rsvp(id, { response: "accepted" }, "?scope=this")).toMatchObject({
		status: 400,
		body: { code: "invalid_request", errors: [{ field: "scope" }] },
	});
	expect((await rsvp(`${id}.20261209T120000Z`, { response: "accepted" })).body.code).toBe("not_found");
});

test("who is not invited, and where nothing can be written", async () => {
	const id = await fixture.bring(meeting({ participants: [boss] }));
	expect(await rsvp(id, { response: "accepted" })).toMatchObject({ status: 409, body: { code: "not_invited" } });
	const invited = await fixture.bring(meeting({ uid: "u2", participants: [boss, me] }));
	fixture.control.changeCalendar(fixture.calendar, { access: "read" });
	await fixture.sync();
	expect(await rsvp(invited, { response: "accepted" })).toMatchObject({
		status: 403,
		body: { code: "calendar_read_only" },
	});
	expect(fixture.control.performed).toEqual([]);
});

test("bad input with every fault", async () => {
	const id = await fixture.bring(invitation);
	const { status, body } = await rsvp(
		id,
		{ response: "perhaps", comment: "x".repeat(1_001), note: 1 },
		"?scope=following",
	);
	expect(status).toBe(400);
	expect(body.errors.map(({ field }: { field: string }) => field).toSorted()).toEqual([
		"comment",
		"note",
		"response",
		"scope",
	]);
	expect((await rsvp(id, { response: "accepted", comment: "a\u0007" })).body.errors).toMatchObject([
		{ field: "comment" },
	]);
});

test("a provider that is away is answered later", async () => {
	const id = await fixture.bring(invitation);
	fixture.control.failNext("update", refusal("unavailable", "server_error"));
	const answer = await rsvp(id, { response: "accepted" });
	expect(answer).toMatchObject({ status: 202, body: { sync: { state: "pending" } } });
	expect(responsesOf(answer.body.participants)).toEqual(["boss@example.com accepted", "ada accepted"]);
});
