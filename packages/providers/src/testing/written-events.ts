import type { CalendarEvent, DateTimeZoned } from "@kalends/model";
import { fixture } from "./fixture-events.ts";
import { eventsIn } from "./write-client.ts";

/** A VTIMEZONE that no IANA name stands for: four and a half hours east. */
const CUSTOM_ZONE = [
	"BEGIN:VTIMEZONE",
	"TZID:Our Own Time",
	"BEGIN:STANDARD",
	"DTSTART:19700101T000000",
	"TZOFFSETFROM:+0430",
	"TZOFFSETTO:+0430",
	"TZNAME:OOT",
	"END:STANDARD",
	"END:VTIMEZONE",
];

/** One VCALENDAR with one event of these lines; the custom zone is defined in it. */
export function calendarOf(name: string, lines: readonly string[]): string {
	const zone = lines.some((line) => line.includes("Our Own Time")) ? CUSTOM_ZONE : [];
	const event = [`UID:${name.replace(/\W+/g, "-")}`, "DTSTAMP:20260101T000000Z", `SUMMARY:${name}`, ...lines];
	return wrapped([...zone, "BEGIN:VEVENT", ...event, "END:VEVENT"]);
}

function wrapped(lines: readonly string[]): string {
	const all = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Kalends//Tests//EN", ...lines, "END:VCALENDAR", ""];
	return all.join("\r\n");
}

/** The kind of time that only a body with a VTIMEZONE can keep. */
export const OWN_ZONE = "in a zone of its own";

/** Lines of events at every kind of time. */
export const TIMES: Readonly<Record<string, readonly string[]>> = {
	"all day": ["DTSTART;VALUE=DATE:20260303", "DTEND;VALUE=DATE:20260305"],
	"all day, every year": ["DTSTART;VALUE=DATE:20240229", "DTEND;VALUE=DATE:20240301", "RRULE:FREQ=YEARLY"],
	floating: ["DTSTART:20260303T090000", "DTEND:20260303T100000"],
	"in a zone": ["DTSTART;TZID=Europe/Paris:20260303T090000", "DTEND;TZID=Europe/Paris:20260303T103000"],
	"from one zone to another": [
		"DTSTART;TZID=Europe/Paris:20260303T090000",
		"DTEND;TZID=America/New_York:20260303T120000",
	],
	[OWN_ZONE]: ["DTSTART;TZID=Our Own Time:20260303T090000", "DTEND;TZID=Our Own Time:20260303T100000"],
	"without length": ["DTSTART:20260303T090000Z"],
	"recurring with exceptions": [
		"DTSTART;TZID=Europe/Paris:20260303T090000",
		"DTEND;TZID=Europe/Paris:20260303T100000",
		"RRULE:FREQ=WEEKLY;BYDAY=TU,TH;UNTIL=20260630T215959Z",
		"EXDATE;TZID=Europe/Paris:20260305T090000,20260310T090000",
		"RDATE;TZID=Europe/Paris:20260307T090000",
	],
};

export const ALARMS: readonly string[] = [
	"DTSTART:20260303T090000Z",
	"DTEND:20260303T100000Z",
	"BEGIN:VALARM",
	"ACTION:X-OURS",
	"TRIGGER:-PT90S",
	"X-KIND:bell",
	"END:VALARM",
	"BEGIN:VALARM",
	"ACTION:DISPLAY",
	"DESCRIPTION:Soon",
	"TRIGGER:-PT15M",
	"END:VALARM",
];

const ZONE = ";TZID=Our Own Time";
/** A series of another client's, with much in it that no field of an event stands for. */
export const ODD_BODY = wrapped([
	"X-WR-CALNAME:Theirs",
	...CUSTOM_ZONE,
	"BEGIN:VEVENT",
	"UID:odd",
	"DTSTAMP:20260101T000000Z",
	`DTSTART${ZONE}:20260303T090000`,
	`DTEND${ZONE}:20260303T100000`,
	"RRULE:FREQ=DAILY;COUNT=4",
	"SUMMARY:Odd",
	"PRIORITY:3",
	"CONTACT:Jane",
	"X-APPLE-TRAVEL-ADVISORY-BEHAVIOR:AUTOMATIC",
	"X-APPLE-STRUCTURED-LOCATION;VALUE=URI;X-TITLE=Here:geo:48.2,16.37",
	"BEGIN:VALARM",
	"ACTION:DISPLAY",
	"DESCRIPTION:First",
	"TRIGGER:-PT15M",
	"X-WR-ALARMUID:first",
	"END:VALARM",
	"BEGIN:VALARM",
	"ACTION:AUDIO",
	"TRIGGER:-PT30S",
	"ATTACH;VALUE=URI:Basso",
	"X-WR-ALARMUID:second",
	"END:VALARM",
	"END:VEVENT",
	"BEGIN:VEVENT",
	"UID:odd",
	`RECURRENCE-ID${ZONE}:20260304T090000`,
	"DTSTAMP:20260101T000000Z",
	`DTSTART${ZONE}:20260304T140000`,
	`DTEND${ZONE}:20260304T150000`,
	"SUMMARY:Odd and moved",
	"X-THEIRS:kept",
	"END:VEVENT",
]);

export function zoned(local: string, zone: string, instant: string): DateTimeZoned {
	return { type: "zoned", local, zone, instant };
}

/**
 * Every field that takes text has some that is hard to write.
 * @param escaped characters that have to be escaped
 */
export function textEvent(escaped: string): CalendarEvent {
	const [event] = eventsIn(fixture({ uid: "text", title: "x" }).ics);
	if (event === undefined) throw new Error("the fixture has no event");
	const hard = `Zeile 1\nline 2\t${escaped} "quoted" 👩‍👩‍👧‍👦 e\u0301 \u{1F1E6}\u{1F1F9} \u202Ertl\u202C end`;
	return {
		...event,
		title: hard,
		description: `${hard}\n${"Very long text 世界 😀. ".repeat(6_000)}`,
		location: `${hard}\n2nd floor`,
		categories: [`a ${escaped}`, "b 世界"],
	};
}
