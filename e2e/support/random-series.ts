import { READER_ZONE } from "./api.ts";
import type { IndependentReader } from "./independent-reader.ts";
import { type Face, instantAt, type Known, type KnownSeries, UTC } from "./known-series.ts";

/** A series as another program would write it, and what is in it by the independent reader and plain bookkeeping. */
export interface RandomSeries extends Omit<KnownSeries, "id"> {
	readonly ics: string;
	/** Its lines, as the API takes them. */
	readonly recurrence: readonly string[];
	/** False where it has overrides, which no POST can say. */
	readonly postable: boolean;
}

const FACES: readonly Face[] = [
	{ kind: "date", zone: null },
	{ kind: "date", zone: null },
	{ kind: "time", zone: null },
	UTC,
	...[
		"Europe/Berlin",
		"Europe/Berlin",
		"America/New_York",
		"Australia/Sydney",
		"Asia/Tokyo",
		"Australia/Lord_Howe",
	].map((zone): Face => ({ kind: "time", zone })),
];
const DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"] as const;
/** Until when occurrences are known. */
const HORIZON = "2029-02-01";

export class Dice {
	readonly #random: () => number;
	constructor(random: () => number) {
		this.#random = random;
	}
	chance(probability: number): boolean {
		return this.#random() < probability;
	}
	integer(low: number, high: number): number {
		return low + Math.floor(this.#random() * (high - low + 1));
	}
	pick<T>(list: readonly T[]): T {
		const item = list[this.integer(0, list.length - 1)];
		if (item === undefined) throw new Error("nothing to pick from");
		return item;
	}
}

/** A VCALENDAR of one component for each list of lines. */
function calendarText(uid: string, events: readonly (readonly string[])[]): string {
	const body = events.flatMap((lines) => [
		"BEGIN:VEVENT",
		`UID:${uid}`,
		"DTSTAMP:20260101T000000Z",
		...lines,
		"END:VEVENT",
	]);
	return ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//other//EN", ...body, "END:VCALENDAR", ""].join("\r\n");
}

/** A date or time as a property: `DTSTART;TZID=Europe/Berlin:20261205T090000`. */
function property(name: string, at: Temporal.PlainDateTime, { kind, zone }: Face): string {
	const day = at.toPlainDate().toString().replaceAll("-", "");
	if (kind === "date") return `${name};VALUE=DATE:${day}`;
	const time = `${day}T${at.toPlainTime().toString({ smallestUnit: "second" }).replaceAll(":", "")}`;
	return zone === null ? `${name}:${time}` : zone === "UTC" ? `${name}:${time}Z` : `${name};TZID=${zone}:${time}`;
}

function timeLines({ start, face, length }: Pick<Known, "start" | "face" | "length">): string[] {
	if (face.kind === "date")
		return [property("DTSTART", start, face), property("DTEND", start.add({ days: length }), face)];
	const instant = instantAt(start, face).add({ minutes: length });
	const end =
		face.zone === null ? start.add({ minutes: length }) : instant.toZonedDateTimeISO(face.zone).toPlainDateTime();
	return [property("DTSTART", start, face), property("DTEND", end, face)];
}

/** Where a rule puts the occurrences of a series, by the independent reader; wall clocks. */
export async function slotsOf(
	reader: IndependentReader,
	{
		start,
		face,
		rules,
	}: { readonly start: Temporal.PlainDateTime; readonly face: Face; readonly rules: readonly string[] },
): Promise<Temporal.PlainDateTime[]> {
	const ics = calendarText("slots", [[...timeLines({ start, face, length: face.kind === "date" ? 1 : 30 }), ...rules]]);
	const rows = await reader.read([{ ics }], "2026-01-01", HORIZON);
	return rows.map(([, from]) =>
		face.kind === "date"
			? Temporal.PlainDate.from(from).toPlainDateTime()
			: Temporal.Instant.from(from)
					.toZonedDateTimeISO(face.zone ?? READER_ZONE)
					.toPlainDateTime(),
	);
}

/** UNTIL so many days after the start, in the form that the start demands (RFC 5545 §3.3.10). */
export function untilAfter(start: Temporal.PlainDateTime, face: Face, days: number): string {
	const last = start.add({ days });
	if (face.kind === "date") return last.toPlainDate().toString().replaceAll("-", "");
	const at = face.zone === null ? last : instantAt(last, face).toZonedDateTimeISO("UTC").toPlainDateTime();
	return property("X", at, face.zone === null ? face : UTC).slice(2);
}

/** A rule that has the start among its times, and the day of the start that it needs. */
function randomRule(dice: Dice, day: Temporal.PlainDate): { readonly day: Temporal.PlainDate; readonly rule: string } {
	const weekday = DAYS[day.dayOfWeek - 1] ?? "MO";
	const others = DAYS.filter(() => dice.chance(0.3));
	const weekdays = [...new Set([weekday, ...others])].join();
	const interval = dice.chance(0.3) ? `;INTERVAL=${dice.integer(2, 4)}` : "";
	const last = day.with({ day: day.daysInMonth });
	const workday = (at: Temporal.PlainDate): Temporal.PlainDate =>
		at.dayOfWeek > 5 ? workday(at.subtract({ days: 1 })) : at;
	return dice.pick([
		() => ({ day, rule: `DAILY${interval}` }),
		() => ({ day, rule: `DAILY${dice.chance(0.5) ? ";INTERVAL=3" : ""};BYDAY=${weekdays}` }),
		() => ({ day, rule: `WEEKLY${interval}` }),
		() => ({ day, rule: `WEEKLY${interval};BYDAY=${weekdays}` }),
		() => ({ day, rule: `WEEKLY${interval};BYDAY=${weekdays};WKST=${dice.pick(["SU", "MO"])}` }),
		() => ({ day, rule: `MONTHLY${interval}` }),
		() => ({ day, rule: `MONTHLY${interval};BYMONTHDAY=${day.day}` }),
		() => ({ day: last, rule: `MONTHLY${interval};BYMONTHDAY=-1` }),
		() => ({ day, rule: `MONTHLY${interval};BYDAY=${Math.ceil(day.day / 7)}${weekday}` }),
		() => ({ day: workday(last), rule: "MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1" }),
		() => ({ day, rule: "YEARLY" }),
		() => ({ day, rule: `YEARLY;BYMONTH=${day.month};BYMONTHDAY=${day.day}` }),
		() => ({ day, rule: `YEARLY;BYMONTH=${day.month};BYDAY=${Math.ceil(day.day / 7)}${weekday}` }),
	])();
}

const ENOUGH: Readonly<Record<string, number>> = { DAILY: 25, WEEKLY: 20, MONTHLY: 9, YEARLY: 3 };

/** A series of any kind: every type of time, every frequency, ended or endless, with dates added, left out, and overrides. */
export async function randomSeries(dice: Dice, reader: IndependentReader, number: number): Promise<RandomSeries> {
	const face = dice.pick(FACES);
	const drawn = randomRule(dice, Temporal.PlainDate.from("2026-11-25").add({ days: dice.integer(0, 150) }));
	const clock =
		face.kind === "date"
			? "00:00"
			: Temporal.PlainTime.from({ hour: dice.integer(4, 23), minute: dice.pick([0, 15, 30]) });
	const start = drawn.day.toPlainDateTime(clock);
	const length = face.kind === "date" ? dice.integer(1, 3) : dice.pick([15, 45, 60, 90, 300, 1500]);
	const [frequency = ""] = drawn.rule.split(";");
	const count = dice.integer(2, ENOUGH[frequency] ?? 3);
	const days = count * { DAILY: 1, WEEKLY: 7, MONTHLY: 30, YEARLY: 366 }[frequency as "DAILY"];
	const end = dice.pick([
		`;COUNT=${count}`,
		`;COUNT=${count}`,
		`;UNTIL=${untilAfter(start, face, days)}`,
		`;UNTIL=${untilAfter(start, face, days)}`,
		"",
	]);
	const rule = `RRULE:FREQ=${drawn.rule}${end}`;
	const slots = await slotsOf(reader, { start, face, rules: [rule] });

	const title = `Series ${number}`;
	const early = slots.slice(1, 12);
	const excluded = early.filter(() => dice.chance(0.12));
	const extra = (
		dice.chance(0.35) ? [start.add({ days: dice.integer(1, 40), hours: face.kind === "date" ? 0 : 1 })] : []
	).filter((one) => !slots.some((slot) => slot.equals(one)));
	const remaining = [...slots.filter((slot) => !excluded.includes(slot)), ...extra].sort(
		Temporal.PlainDateTime.compare,
	);
	const recurrence = [
		rule,
		...excluded.map((slot) => property("EXDATE", slot, face)),
		...extra.map((slot) => property("RDATE", slot, face)),
	];
	const plain = { face, length, title, status: "confirmed", own: false } as const;
	const withOverrides = dice.chance(0.5);
	const occurrences = remaining.map((slot, index): Known => {
		const one = { slot, start: slot, ...plain };
		if (!withOverrides || index > 12 || !dice.chance(0.25)) return one;
		const moved = slot.add(face.kind === "date" ? { days: dice.integer(-1, 2) } : { hours: dice.pick([-1, 1, 3]) });
		return dice.pick<() => Known>([
			() => ({ ...one, own: true, title: `${title} ${index}` }),
			() => ({ ...one, own: true, start: moved }),
			() => ({ ...one, own: true, start: moved, title: `${title} ${index}`, length: face.kind === "date" ? 1 : 20 }),
			() => ({ ...one, own: true, status: "cancelled" }),
		])();
	});
	const overrides = occurrences.filter(({ own }) => own);
	const uid = `random-${number}@e2e.example`;
	const ics = calendarText(uid, [
		[...timeLines({ start, face, length }), `SUMMARY:${title}`, ...recurrence, "X-KEPT:yes"],
		...overrides.map((one) => [
			property("RECURRENCE-ID", one.slot, face),
			...timeLines(one),
			`SUMMARY:${one.title}`,
			...(one.status === "cancelled" ? ["STATUS:CANCELLED"] : []),
		]),
	]);
	return { uid, face, title, length, occurrences, ics, recurrence, start, postable: overrides.length === 0 };
}
