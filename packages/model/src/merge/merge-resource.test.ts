import { expect, test } from "vitest";
import type { CalendarEvent } from "../event/event.ts";
import { parseCalendar } from "../icalendar/parse.ts";
import { calendarText, eventLines } from "../icalendar/testing/read-one.ts";
import { mergeResource } from "./merge-resource.ts";

const eventsOf = (...lines: readonly string[]): readonly CalendarEvent[] =>
	parseCalendar(calendarText(...lines)).groups.flatMap(({ events }) => events);

const GUEST = "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:g@x.org";

test("what a guest wrote beside the answer stays, whoever changed the guests", () => {
	const said = 'ATTENDEE;PARTSTAT=ACCEPTED;X-RESPONSE-COMMENT="late":mailto:g@x.org';
	const event = (...more: readonly string[]) => eventsOf(...eventLines("DTSTART:20260301T090000Z", ...more));
	const base = event(GUEST);
	const added = event(GUEST, "ATTENDEE:mailto:h@x.org");
	for (const [local, remote] of [
		[added, event(said)],
		[event(said), added],
	] as const) {
		const { events } = mergeResource({ base, local, remote });
		expect(events?.[0]?.participants).toMatchObject([
			{ email: "g@x.org", response: "accepted", comment: "late" },
			{ email: "h@x.org" },
		]);
	}
});

test("the provider's page of an event is nobody's edit: where it has got another one, nothing was lost", () => {
	const series = (link: string, slot: string, ...more: readonly string[]) =>
		eventsOf(
			...eventLines("DTSTART:20260302T090000Z", "RRULE:FREQ=WEEKLY", ...more),
			...eventLines(`RECURRENCE-ID:${slot}`, `DTSTART:${slot}`, "SUMMARY:other", `URL:https://x.test/${link}`),
		);
	const base = series("old", "20260309T090000Z");
	// The series was moved here, and its occurrences have other names with it.
	const local = series("old", "20260309T110000Z");
	const remote = series("new", "20260309T110000Z");
	const { events, lost } = mergeResource({ base, local, remote });
	expect(lost).toEqual([]);
	expect(events?.[1]?.html_link).toBe("https://x.test/new");
});
