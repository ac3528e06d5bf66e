import { seededRandom } from "@kalends/model";

/**
 * A believable calendar as iCalendar text, made without the model under test: singles and series in five zones,
 * all-day and floating ones, with COUNT, UNTIL, EXDATE, RDATE and overrides (moved, retitled, cancelled).
 */
export interface FixtureResource {
	readonly name: string;
	readonly uid: string;
	readonly ics: string;
}

export interface FixtureOptions {
	readonly seed: number;
	readonly singles: number;
	readonly recurring: number;
	/** First day of the year that the events spread over, `YYYY-MM-DD`. */
	readonly from: string;
	readonly days?: number;
}

const ZONES = ["Europe/Berlin", "America/New_York", "Asia/Tokyo", "Australia/Sydney", "UTC"] as const;
/** Each TZID comes with its VTIMEZONE (RFC 5545 §3.6.5). */
const VTIMEZONES: Readonly<Record<string, readonly string[]>> = {
	"Europe/Berlin": vtimezone("Europe/Berlin", [
		["DAYLIGHT", "19810329T020000", "+0100", "+0200", "FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU"],
		["STANDARD", "19961027T030000", "+0200", "+0100", "FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU"],
	]),
	"America/New_York": vtimezone("America/New_York", [
		["DAYLIGHT", "20070311T020000", "-0500", "-0400", "FREQ=YEARLY;BYMONTH=3;BYDAY=2SU"],
		["STANDARD", "20071104T020000", "-0400", "-0500", "FREQ=YEARLY;BYMONTH=11;BYDAY=1SU"],
	]),
	"Asia/Tokyo": vtimezone("Asia/Tokyo", [["STANDARD", "19510101T000000", "+0900", "+0900", null]]),
	"Australia/Sydney": vtimezone("Australia/Sydney", [
		["DAYLIGHT", "20081005T020000", "+1000", "+1100", "FREQ=YEARLY;BYMONTH=10;BYDAY=1SU"],
		["STANDARD", "20080406T030000", "+1100", "+1000", "FREQ=YEARLY;BYMONTH=4;BYDAY=1SU"],
	]),
};

function vtimezone(id: string, observances: readonly (readonly [string, string, string, string, string | null])[]) {
	return [
		"BEGIN:VTIMEZONE",
		`TZID:${id}`,
		...observances.flatMap(([kind, start, from, to, rule]) => [
			`BEGIN:${kind}`,
			`DTSTART:${start}`,
			`TZOFFSETFROM:${from}`,
			`TZOFFSETTO:${to}`,
			...(rule === null ? [] : [`RRULE:${rule}`]),
			`END:${kind}`,
		]),
		"END:VTIMEZONE",
	];
}

const WORDS = [
	"Review",
	"Déjeuner",
	"Stand-up",
	"Überblick",
	"1:1",
	"Planning, part 2",
	"Call; urgent",
	"東京会議",
	"Gym",
];
const DAYS = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"] as const;

