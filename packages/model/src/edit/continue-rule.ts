import type { Frame, Slot } from "../recurrence/frame.ts";
import { parseRule, type Rule } from "../recurrence/rule.ts";
import { walkRule } from "../recurrence/walk.ts";
import { workOf } from "../recurrence/work.ts";
import { civilFromDays, DAY, dayOfWeek, HOUR, MIN_LOCAL, MINUTE, SECOND } from "../time/wall-clock.ts";
import { type RuleLine, type RulePart, weekdayText, withParts } from "./lines.ts";
import { sameTimes } from "./same-times.ts";
import { untilLocal, untilText } from "./until.ts";

/** Times that are counted at most to split a COUNT. */
const STEPS = 500_000;

interface Counted {
	/** Times of the rule before the slot, DTSTART included where it counts. */
	readonly before: number;
	/** True where the slot is one of the rule's own times. */
	readonly hit: boolean;
}

/** Counts the times of a rule before a slot; null where that is too much work. */
function countTimes({ name, rule }: RuleLine, frame: Frame, slot: Slot): Counted | null {
	const startCounts = name === "RRULE";
	let before = startCounts && frame.start.local < slot.local ? 1 : 0;
	let hit = startCounts && frame.start.local === slot.local;
	const window = { from: MIN_LOCAL, to: slot.local + 1, until: Number.POSITIVE_INFINITY };
	const { reached, ended } = walkRule(
		rule,
		{ start: frame.start.local, startCounts, ...window, work: workOf(STEPS) },
		(local) => {
			if (local === slot.local) hit = true;
			else before++;
			return true;
		},
	);
	return ended || reached >= slot.local + 1 ? { before, hit } : null;
}

/**
 * The rule without its times from a slot on: COUNT becomes what lies before, else UNTIL ends it (RFC 5545 §3.3.10: in UTC
 * for a zoned start). A COUNT too large to be split is ended by UNTIL as well.
 */
export function cutRule(line: RuleLine, frame: Frame, slot: Slot, untilOf: (local: number) => string): string {
	const { rule, value } = line;
	const counted = rule.count === null ? null : countTimes(line, frame, slot);
	if (rule.count !== null && counted !== null) {
		if (counted.before >= rule.count) return value;
		if (counted.before > 0) return withParts(value, { COUNT: String(counted.before) });
	}
	const last = frame.face.kind === "date" ? slot.local - DAY : slot.local - SECOND;
	if (rule.count === null && rule.until !== null && untilLocal(rule.until, frame) <= last) return value;
	return withParts(value, { COUNT: null, UNTIL: untilOf(last) });
}

export type Continued =
	/** The rule as it goes on from the slot. */
	| { readonly type: "goes_on"; readonly value: string }
	/** It has no times from the slot on. */
	| { readonly type: "ended" }
	/** It cannot be counted from the slot. */
	| { readonly type: "refused" }
	| { readonly type: "too_expensive" };

/**
 * The rule as a series needs it that begins at a slot: COUNT without what lies before; what the rule took from the old
 * start is written out where the new one says something else.
 */
export function continueRule(line: RuleLine, frame: Frame, slot: Slot): Continued {
	const { rule, value, name } = line;
	if (rule.until !== null && slot.instant > untilInstant(rule, frame)) return { type: "ended" };
	const parts: Partial<Record<RulePart, string>> = {};
	if (rule.count !== null) {
		const counted = countTimes(line, frame, slot);
		if (counted === null) return { type: "too_expensive" };
		const left = rule.count - counted.before;
		if (left <= 0) return { type: "ended" };
		// The new start counts although the rule does not have it.
		parts.COUNT = String(left + (name === "RRULE" && !counted.hit ? 1 : 0));
	}
	for (const candidate of [value, withParts(value, ownParts(rule, frame))]) {
		const parsed = parseRule(candidate).rule;
		if (parsed === null) continue;
		const old = {
			rule: frame.face.kind === "date" ? clockless(rule) : rule,
			start: frame.start.local,
			from: slot.local,
		};
		const next = { rule: frame.face.kind === "date" ? clockless(parsed) : parsed, start: slot.local };
		if (sameTimes(old, next, (local) => local)) return { type: "goes_on", value: withParts(candidate, parts) };
	}
	return { type: "refused" };
}

const clockless = (rule: Rule): Rule => ({ ...rule, byHour: [], byMinute: [], bySecond: [] });

function untilInstant({ until }: Rule, frame: Frame): number {
	if (until === null) return Number.POSITIVE_INFINITY;
	return frame.face.kind === "zoned" && until.kind === "utc"
		? until.local
		: frame.slotAt(untilLocal(until, frame)).instant;
}

/** What a rule takes from its start, as parts of its own. */
function ownParts(rule: Rule, { start, face }: Frame): Partial<Record<RulePart, string>> {
	const day = Math.floor(start.local / DAY);
	const clock = start.local - day * DAY;
	const parts: Partial<Record<RulePart, string>> = {};
	const expands = ["YEARLY", "MONTHLY", "WEEKLY", "DAILY"].includes(rule.frequency);
	if (expands && face.kind !== "date") {
		if (rule.byHour.length === 0) parts.BYHOUR = String(Math.floor(clock / HOUR));
		if (rule.byMinute.length === 0) parts.BYMINUTE = String(Math.floor((clock % HOUR) / MINUTE));
		if (rule.bySecond.length === 0) parts.BYSECOND = String(Math.floor((clock % MINUTE) / SECOND));
	}
	const { day: monthDay, month } = civilFromDays(day);
	const named = rule.byDay.length + rule.byMonthDay.length + rule.byYearDay.length > 0;
	if (rule.frequency === "WEEKLY" || rule.byWeekNo.length > 0) {
		if (rule.byDay.length === 0) parts.BYDAY = weekdayText({ weekday: dayOfWeek(day), ordinal: 0 });
	} else if ((rule.frequency === "MONTHLY" || rule.frequency === "YEARLY") && !named) {
		parts.BYMONTHDAY = String(monthDay);
		if (rule.frequency === "YEARLY" && rule.byMonth.length === 0) parts.BYMONTH = String(month);
	}
	return parts;
}

/** Writes an UNTIL for a series with this start. */
export function untilWriter(start: Parameters<typeof untilText>[1], frame: Frame): (local: number) => string {
	return (local) => untilText(local, start, frame);
}
