import { afterEach, beforeEach, expect, test } from "vitest";
import { editResource } from "../../push/edit-resource.ts";
import { pushNow } from "../../push/push-now.ts";
import { databaseFingerprint } from "../../testing/fingerprint.ts";
import { createTestPerson } from "../../testing/people.ts";
import { createWritingFixture, guest, meeting, onDay, refusal, type WritingFixture } from "../testing.ts";

let fixture: WritingFixture;
beforeEach(async () => {
	fixture = await createWritingFixture();
});
afterEach(() => fixture.close());

async function restore(id: string, version: number, headers: Readonly<Record<string, string>> = {}) {
	return fixture.call("POST", `/v1/events/${id}/restore`, { version }, headers);
}

async function history(id: string): Promise<{ version: number; action: string; event: { title: string } }[]> {
	return (await fixture.call("GET", `/v1/events/${id}/history`)).body.data;
}

async function actions(id: string): Promise<string[]> {
	return (await history(id)).map(({ version, action, event }) => `${version} ${action} ${event.title}`);
}

/** The person deletes it. */
async function remove(id: string, services = fixture.services): Promise<string> {
	const actor = { type: "user", id: fixture.userId } as const;
	const request = { userId: fixture.userId, actor, eventId: id };
	const { intentIds } = await editResource(services, request, () => ({ wanted: null, action: "deleted" }));
	const { signal } = new AbortController();
	return pushNow(services, fixture.userId, intentIds, { withinMs: 5_000, signal });
}

test("needs somebody signed in", async () => {
	const answer = await fixture.app.inject({ method: "POST", url: "/v1/events/evt_1/restore", payload: {} });
	expect(answer.statusCode).toBe(401);
});

test("an earlier version comes back, there too; restoring it again changes nothing", async () => {
	const id = await fixture.bring(meeting());
	await fixture.bring(meeting({ title: "Moved", location: "Roof" }));
	expect(await actions(id)).toEqual(["2 updated Moved", "1 seen Meeting"]);
	const answer = await restore(id, 1);
	expect(answer).toMatchObject({
		status: 200,
		body: { id, title: "Meeting", location: "", sync: { state: "synced" } },
	});
	expect(answer.headers.etag).toBe(`"${answer.body.etag}"`);
	expect(fixture.remote("u1")).toMatchObject([{ title: "Meeting", location: "" }]);
	expect(await actions(id)).toEqual(["3 restored Meeting", "2 updated Moved", "1 seen Meeting"]);

	expect(await restore(id, 1)).toMatchObject({ status: 200, body: { etag: answer.body.etag } });
	expect(fixture.control.performed).toHaveLength(1);
	expect(await actions(id)).toHaveLength(3);
});

test("a series comes back as a whole, by an occurrence's id too", async () => {
	const series = meeting({ recurrence: ["RRULE:FREQ=DAILY;COUNT=5"] });
	const id = await fixture.bring(series, onDay("03", { title: "Special" }));
	await fixture.bring({ ...series, recurrence: ["RRULE:FREQ=WEEKLY;COUNT=5"] });
	expect((await restore(`${id}.20261202T120000Z`, 1)).body).toMatchObject({
		id,
		recurrence: ["RRULE:FREQ=DAILY;COUNT=5"],
	});
	expect((await fixture.read(`${id}.20261203T120000Z`)).title).toBe("Special");
	expect(
		fixture
			.remote("u1")
			.map(({ title }) => title)
			.toSorted(),
	).toEqual(["Meeting", "Special"]);
});

test("guests' responses stay", async () => {
	const [boss, ann] = [guest("boss@example.com", { organizer: true }), guest("ann@example.com")];
	const id = await fixture.bring(meeting({ participants: [boss, ann] }));
	await fixture.bring(meeting({ title: "Moved", participants: [boss, { ...ann, response: "declined" }] }));
	const { body } = await restore(id, 1);
	expect(body).toMatchObject({
		title: "Meeting",
		participants: [{}, { email: "ann@example.com", response: "declined" }],
	});
});

