import { ianaTransitions, ianaZone } from "../../time/iana.ts";
import {
	civilFromDays,
	DAY,
	dayOfWeek,
	daysInMonth,
	formatLocal,
	HOUR,
	MINUTE,
	SECOND,
	toBasic,
} from "../../time/wall-clock.ts";
import { foldLine } from "../syntax/lines.ts";

const FIRST_YEAR = 1900;
const LAST_YEAR = 2099;
/** Rules are found in these last years, where no zone has exceptions any more. */
const RULE_YEARS = 28;
const WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

interface Onset {
	/** The wall clock, in the offset before, at which the offset changes; local milliseconds. */
	readonly local: number;
	readonly from: number;
	readonly to: number;
	readonly year: number;
}

/**
 * A VTIMEZONE (RFC 5545 §3.6.5) for an IANA zone that is right from the start of `fromYear` on: listed
 * changes as long as the zone has exceptions, then yearly rules without end. Null where the runtime does not know the zone.
 */
export function timezoneText(tzid: string, name: string, fromYear: number): string | null {
	const zone = ianaZone(name);
	if (zone === null) return null;
	const since = Math.min(Math.max(fromYear, FIRST_YEAR), LAST_YEAR - RULE_YEARS);
	const initial = zone.offsetAt(Date.UTC(since, 0, 1));
	const onsets = onsetsOf(zone.id, initial, since);
	const rules = yearlyRules(onsets);
	const lines = ["BEGIN:VTIMEZONE", `TZID:${tzid}`];
	if (name !== tzid) lines.push(`X-LIC-LOCATION:${name}`);
	lines.push(...observance(`${since}0101T000000`, initial, initial, []));
	const single = onsets.filter((onset) => onset.year < rules.since);
	for (const alike of Map.groupBy(single, ({ from, to }) => `${from} ${to}`).values()) {
		const starts = alike.map(({ local }) => toBasic(formatLocal(local)));
		const { from = initial, to = initial } = alike[0] ?? {};
		// One line for each, DTSTART included: ical.js, and so Nextcloud and Thunderbird, reads no more of a list.
		const dates = starts.length > 1 ? starts.map((start) => `RDATE:${start}`) : [];
		if (starts[0] !== undefined) lines.push(...observance(starts[0], from, to, dates));
	}
	for (const { first, rule } of rules.rules) {
		lines.push(...observance(toBasic(formatLocal(first.local)), first.from, first.to, [rule]));
	}
	lines.push("END:VTIMEZONE");
	return lines.map(foldLine).join("");
}

function observance(start: string, from: number, to: number, recurrence: readonly string[]): string[] {
	// DAYLIGHT is only a label: offsets alone are evaluated. A clock set forward counts as summer time.
	const kind = to > from ? "DAYLIGHT" : "STANDARD";
	return [
		`BEGIN:${kind}`,
		`DTSTART:${start}`,
		`TZOFFSETFROM:${offsetText(from)}`,
		`TZOFFSETTO:${offsetText(to)}`,
		...recurrence,
		`END:${kind}`,
	];
}

function offsetText(offset: number): string {
	const size = Math.abs(offset);
	const two = (value: number) => String(Math.floor(value)).padStart(2, "0");
	const seconds = Math.floor((size % MINUTE) / SECOND);
	return `${offset < 0 ? "-" : "+"}${two(size / HOUR)}${two((size % HOUR) / MINUTE)}${seconds > 0 ? two(seconds) : ""}`;
}

/** Every change of offset from the start of a year to 2099. */
function onsetsOf(name: string, initial: number, since: number): Onset[] {
	let from = initial;
	const onsets: Onset[] = [];
	for (const { instant, offset } of ianaTransitions(name, Date.UTC(since, 0, 1), Date.UTC(LAST_YEAR + 1, 0, 1))) {
		const local = instant + from;
		// A change of name or of summer time alone moves no clock.
		if (offset !== from) {
			onsets.push({ local, from, to: offset, year: civilFromDays(Math.floor(local / DAY)).year });
		}
		from = offset;
	}
	return onsets;
}

