import fc from "fast-check";
import type { CalendarEvent, EventDateTime, InstantRange, Occurrence } from "../../event/event.ts";
import { parseCalendar } from "../../icalendar/parse.ts";
import { writeCalendar } from "../../icalendar/write.ts";
import { expandSeries } from "../../recurrence/expand.ts";
import { originalStartKey } from "../../recurrence/keys.ts";
import { type GeneratedRule, rules, startTimes, stretchFor } from "../../recurrence/testing/rules.ts";
import { event } from "../../recurrence/testing/series.ts";
import { addDays, addExact, localOf, withLocal, zonedAt } from "../../time/event-time.ts";
import { ianaZone, UTC } from "../../time/iana.ts";
import { DAY, formatDate, formatLocal, HOUR } from "../../time/wall-clock.ts";
import type { EditedPlan, EditInput, EditPlan } from "../plan.ts";
import { planEdit } from "../plan-edit.ts";
import { dateLine } from "../series.ts";

export const NOW = Date.UTC(2026, 5, 1, 12);
export const STAMP = "2026-06-01T12:00:00Z";

/** Plans an edit with what most of them share; what is given is frozen, so that no planner can change it. */
export function plan(events: readonly CalendarEvent[], edit: Pick<EditInput, "target" | "scope" | "change">): EditPlan {
	return planEdit(frozen({ events, ...edit, newUid: "new@example.org", now: NOW, floatingZone: "UTC" }));
}

function frozen<T>(value: T): T {
	if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
		Object.freeze(value);
		for (const member of Object.values(value)) frozen(member);
	}
	return value;
}

/** The events as another program would read them. */
export function reread(events: readonly CalendarEvent[]): readonly CalendarEvent[] {
	const { groups } = parseCalendar(writeCalendar({ events, base: null, now: NOW }));
	return groups.flatMap((group) => group.events);
}

export function edited(of: EditPlan): EditedPlan {
	if (of.type === "refused") throw new Error(of.faults.map(({ code, detail }) => `${code}: ${detail}`).join("\n"));
	return of;
}

/** What can be seen of an occurrence. */
export interface Seen {
	readonly slot: string;
	readonly start: string;
	readonly end: string;
	readonly title: string;
	readonly status: string;
}

const text = (time: EventDateTime): string =>
	time.type === "zoned" ? `${time.instant} ${time.zone ?? time.tzid}` : `${localOf(time)} ${time.type}`;

export const seen = ({ original_start, start, end, event: of }: Occurrence): Seen => ({
	slot: originalStartKey(original_start),
	start: text(start),
	end: text(end),
	title: of.title,
	status: of.status,
});

export function expand(events: readonly CalendarEvent[] | null, range: InstantRange): readonly Occurrence[] {
	if (events === null) return [];
	const master = events.find(({ recurrence_id }) => recurrence_id === null) ?? null;
	const overrides = events.filter(({ recurrence_id }) => recurrence_id !== null);
	return expandSeries({ master, overrides }, range, { floatingZone: "UTC" }).occurrences;
}

/** A series as a generator makes it, with a range that holds a good stretch of it. */
export interface GeneratedSeries {
	readonly events: readonly CalendarEvent[];
	readonly range: InstantRange;
	/** Keys of its first occurrences, in the order of their slots. */
	readonly slots: readonly string[];
	/** True where an override is for all that follows. */
	readonly futures: boolean;
}