test("If-Match", async () => {
	const id = await fixture.bring(meeting());
	const { etag } = await fixture.read(id);
	await fixture.bring(meeting({ title: "Moved" }));
	const stale = await restore(id, 1, { "if-match": etag });
	expect(stale).toMatchObject({ status: 412, body: { code: "precondition_failed" } });
	expect((await restore(id, 1, { "if-match": stale.body.etag })).status).toBe(200);
});

test("dry_run tells what would change, and changes nothing", async () => {
	const id = await fixture.bring(meeting());
	await fixture.bring(meeting({ title: "Moved" }));
	const preview = () => fixture.call("POST", `/v1/events/${id}/restore?dry_run=true`, { version: 1 });
	// So that the note of the key's first use does not count as a change.
	await fixture.read(id);
	const before = await databaseFingerprint(fixture.services.db);
	expect(await preview()).toMatchObject({
		status: 200,
		body: { dry_run: true, event: { id, title: "Meeting" }, changes: { title: { before: "Moved", after: "Meeting" } } },
	});
	expect(await databaseFingerprint(fixture.services.db)).toEqual(before);
	await remove(id);
	expect(await preview()).toMatchObject({ status: 200, body: { dry_run: true, event: { title: "Meeting" } } });
	expect(fixture.remote("u1")).toEqual([]);
});

test("versions that are none, and other people's", async () => {
	const id = await fixture.bring(meeting());
	await fixture.bring(meeting({ title: "Moved" }));
	expect(await restore(id, 9)).toMatchObject({ status: 404, body: { errors: [{ field: "version" }] } });
	expect((await restore(id, 0)).body).toMatchObject({ code: "invalid_request", errors: [{ field: "version" }] });
	await remove(id);
	const stranger = await createTestPerson(fixture.services);
	const unknown = await restore(id.replace(/.$/, "z"), 1, stranger.headers);
	const answer = await restore(id, 1, stranger.headers);
	expect({ ...answer.body, request_id: null }).toEqual({ ...unknown.body, request_id: null });
	expect((await fixture.call("GET", `/v1/events/${id}/history`, undefined, stranger.headers)).status).toBe(404);
});

test("what was deleted comes back under its id, with all that no field knows", async () => {
	const id = await fixture.bring(meeting());
	const [resource] = fixture.control.resources(fixture.calendar);
	const raw = resource?.raw.replace("END:VEVENT", "X-MINE:kept\r\nEND:VEVENT") ?? "";
	fixture.control.put(fixture.calendar, "u1", raw);
	await fixture.sync();
	expect(await remove(id)).toBe("synced");
	expect(fixture.remote("u1")).toEqual([]);
	expect((await fixture.call("GET", `/v1/events/${id}`)).status).toBe(404);
	const [deleted] = await history(id);
	expect(deleted).toMatchObject({ action: "deleted", actor: { type: "user", name: "Ada" } });

	expect(await restore(id, deleted?.version ?? 0, { "if-match": "*" })).toMatchObject({ status: 412 });
	const answer = await restore(id, deleted?.version ?? 0);
	expect(answer).toMatchObject({ status: 200, body: { id, ical_uid: "u1", title: "Meeting" } });
	expect(fixture.remote("u1")).toHaveLength(1);
	expect(fixture.control.resources(fixture.calendar)[0]?.raw).toContain("X-MINE:kept");
	expect((await history(id))[0]).toMatchObject({ action: "restored" });
	await fixture.sync();
	expect((await fixture.read(id)).title).toBe("Meeting");
});

test("what was deleted with the provider comes back", async () => {
	const id = await fixture.bring(meeting());
	fixture.control.remove(fixture.calendar, "u1");
	await fixture.sync();
	expect(await actions(id)).toEqual(["1 deleted Meeting"]);
	expect(await restore(id, 1)).toMatchObject({ status: 200, body: { id, title: "Meeting" } });
	expect(fixture.remote("u1")).toHaveLength(1);
});

