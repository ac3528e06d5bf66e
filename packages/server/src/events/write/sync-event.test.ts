import { afterEach, beforeEach, expect, test } from "vitest";
import { createWritingFixture, guest, meeting, refusal, type WritingFixture } from "../testing.ts";

let fixture: WritingFixture;
beforeEach(async () => {
	fixture = await createWritingFixture();
});
afterEach(() => fixture.close());

const me = guest("ada", { self: true });
const invitation = meeting({ participants: [guest("boss@example.com", { organizer: true }), me] });

async function act(id: string, action: string) {
	return fixture.call("POST", `/v1/events/${id}/sync`, { action });
}

/** An answer to an invitation that the provider has refused for good. */
async function refused(): Promise<string> {
	const id = await fixture.bring(invitation);
	fixture.control.failNext("update", refusal("forbidden", "event_refused"));
	await fixture.call("POST", `/v1/events/${id}/rsvp`, { response: "accepted" });
	expect((await fixture.read(id)).sync).toMatchObject({ state: "failed", error: { code: "event_refused" } });
	return id;
}

async function myResponse(id: string): Promise<string | undefined> {
	return (await fixture.read(id)).participants.find(({ self }) => self)?.response;
}

test("needs somebody signed in", async () => {
	const answer = await fixture.app.inject({ method: "POST", url: "/v1/events/evt_1/sync", payload: {} });
	expect(answer.statusCode).toBe(401);
});

test("where all is with the provider there is nothing to do", async () => {
	const id = await fixture.bring(invitation);
	for (const action of ["retry", "discard"]) {
		expect(await act(id, action)).toMatchObject({ status: 409, body: { code: "nothing_to_sync" } });
	}
	expect(await act(id, "forget")).toMatchObject({ status: 400, body: { errors: [{ field: "action" }] } });
});

test("a refused change is tried again", async () => {
	const id = await refused();
	expect(await act(id, "retry")).toMatchObject({ status: 200, body: { id, sync: { state: "synced" } } });
	expect(fixture.remote("u1")[0]?.participants[1]?.response).toBe("accepted");
});

test("a refused change is given up: the event is as the provider has it", async () => {
	const id = await refused();
	expect(await myResponse(id)).toBe("accepted");
	expect(await act(id, "discard")).toMatchObject({ status: 200, body: { id, sync: { state: "synced" } } });
	expect(await myResponse(id)).toBe("needs_action");
	expect(fixture.control.performed).toEqual([]);
	await fixture.sync();
	expect(await myResponse(id)).toBe("needs_action");
});

test("a change that waits is tried at once", async () => {
	const id = await fixture.bring(invitation);
	fixture.control.failNext("update", refusal("unavailable", "server_error"));
	await fixture.call("POST", `/v1/events/${id}/rsvp`, { response: "accepted" });
	expect((await fixture.read(id)).sync.state).toBe("pending");
	expect(await act(id, "retry")).toMatchObject({ status: 200, body: { sync: { state: "synced" } } });
	expect(fixture.remote("u1")[0]?.participants[1]?.response).toBe("accepted");
});

test("a change that was never sent is given up", async () => {
	const id = await fixture.bring(invitation);
	const paused = (value: boolean) =>
		fixture.call("PATCH", `/v1/connections/${fixture.connectionId}`, { paused: value });
	await paused(true);
	const { status } = await fixture.call("POST", `/v1/events/${id}/rsvp`, { response: "declined" });
	expect([status, await myResponse(id)]).toEqual([202, "declined"]);
	expect(await act(id, "discard")).toMatchObject({ status: 200, body: { sync: { state: "synced" } } });
	expect(await myResponse(id)).toBe("needs_action");
	await paused(false);
	await fixture.sync();
	expect([await myResponse(id), fixture.control.performed]).toEqual(["needs_action", []]);
});

test("a change that is given up but got through after all is found by the next sync", async () => {
	const id = await fixture.bring(invitation);
	fixture.control.loseAnswer("update");
	expect((await fixture.call("POST", `/v1/events/${id}/rsvp`, { response: "accepted" })).status).toBe(202);
	expect(await act(id, "discard")).toMatchObject({ status: 200, body: { sync: { state: "synced" } } });
	expect(await myResponse(id)).toBe("needs_action");
	await fixture.sync();
	expect(await myResponse(id)).toBe("accepted");
});

test("what is being sent cannot be taken back", async () => {
	const id = await fixture.bring(invitation);
	const gate = fixture.control.holdWrites("update");
	const sending = fixture.call("POST", `/v1/events/${id}/rsvp`, { response: "accepted" });
	await gate.reached;
	expect(await act(id, "discard")).toMatchObject({ status: 409, body: { code: "sync_in_progress" } });
	gate.release();
	expect(await sending).toMatchObject({ status: 200 });
});

test("a deletion that was refused or waits is tried again, and answered as a deletion", async () => {
	const [refusedId, waitingId] = [await fixture.bring(meeting()), await fixture.bring(meeting({ uid: "u2" }))];
	fixture.control.failNext("remove", refusal("forbidden", "read_only"));
	expect((await fixture.call("DELETE", `/v1/events/${refusedId}`)).status).toBe(422);
	fixture.control.failNext("remove", refusal("forbidden", "read_only"));
	expect(await act(refusedId, "retry")).toMatchObject({ status: 422, body: { code: "provider_refused" } });
	expect((await act(refusedId, "retry")).status).toBe(204);
	expect(fixture.remote("u1")).toEqual([]);
	fixture.control.failNext("remove", refusal("unavailable", "timeout"));
	expect((await fixture.call("DELETE", `/v1/events/${waitingId}`)).status).toBe(202);
	fixture.control.failNext("remove", refusal("unavailable", "timeout"));
	expect(await act(waitingId, "retry")).toMatchObject({ status: 409, body: { code: "sync_in_progress" } });
	expect((await act(waitingId, "retry")).status).toBe(204);
});