const ZONES = ["UTC", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu"];

const CUSTOM = [
	"BEGIN:VTIMEZONE",
	"TZID:Somewhere",
	"BEGIN:STANDARD",
	"DTSTART:19700101T030000",
	"RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
	"TZOFFSETFROM:+0400",
	"TZOFFSETTO:+0300",
	"END:STANDARD",
	"BEGIN:DAYLIGHT",
	"DTSTART:19700101T020000",
	"RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
	"TZOFFSETFROM:+0300",
	"TZOFFSETTO:+0400",
	"END:DAYLIGHT",
	"END:VTIMEZONE",
	"",
].join("\r\n");

const kinds = fc.oneof(
	fc.constant({ type: "date" } as const),
	fc.constant({ type: "floating" } as const),
	fc.constantFrom(...ZONES).map((zone) => ({ type: "zoned", zone }) as const),
	fc.constant({ type: "custom" } as const),
);

function timeAt(kind: typeof kinds extends fc.Arbitrary<infer K> ? K : never, local: number): EventDateTime {
	if (kind.type === "date") return { type: "date", date: formatDate(local) };
	if (kind.type === "floating") return { type: "floating", local: formatLocal(local) };
	if (kind.type === "zoned") return zonedAt(local, ianaZone(kind.zone) ?? UTC, { zone: kind.zone });
	const bare = zonedAt(local, UTC, { zone: null, tzid: "Somewhere" });
	return withLocal(bare, local, { Somewhere: CUSTOM });
}

const ends = fc.oneof(
	fc.constant({ type: "none" } as const),
	fc.integer({ min: 1, max: 30 }).map((count) => ({ type: "count", count }) as const),
	fc.nat(20).map((nth) => ({ type: "until", nth }) as const),
);

const overrides = fc.array(
	fc.record({
		nth: fc.nat(10),
		days: fc.integer({ min: -20, max: 20 }),
		hours: fc.integer({ min: -30, max: 30 }),
		/** Cancelled, with a title of its own, only moved. */
		as: fc.constantFrom("cancelled", "titled", "moved"),
		future: fc.boolean(),
	}),
	{ maxLength: 4 },
);

export interface SeriesOptions {
	readonly futures: boolean;
	readonly accept?: (rule: GeneratedRule) => boolean;
}

/** Series of every kind: all-day, floating, zoned, custom zone; endless, COUNT, UNTIL; RDATE, EXDATE, overrides. */
export function anySeries({ futures, accept = () => true }: SeriesOptions): fc.Arbitrary<GeneratedSeries> {
	const rule = rules({ frequencies: ["YEARLY", "MONTHLY", "WEEKLY", "DAILY"], positions: true, clock: true, accept });
	return fc
		.record({
			rule,
			kind: kinds,
			local: startTimes,
			hours: fc.integer({ min: 1, max: 60 }),
			nominal: fc.boolean(),
			ends,
			excluded: fc.array(fc.nat(12), { maxLength: 3 }),
			extra: fc.array(fc.integer({ min: 1, max: 4000 }), { maxLength: 3 }),
			overrides,
		})
		.map((parts) => build(parts, futures));
}

interface Generated {
	readonly rule: GeneratedRule;
	readonly kind: Parameters<typeof timeAt>[0];
	readonly local: number;
	readonly hours: number;
	readonly nominal: boolean;
	readonly ends: { type: "none" } | { type: "count"; count: number } | { type: "until"; nth: number };
	readonly excluded: readonly number[];
	readonly extra: readonly number[];
	readonly overrides: readonly {
		nth: number;
		days: number;
		hours: number;
		as: "cancelled" | "titled" | "moved";
		future: boolean;
	}[];
}

function build(parts: Generated, futures: boolean): GeneratedSeries {
	const { rule, kind, local } = parts;
	const start = timeAt(kind, local);
	const zones = kind.type === "custom" ? { custom_zones: { Somewhere: CUSTOM } } : {};
	const length = kind.type === "date" ? Math.ceil(parts.hours / 24) * DAY : parts.hours * HOUR;
	const end = parts.nominal
		? withLocal(start, localOf(start) + length, zones.custom_zones)
		: addExact(start, length, zones.custom_zones);
	const shape = { start, end, duration_kind: parts.nominal ? ("nominal" as const) : ("exact" as const), ...zones };
	const range = { from: local - 60 * DAY, to: local + stretchFor(rule) * DAY };
	const base = event({ ...shape, recurrence: [`RRULE:${rule.value}`] });
	const times = expand([base], range).map(({ original_start }) => original_start);
	const lines: string[] = [];
	if (parts.ends.type === "count") lines.push(`RRULE:${rule.value};COUNT=${parts.ends.count}`);
	else if (parts.ends.type === "until" && times.length > 0) {
		const last = times[parts.ends.nth % times.length] ?? start;
		const value = last.type === "zoned" ? { ...last, local: last.instant.slice(0, 19), zone: "UTC" } : last;
		const stamp = (
			dateLine("RDATE", value.type === "zoned" ? utcOf(value.instant) : value)
				.split(":")
				.at(-1) ?? ""
		).trim();
		lines.push(`RRULE:${rule.value};UNTIL=${stamp}`);
	} else lines.push(`RRULE:${rule.value}`);
	for (const nth of parts.excluded) {
		const time = times[nth];
		if (time !== undefined) lines.push(dateLine("EXDATE", time));
	}
	for (const hours of parts.extra) {
		const at =
			kind.type === "date" ? addDays(start, hours % 90) : withLocal(start, local + hours * HOUR, zones.custom_zones);
		lines.push(dateLine("RDATE", at));
	}
	const master = event({ ...shape, recurrence: [...new Set(lines)] });
	const all = expand([master], range);
	const taken = new Map<string, CalendarEvent>();
	for (const { nth, days, hours, as, future } of parts.overrides) {
		const one = all[nth];
		if (one === undefined) continue;
		const away = days * DAY + (kind.type === "date" ? 0 : hours * HOUR);
		const moved = withLocal(one.start, localOf(one.start) + away, zones.custom_zones);
		taken.set(originalStartKey(one.original_start), {
			...master,
			recurrence: null,
			recurrence_id: one.original_start,
			this_and_future: futures && future,
			start: moved,
			end: addExact(moved, length, zones.custom_zones),
			status: as === "cancelled" ? "cancelled" : "confirmed",
			title: as === "titled" ? `Own ${nth}` : master.title,
			sequence: 1,
		});
	}
	const events = [master, ...taken.values()];
	const slots = expand(events, range)
		.map(({ original_start }) => ({ key: originalStartKey(original_start), local: localOf(original_start) }))
		.filter(({ local: slot }) => slot < range.to - 40 * DAY)
		.sort((a, b) => (a.key < b.key ? -1 : 1))
		.map(({ key }) => key);
	return { events, range, slots, futures: futures && events.some(({ this_and_future }) => this_and_future) };
}

const utcOf = (instant: string): EventDateTime => ({
	type: "zoned",
	local: instant.slice(0, 19),
	zone: "UTC",
	instant,
});