test("where the provider still holds the UID, it comes back under a new one", async () => {
	const id = await fixture.bring(meeting());
	await remove(id);
	fixture.control.failNext("create", refusal("invalid", "uid_conflict"));
	const { status, body } = await restore(id, 1);
	expect([status, body.id, body.title]).toEqual([200, id, "Meeting"]);
	expect(body.ical_uid).not.toBe("u1");
	expect(fixture.remote(body.ical_uid)).toHaveLength(1);
	await fixture.sync();
	expect((await fixture.read(id)).ical_uid).toBe(body.ical_uid);
});

test("a deletion that was not sent yet is taken back", async () => {
	const id = await fixture.bring(meeting());
	await fixture.call("PATCH", `/v1/connections/${fixture.connectionId}`, { paused: true });
	expect(await remove(id)).toBe("pending");
	expect(await restore(id, 1)).toMatchObject({ status: 200, body: { id, sync: { state: "synced" } } });
	await fixture.call("PATCH", `/v1/connections/${fixture.connectionId}`, { paused: false });
	await fixture.sync();
	expect(fixture.control.performed).toEqual([]);
	expect(fixture.remote("u1")).toHaveLength(1);
});

test("a deletion that may have got through is brought to its end first", async () => {
	const id = await fixture.bring(meeting());
	fixture.control.loseAnswer("remove");
	expect(await remove(id)).toBe("pending");
	fixture.control.failNext("read", refusal("unavailable", "server_error"));
	expect(await restore(id, 1)).toMatchObject({ status: 409, body: { code: "sync_in_progress" } });
	fixture.clock.advance(3_600_000);
	expect(await restore(id, 1)).toMatchObject({ status: 200, body: { id, sync: { state: "synced" } } });
	await fixture.sync();
	expect((await fixture.read(id)).title).toBe("Meeting");
	expect(fixture.remote("u1")).toHaveLength(1);
});

test("a deletion that is being sent is waited for", async () => {
	const id = await fixture.bring(meeting());
	const gate = fixture.control.holdWrites("remove");
	const removing = remove(id);
	await gate.reached;
	const restoring = restore(id, 1);
	gate.release();
	expect(await removing).toBe("synced");
	const answer = await restoring;
	expect(answer).toMatchObject({ status: 200, body: { id, sync: { state: "synced" } } });
	expect(fixture.remote("u1")).toHaveLength(1);
});

test("what lost a conflict is in the history and can be had back", async () => {
	const id = await fixture.bring(meeting());
	const actor = { type: "user", id: fixture.userId } as const;
	const request = { userId: fixture.userId, actor, eventId: id };
	const { intentIds } = await editResource(fixture.services, request, ({ events }) => ({
		wanted: events.map((one) => ({ ...one, title: "Mine" })),
		action: "updated",
	}));
	const [resource] = fixture.control.resources(fixture.calendar);
	fixture.control.put(fixture.calendar, "u1", resource?.raw.replace("SUMMARY:Meeting", "SUMMARY:Theirs") ?? "");
	const { signal } = new AbortController();
	expect(await pushNow(fixture.services, fixture.userId, intentIds, { withinMs: 5_000, signal })).toBe("synced");
	expect((await fixture.read(id)).title).toBe("Theirs");
	const lost = (await history(id)).find(({ action }) => action === "conflict");
	expect(lost).toMatchObject({ event: { title: "Mine" }, fields: ["title"], actor: { type: "user" } });
	expect(await restore(id, lost?.version ?? 0)).toMatchObject({ status: 200, body: { title: "Mine" } });
	expect(fixture.remote("u1")).toMatchObject([{ title: "Mine" }]);
});

test("with its account an event's history goes", async () => {
	const id = await fixture.bring(meeting());
	await remove(id);
	await fixture.call("DELETE", `/v1/connections/${fixture.connectionId}`);
	expect(await restore(id, 1)).toMatchObject({ status: 404, body: { code: "not_found" } });
});
