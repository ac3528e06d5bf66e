import type { EventDateTime } from "../event/event.ts";
import { localOf, zoneOf } from "../time/event-time.ts";
import { DAY, formatDate, formatInstant, formatLocal, parseLocal, SECOND, toBasic } from "../time/wall-clock.ts";
import { WITHIN_A_DAY } from "./recurrence-set.ts";
import { parseRule, type Rule, type Until } from "./rule.ts";

/**
 * What is wrong with the value of an RRULE that a person wrote, a sentence each. Stricter than reading: what RFC 5545
 * §3.3.10 forbids is refused also where it could be understood, as other programs understand it otherwise.
 *
 * @param start of the series; null where it is not known: what depends on it is not looked at
 */
export function ruleFaults(value: string, start: EventDateTime | null): string[] {
	const parsed = parseRule(value);
	if (parsed.rule === null) return [`The rule is not valid: ${parsed.what}.`];
	const { rule } = parsed;
	const faults = partFaults(rule);
	if (rule.count !== null && rule.until !== null) {
		faults.push("The rule has both COUNT and UNTIL; RFC 5545 allows only one of them.");
	}
	if (start === null) return faults;
	if (start.type === "date" && ["HOURLY", "MINUTELY", "SECONDLY"].includes(rule.frequency)) {
		faults.push(`The rule is not valid: ${WITHIN_A_DAY}.`);
	}
	if (rule.until !== null) faults.push(...untilFaults(rule.until, start));
	return faults;
}

/** Parts that do not go with the frequency (the table of RFC 5545 §3.3.10). */
function partFaults(rule: Rule): string[] {
	const { frequency } = rule;
	const faults: string[] = [];
	const only = (part: string, present: boolean, allowed: readonly Rule["frequency"][]): void => {
		if (present && !allowed.includes(frequency)) faults.push(`${part} does not go with FREQ=${frequency}.`);
	};
	const subDaily = ["HOURLY", "MINUTELY", "SECONDLY"] as const;
	only("BYWEEKNO", rule.byWeekNo.length > 0, ["YEARLY"]);
	only("BYYEARDAY", rule.byYearDay.length > 0, ["YEARLY", ...subDaily]);
	only("BYMONTHDAY", rule.byMonthDay.length > 0, ["YEARLY", "MONTHLY", "DAILY", ...subDaily]);
	const numbered = rule.byDay.some(({ ordinal }) => ordinal !== 0);
	only("BYDAY with a number", numbered, ["YEARLY", "MONTHLY"]);
	if (numbered && rule.byWeekNo.length > 0) faults.push("BYDAY with a number does not go with BYWEEKNO.");
	const limits = [rule.byMonth, rule.byWeekNo, rule.byYearDay, rule.byMonthDay, rule.byDay];
	const clock = [rule.byHour, rule.byMinute, rule.bySecond];
	if (rule.bySetPos.length > 0 && [...limits, ...clock].every((part) => part.length === 0)) {
		faults.push("BYSETPOS needs another BY part whose dates it chooses from.");
	}
	return faults;
}

/** UNTIL has the type of the start; where that has a zone, it is in UTC. */
function untilFaults(until: Until, start: EventDateTime): string[] {
	if (start.type === "date") {
		if (until.kind !== "date") return [`UNTIL must be a date, as the start is one: UNTIL=${basicDate(until.local)}.`];
		return until.local < localOf(start) ? [BEFORE_START] : [];
	}
	if (start.type === "floating") {
		const local = until.kind === "date" ? until.local + DAY - SECOND : until.local;
		if (until.kind !== "floating") {
			return [`UNTIL must be a time without Z, as the start has no zone: UNTIL=${toBasic(formatLocal(local))}.`];
		}
		return until.local < localOf(start) ? [BEFORE_START] : [];
	}
	if (until.kind !== "utc") {
		const local = until.kind === "date" ? until.local + DAY - SECOND : until.local;
		const utc = toBasic(formatInstant(zoneOf(start).toInstant(local)));
		return [`UNTIL must be a time in UTC, as the start has a zone: UNTIL=${utc}.`];
	}
	return until.local < parseLocal(start.instant) ? [BEFORE_START] : [];
}

const BEFORE_START = "UNTIL lies before the start, so nothing would repeat.";

const basicDate = (local: number): string => toBasic(formatDate(local));
