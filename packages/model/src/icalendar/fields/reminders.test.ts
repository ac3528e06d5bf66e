import { describe, expect, test } from "vitest";
import type { EventDateTime } from "../../event/event.ts";
import { calendarText, eventLines, NOW, onlyEvent, parseLines, readOne, writtenLines } from "../testing/read-one.ts";
import { writeCalendar } from "../write.ts";

const alarm = (...lines: string[]) => ["BEGIN:VALARM", ...lines, "END:VALARM"];
const read = (...lines: string[]) => readOne("DTEND:20260301T100000Z", ...lines).reminders.overrides;
const utc = (local: string): EventDateTime => ({ type: "zoned", local, zone: "UTC", instant: `${local}Z` });

describe("reading", () => {
	test.each([
		[["ACTION:DISPLAY", "TRIGGER:-PT15M"], { method: "popup", minutes: 15 }],
		[["ACTION:audio", "TRIGGER;VALUE=DURATION:-P1D"], { method: "popup", minutes: 1440 }],
		[["ACTION:EMAIL", "TRIGGER:-P1W"], { method: "email", minutes: 10080 }],
		[["ACTION:DISPLAY", "TRIGGER:PT0S"], { method: "popup", minutes: 0 }],
		[["ACTION:DISPLAY", "TRIGGER:PT10M"], { method: "popup", minutes: -10 }],
		[["ACTION:DISPLAY", "TRIGGER;RELATED=END:-PT15M"], { method: "popup", minutes: -45 }],
		[["ACTION:DISPLAY", "TRIGGER;VALUE=DATE-TIME:20260301T083000Z"], { method: "popup", minutes: 30 }],
	])("%j", (lines, reminder) => expect(read(...alarm(...lines))).toEqual([reminder]));

	test.each([
		[["ACTION:NONE", "TRIGGER;VALUE=DATE-TIME:19760401T005545Z"]],
		[["ACTION:PROCEDURE", "TRIGGER:-PT15M"]],
		[["ACTION:DISPLAY", "TRIGGER:-PT90S"]],
		[["ACTION:DISPLAY"]],
		[["TRIGGER:-PT15M"]],
	])("%j is none", (lines) => expect(read(...alarm(...lines))).toEqual([]));

	test("an instant is none for a series", () =>
		expect(read("RRULE:FREQ=DAILY", ...alarm("ACTION:DISPLAY", "TRIGGER;VALUE=DATE-TIME:20260301T083000Z"))).toEqual(
			[],
		));

	test("each once", () =>
		expect(read(...alarm("ACTION:DISPLAY", "TRIGGER:-PT15M"), ...alarm("ACTION:AUDIO", "TRIGGER:-PT15M"))).toHaveLength(
			1,
		));
});

describe("writing", () => {
	const SOUND = alarm("ACTION:AUDIO", "TRIGGER:-PT15M", "ATTACH;VALUE=URI:Basso", "X-WR-ALARMUID:1");
	const SECONDS = alarm("ACTION:DISPLAY", "TRIGGER:-PT90S", "DESCRIPTION:x");
	const BASE = calendarText(...eventLines("DTEND:20260301T100000Z", ...SOUND, ...SECONDS));
	const event = onlyEvent(parseLines(eventLines("DTEND:20260301T100000Z", ...SOUND, ...SECONDS)));
	const alarms = (lines: string[]) => lines.slice(lines.indexOf("BEGIN:VALARM"), -1);

	test("popup and e-mail carry what RFC 5545 demands", () => {
		const reminders = {
			use_default: false,
			overrides: [{ method: "popup", minutes: 10 } as const, { method: "email", minutes: 1440 } as const],
		};
		const participants = [
			{
				email: "me@example.org",
				name: null,
				response: "accepted",
				optional: false,
				organizer: false,
				self: true,
			} as const,
		];
		expect(alarms(writtenLines({ ...readOne(), title: "T", reminders, participants }))).toEqual([
			...alarm("ACTION:DISPLAY", "TRIGGER:-PT10M", "DESCRIPTION:T"),
			...alarm("ACTION:EMAIL", "TRIGGER:-PT24H", "DESCRIPTION:T", "SUMMARY:T", "ATTENDEE:mailto:me@example.org"),
		]);
	});

	test("mail goes to the person alone, whoever else is invited", () => {
		const reminders = { use_default: false, overrides: [{ method: "email", minutes: 5 } as const] };
		const guest = { email: "b@example.org", name: null, response: "accepted", optional: false } as const;
		const wanted = { ...readOne(), reminders, participants: [{ ...guest, organizer: false, self: false }] };
		const attendees = (body: string) => /BEGIN:VALARM.*END:VALARM/s.exec(body)?.[0].match(/ATTENDEE.*/g) ?? [];
		const write = (base: string | null, ownAddress?: string) =>
			writeCalendar({ events: [wanted], base, now: NOW, ...(ownAddress === undefined ? {} : { ownAddress }) });
		expect(attendees(write(null))).toEqual([]);
		for (const base of [null, calendarText(...eventLines())]) {
			expect(attendees(write(base, "me@example.org"))).toEqual(["ATTENDEE:mailto:me@example.org"]);
		}
	});

	test("unchanged alarms stay as they are", () =>
		expect(alarms(writtenLines({ ...event, title: "new" }, BASE))).toEqual([...SOUND, ...SECONDS]));

	test("one more leaves the others", () => {
		const overrides = [...event.reminders.overrides, { method: "popup", minutes: 5 } as const];
		expect(alarms(writtenLines({ ...event, reminders: { use_default: false, overrides } }, BASE))).toEqual([
			...SOUND,
			...SECONDS,
			...alarm("ACTION:DISPLAY", "TRIGGER:-PT5M", "DESCRIPTION:Reminder"),
		]);
	});

	test("one less leaves those of other kinds", () =>
		expect(alarms(writtenLines({ ...event, reminders: { use_default: false, overrides: [] } }, BASE))).toEqual(
			SECONDS,
		));

	test("an alarm at an instant becomes relative when the event moves and the reminder stays", () => {
		const absolute = alarm("ACTION:DISPLAY", "TRIGGER;VALUE=DATE-TIME:20260301T083000Z", "DESCRIPTION:x");
		const base = calendarText(...eventLines(...absolute));
		const moved = {
			...onlyEvent(parseLines(eventLines(...absolute))),
			start: utc("2026-03-05T09:00:00"),
			end: utc("2026-03-05T09:00:00"),
		};
		expect(alarms(writtenLines(moved, base))).toEqual(
			alarm("ACTION:DISPLAY", "TRIGGER:-PT30M", "DESCRIPTION:Reminder"),
		);
	});
});