export function makeFixture(options: FixtureOptions): FixtureResource[] {
	const random = seededRandom(options.seed);
	const days = options.days ?? 365;
	const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
	const integer = (low: number, high: number) => low + Math.floor(random() * (high - low + 1));
	const firstDay = Date.parse(`${options.from}T00:00:00Z`);
	const day = (index: number) => new Date(firstDay + index * 86_400_000).toISOString().slice(0, 10).replaceAll("-", "");
	const resources: FixtureResource[] = [];

	const add = (index: number, kind: string, events: string[][]) => {
		const uid = `${kind}-${index}-${options.seed}@fixture.example`;
		const body = events.map((lines) =>
			["BEGIN:VEVENT", `UID:${uid}`, "DTSTAMP:20260101T000000Z", ...lines, "END:VEVENT"].map(fold).join("\r\n"),
		);
		const zones = ZONES.filter((zone) => body.some((text) => text.includes(`TZID=${zone}:`)));
		const definitions = zones.flatMap((zone) => VTIMEZONES[zone] ?? []);
		const ics = `${["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//fixture//EN", ...definitions, ...body, "END:VCALENDAR"].join("\r\n")}\r\n`;
		resources.push({ name: `${kind}-${index}.ics`, uid, ics });
	};

	for (let index = 0; index < options.singles; index++) {
		const start = integer(0, days - 1);
		const extra = [
			`SUMMARY:${escapeText(`${pick(WORDS)} ${index}`)}`,
			...(random() < 0.5 ? [`LOCATION:${escapeText(`Room ${integer(1, 40)}, floor ${integer(0, 9)}`)}`] : []),
			...(random() < 0.5
				? [`DESCRIPTION:${escapeText("Agenda:\n- one; two\n- three, four\\five ".repeat(integer(1, 5)))}`]
				: []),
			`X-FIXTURE-INDEX:${index}`,
		];
		if (random() < 0.15) {
			add(index, "single", [
				[`DTSTART;VALUE=DATE:${day(start)}`, `DTEND;VALUE=DATE:${day(start + integer(1, 3))}`, ...extra],
			]);
		} else if (random() < 0.05) {
			add(index, "single", [[`DTSTART:${day(start)}T${clock(integer(7, 18), 0)}`, "DURATION:PT45M", ...extra]]);
		} else {
			const hour = integer(7, 19);
			const zone = pick(ZONES);
			add(index, "single", [
				[dateTime("DTSTART", zone, day(start), hour, 15), dateTime("DTEND", zone, day(start), hour + 1, 0), ...extra],
			]);
		}
	}

	for (let index = 0; index < options.recurring; index++) {
		const zone = ZONES[index % ZONES.length] as string;
		const start = integer(0, 60);
		const weekday = DAYS[new Date(firstDay + start * 86_400_000).getUTCDay()] as string;
		const hour = integer(7, 18);
		const summary = `SUMMARY:${escapeText(`Series ${index}`)}`;
		const allDay = index % 7 === 6;
		const at = (dayIndex: number, name: string) =>
			allDay ? `${name};VALUE=DATE:${day(dayIndex)}` : dateTime(name, zone, day(dayIndex), hour, 30);
		const master = [at(start, "DTSTART")];
		master.push(
			allDay ? `DTEND;VALUE=DATE:${day(start + 1)}` : dateTime("DTEND", zone, day(start), hour + 1, 0),
			summary,
		);
		const until = allDay ? day(start + 200) : `${day(start + 200)}T235959Z`;
		const rules = [
			`FREQ=WEEKLY;BYDAY=${weekday}`,
			`FREQ=WEEKLY;INTERVAL=2;BYDAY=${weekday};COUNT=12`,
			`FREQ=DAILY;UNTIL=${until}`,
			`FREQ=MONTHLY;BYMONTHDAY=${Number(day(start).slice(6))}`,
			`FREQ=DAILY;INTERVAL=3;COUNT=40`,
			`FREQ=WEEKLY;BYDAY=${weekday};UNTIL=${until}`,
		];
		const rule = rules[index % rules.length] as string;
		const step = rule.includes("INTERVAL=2")
			? 14
			: rule.includes("INTERVAL=3")
				? 3
				: rule.startsWith("FREQ=DAILY")
					? 1
					: 7;
		master.push(`RRULE:${rule}`);
		const overrides: string[][] = [];
		if (!rule.startsWith("FREQ=MONTHLY")) {
			if (index % 2 === 0) master.push(at(start + step * 2, "EXDATE"));
			if (index % 3 === 0) {
				const moved = start + step * 3 + 1;
				overrides.push([
					at(start + step * 3, "RECURRENCE-ID"),
					allDay ? `DTSTART;VALUE=DATE:${day(moved)}` : dateTime("DTSTART", zone, day(moved), hour + 2, 0),
					allDay ? `DTEND;VALUE=DATE:${day(moved + 1)}` : dateTime("DTEND", zone, day(moved), hour + 3, 0),
					`SUMMARY:${escapeText(`Series ${index}, moved`)}`,
				]);
			}
			if (index % 5 === 0) {
				overrides.push([
					at(start + step * 5, "RECURRENCE-ID"),
					at(start + step * 5, "DTSTART"),
					allDay
						? `DTEND;VALUE=DATE:${day(start + step * 5 + 1)}`
						: dateTime("DTEND", zone, day(start + step * 5), hour + 1, 0),
					summary,
					"STATUS:CANCELLED",
				]);
			}
			if (index % 4 === 1 && !allDay) master.push(dateTime("RDATE", zone, day(start + 300), hour, 30));
		}
		add(index, "series", [master, ...overrides]);
	}
	return resources;
}

function dateTime(name: string, zone: string, date: string, hour: number, minute: number): string {
	return zone === "UTC"
		? `${name}:${date}T${clock(hour, minute)}Z`
		: `${name};TZID=${zone}:${date}T${clock(hour, minute)}`;
}

function clock(hour: number, minute: number): string {
	return `${String(hour).padStart(2, "0")}${String(minute).padStart(2, "0")}00`;
}

function escapeText(text: string): string {
	return text.replaceAll("\\", "\\\\").replaceAll(";", "\\;").replaceAll(",", "\\,").replaceAll("\n", "\\n");
}

function fold(line: string): string {
	const parts: string[] = [];
	let part = "";
	let octets = 0;
	for (const character of line) {
		const size = Buffer.byteLength(character);
		if (octets + size > 74) {
			parts.push(part);
			part = " ";
			octets = 1;
		}
		part += character;
		octets += size;
	}
	parts.push(part);
	return parts.join("\r\n");
}

/** One VCALENDAR with every event. */
export function inOneCalendar(resources: readonly FixtureResource[]): string {
	const components = resources.map((resource) => {
		const begin = resource.ics.indexOf("BEGIN:VEVENT");
		return resource.ics.slice(begin, resource.ics.lastIndexOf("END:VCALENDAR"));
	});
	const zones = Object.values(VTIMEZONES)
		.flatMap((lines) => lines.map((line) => `${line}\r\n`))
		.join("");
	return `BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//fixture//EN\r\n${zones}${components.join("")}END:VCALENDAR\r\n`;
}
