import { afterEach, beforeEach, expect, test } from "vitest";
import { daily, meeting } from "../testing.ts";
import { createMoveFixture, type MoveFixture } from "./testing.ts";

/** Where the provider deletes what is cancelled, nothing is deleted unasked, and guests are not left out. */

let fixture: MoveFixture;
beforeEach(async () => {
	fixture = await createMoveFixture({ capabilities: { cancelsByDeleting: true } });
});
afterEach(() => fixture.close());

const times = {
	start: { date_time: "2026-12-02T09:00:00", time_zone: "Europe/Berlin" },
	end: { date_time: "2026-12-02T10:00:00", time_zone: "Europe/Berlin" },
};

test("cancelling says to delete, in whatever scope", async () => {
	const id = await fixture.bring(daily());
	for (const asked of [
		`${id}?scope=all`,
		`${id}.20261203T120000Z?scope=this`,
		`${id}.20261203T120000Z?scope=following`,
	]) {
		const { status, body } = await fixture.call("PATCH", `/v1/events/${asked}`, { status: "cancelled", title: "Off" });
		expect([status, body.errors]).toEqual([400, [{ field: "status", detail: expect.stringContaining("DELETE") }]]);
	}
	expect(fixture.control.performed).toEqual([]);
});

test("nothing can be made, or moved there, as cancelled", async () => {
	const id = await fixture.bring(meeting({ status: "cancelled" }));
	const calendar_id = await fixture.calendarId("Work");
	const made = await fixture.call("POST", "/v1/events", { ...times, calendar_id, title: "Talk", status: "cancelled" });
	expect([made.status, made.body.errors]).toEqual([400, [{ field: "status", detail: expect.any(String) }]]);
	const moved = await fixture.move(id);
	expect([moved.status, moved.body.errors]).toEqual([400, [{ field: "calendar_id", detail: expect.any(String) }]]);
	expect(fixture.control.performed).toEqual([]);
});