interface Rules {
	/** The first year that the rules cover wholly. */
	readonly since: number;
	readonly rules: readonly { readonly first: Onset; readonly rule: string }[];
}

function yearlyRules(onsets: readonly Onset[]): Rules {
	const byYear = Map.groupBy(onsets, (onset) => onset.year);
	const last = byYear.get(LAST_YEAR) ?? [];
	const candidates = last.map((onset) => ({ onset, pattern: patternOf(onset, onsets) }));
	if (candidates.length === 0 || candidates.some(({ pattern }) => pattern === null)) {
		return { since: LAST_YEAR + 1, rules: [] };
	}
	let since = LAST_YEAR;
	while (since > FIRST_YEAR && fits(byYear.get(since - 1) ?? [], candidates)) since--;
	const rules = candidates.flatMap(({ onset, pattern }) => {
		const first = byYear.get(since)?.find((other) => sameKind(other, onset));
		return first === undefined || pattern === null ? [] : [{ first, rule: pattern.rule }];
	});
	return { since, rules };
}

interface Pattern {
	readonly rule: string;
	matches(onset: Onset): boolean;
}

const clockOf = (onset: Onset): number => onset.local - Math.floor(onset.local / DAY) * DAY;

const sameKind = (a: Onset, b: Onset): boolean =>
	a.from === b.from &&
	a.to === b.to &&
	clockOf(a) === clockOf(b) &&
	civilFromDays(Math.floor(a.local / DAY)).month === civilFromDays(Math.floor(b.local / DAY)).month;

function fits(
	year: readonly Onset[],
	candidates: readonly { readonly onset: Onset; readonly pattern: Pattern | null }[],
): boolean {
	return (
		year.length === candidates.length &&
		candidates.every(({ onset, pattern }) =>
			year.some((other) => sameKind(other, onset) && pattern?.matches(other) === true),
		)
	);
}

/** What the onsets of the last years have in common: a weekday in a stretch of seven days, or one date. */
function patternOf(onset: Onset, onsets: readonly Onset[]): Pattern | null {
	const alike = onsets.filter((other) => other.year > LAST_YEAR - RULE_YEARS && sameKind(other, onset));
	if (alike.length !== RULE_YEARS) return null;
	const days = alike.map((other) => Math.floor(other.local / DAY));
	const dates = days.map((day) => civilFromDays(day).day);
	const month = civilFromDays(days[0] ?? 0).month;
	const earliest = Math.min(...dates);
	const latest = Math.max(...dates);
	if (earliest === latest) {
		return {
			rule: `RRULE:FREQ=YEARLY;BYMONTH=${month};BYMONTHDAY=${earliest}`,
			matches: (other) => civilFromDays(Math.floor(other.local / DAY)).day === earliest,
		};
	}
	const weekday = dayOfWeek(days[0] ?? 0);
	if (latest - earliest !== 6 || days.some((day) => dayOfWeek(day) !== weekday)) return null;
	const name = WEEKDAYS[weekday - 1] ?? "SU";
	return {
		rule: `RRULE:FREQ=YEARLY;BYMONTH=${month};${weekdayPart(month, earliest, latest, name)}`,
		matches: (other) => {
			const day = Math.floor(other.local / DAY);
			const date = civilFromDays(day).day;
			return dayOfWeek(day) === weekday && date >= earliest && date <= latest;
		},
	};
}

function weekdayPart(month: number, earliest: number, latest: number, weekday: string): string {
	if (month !== 2 && latest === daysInMonth(2001, month)) return `BYDAY=-1${weekday}`;
	if (earliest % 7 === 1 && latest <= 28) return `BYDAY=${(earliest + 6) / 7}${weekday}`;
	const dates = Array.from({ length: 7 }, (_, i) => earliest + i);
	return `BYDAY=${weekday};BYMONTHDAY=${dates.join(",")}`;
}
