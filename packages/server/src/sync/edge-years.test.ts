import { parseCalendar } from "@kalends/model";
import { afterEach, expect, it } from "vitest";
import { createSyncFixture, event, type SyncFixture, storedState } from "./testing.ts";

let fixture: SyncFixture;
afterEach(() => fixture.close());

const body = (...lines: readonly string[]) =>
	["BEGIN:VCALENDAR", "BEGIN:VEVENT", "UID:edge", ...lines, "END:VEVENT", "END:VCALENDAR"].join("\r\n");

/** What PostgreSQL reads of the years 0 and 10000 is not what ISO 8601 writes. */
it.each([
	["an all-day event of the year 1", ["DTSTART;VALUE=DATE:00010101"]],
	["a series from the year 1", ["DTSTART;VALUE=DATE:00010101", "RRULE:FREQ=YEARLY"]],
	["a floating event of the year 1", ["DTSTART:00010101T000000"]],
	["a zoned event of the year 1", ["DTSTART;TZID=Asia/Tokyo:00010101T000000"]],
	["an all-day event of the year 9999", ["DTSTART;VALUE=DATE:99991231"]],
	["a series from the year 9999", ["DTSTART:99991231T235959Z", "RRULE:FREQ=DAILY"]],
	["a floating event of the year 9999", ["DTSTART:99991231T235959"]],
	["a zoned event of the year 9999", ["DTSTART;TZID=America/Lima:99991231T235959", "RRULE:FREQ=SECONDLY"]],
	["a duration past all years", ["DTSTART:20261201T090000", "DURATION:P999999999W"]],
])("%s costs its calendar nothing", async (_, lines) => {
	fixture = await createSyncFixture();
	const calendar = fixture.control.createCalendar("ada");
	const events = parseCalendar(body(...lines)).groups.flatMap((group) => [...group.events]);
	expect(events).toHaveLength(1);
	fixture.control.putEvents(calendar, "edge", events);
	fixture.control.putEvents(calendar, "usual", [event({ uid: "usual" })]);
	await fixture.sync();
	const { status_reason } = await fixture.services.db.selectFrom("calendars").selectAll().executeTakeFirstOrThrow();
	expect(status_reason).toBeNull();
	expect((await storedState(fixture)).events).toHaveLength(2);
});
