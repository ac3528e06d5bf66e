import { afterEach, expect, it } from "vitest";
import { at, createSyncFixture, event, type SyncFixture, storedState } from "./testing.ts";
import { verifyConnection } from "./verify.ts";

let fixture: SyncFixture;
afterEach(() => fixture.close());

const verify = () => verifyConnection(fixture.services, fixture.userId, fixture.connectionId);

it("finds nothing after a sync, and every kind of difference before the next, writing nothing", async () => {
	fixture = await createSyncFixture();
	const calendar = fixture.control.createCalendar("ada", { name: "Work" });
	const series = (title: string) => [
		event({ uid: "s", recurrence: ["RRULE:FREQ=DAILY;COUNT=3"] }),
		event({ uid: "s", recurrence_id: at(3), start: at(3), end: at(3, 10), title }),
	];
	fixture.control.putEvents(calendar, "s", series("Old"));
	for (const uid of ["a", "b"]) fixture.control.putEvents(calendar, uid, [event({ uid })]);
	await fixture.sync();
	expect(await verify()).toEqual({ calendars: 1, events: 4, pending: 0, differences: [] });

	fixture.control.putEvents(calendar, "s", series("New"));
	fixture.control.putEvents(calendar, "c", [event({ uid: "c" })]);
	fixture.control.remove(calendar, "a");
	const before = await storedState(fixture);
	const { differences } = await verify();
	expect(differences).toMatchObject([
		{ kind: "different", uid: "s", originalStart: "20261203T090000Z", fields: ["title"], calendarName: "Work" },
		{ kind: "missing", uid: "c", originalStart: null },
		{ kind: "extra", uid: "a" },
	]);
	expect(await storedState(fixture)).toEqual(before);
	await fixture.sync();
	expect((await verify()).differences).toEqual([]);
});

it("does not count what is kept on purpose", async () => {
	fixture = await createSyncFixture({ capabilities: { pastAbsenceMeansDeletion: false } });
	const calendar = fixture.control.createCalendar("ada");
	fixture.clock.set("2026-12-10T12:00:00Z");
	fixture.control.putEvents(calendar, "past", [event({ uid: "past" })]);
	for (let index = 0; index < 20; index++) {
		fixture.control.putEvents(calendar, `u${index}`, [event({ uid: `u${index}`, start: at(20), end: at(20, 10) })]);
	}
	await fixture.sync();
	fixture.control.remove(calendar, "past");
	for (let index = 0; index < 15; index++) fixture.control.remove(calendar, `u${index}`);
	fixture.control.expireCursors(calendar);
	await fixture.sync();
	expect((await storedState(fixture)).events).toHaveLength(21);
	expect((await verify()).differences).toEqual([]);
});
