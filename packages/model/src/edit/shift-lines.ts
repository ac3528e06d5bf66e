import type { CalendarEvent, EventDateTime } from "../event/event.ts";
import { contentLine, parseContentLine } from "../icalendar/syntax/content-line.ts";
import { expandSeries } from "../recurrence/expand.ts";
import { type DateValue, dateValueOf, type Slot } from "../recurrence/frame.ts";
import type { Rule } from "../recurrence/rule.ts";
import { durationMilliseconds, formatDuration } from "../time/duration.ts";
import { withLocal } from "../time/event-time.ts";
import { civilFromDays, DAY, daysFromCivil } from "../time/wall-clock.ts";
import { type EditedLine, joinLines, type ListedDate, linesOf, withParts } from "./lines.ts";
import { dateLine, type EditedSeries, patternLocal, seriesOf } from "./series.ts";
import { type ShiftedRule, type SlotShift, shiftRule } from "./shift-rule.ts";
import { untilLocal, untilText } from "./until.ts";

export interface ShiftedLines {
	readonly lines: readonly string[] | null;
	/** The new original start of a slot; null where the series has none in its place any more. */
	readonly slot: (slot: Slot) => EventDateTime | null;
	/** False where slots follow the calendar, not one and the same distance. */
	readonly constant: boolean;
}

/**
 * The recurrence lines of a series whose master moves to another start: rules, UNTIL, RDATE and EXDATE follow by `map`,
 * which takes local milliseconds of old slots to those of new ones. Null where a rule cannot follow.
 */
export function shiftLines(
	series: EditedSeries,
	master: Pick<CalendarEvent, "start" | "custom_zones">,
	map: (local: number) => number,
): ShiftedLines | null {
	const { frame } = series;
	const moved = seriesOf({ ...series.master, ...master, recurrence: null }, []);
	const shift: SlotShift = {
		from: { kind: frame.face.kind, local: frame.start.local },
		to: { kind: moved.frame.face.kind, local: moved.frame.start.local },
		map,
	};
	const lines = linesOf(series.master);
	const rules = new Map<EditedLine, ShiftedRule>();
	for (const line of lines) {
		if (line.kind !== "rule") continue;
		const shifted = shiftRule(line.rule.value, line.rule.rule, shift);
		if (shifted === null) return null;
		rules.set(line, shifted);
	}
	const onCalendar = [...rules.values()].find(({ constant }) => !constant);
	if (onCalendar !== undefined && rules.size > 1) return null;
	const extra = new Set(
		lines
			.flatMap((line) => (line.kind === "dates" ? line.dates : []))
			.flatMap((date) => (date.name === "RDATE" ? [frame.slotOf(date.at).key] : [])),
	);
	const local = (slot: Slot): number | null => {
		const at = patternLocal(series, slot);
		return onCalendar === undefined || extra.has(slot.key) ? map(at) : onCalendar.map(at);
	};
	const time = (slot: Slot): EventDateTime | null => {
		const at = local(slot);
		return at === null ? null : withLocal(master.start, at, master.custom_zones);
	};
	const written = lines.flatMap((line): string[] => {
		if (line.kind === "other") return [line.text];
		if (line.kind === "dates") return shiftDates(series, line.dates, time);
		const shifted = rules.get(line);
		if (shifted === undefined) return [];
		const until = shiftUntil(series, moved, line.rule.rule, shifted, shift);
		return [`${line.rule.name}:${until === null ? shifted.value : withParts(shifted.value, { UNTIL: until })}`];
	});
	const recurrence = series.master.recurrence === null ? null : written;
	return { lines: recurrence, slot: time, constant: onCalendar === undefined };
}

function shiftDates(
	series: EditedSeries,
	dates: readonly ListedDate[],
	time: (slot: Slot) => EventDateTime | null,
): string[] {
	const lines = dates.flatMap((date): string[] => {
		const slots = series.frame.isDay(date.at) && date.name === "EXDATE" ? slotsOfDay(series, date.at) : null;
		if (slots === null) {
			const moved = time(series.frame.slotOf(date.at));
			return moved === null ? [] : [periodLine(date, moved, series)];
		}
		return slots.flatMap((slot) => {
			const moved = time(slot);
			return moved === null ? [] : [dateLine("EXDATE", moved)];
		});
	});
	return joinLines(lines);
}

/** The slots that a whole day of EXDATE takes out of a timed series: after a shift they may lie on two days. */
function slotsOfDay({ master, frame }: EditedSeries, at: DateValue): Slot[] {
	const bare = (master.recurrence ?? []).filter((text) => !text.toUpperCase().startsWith("EXDATE"));
	const point = { ...master, end: master.start, duration_kind: "exact" as const, recurrence: bare };
	const first = frame.face.zone.toInstant(at.local);
	const range = { from: first - DAY, to: first + 2 * DAY };
	const { occurrences } = expandSeries({ master: point, overrides: [] }, range, { floatingZone: "UTC" });
	const slots = occurrences.map(({ original_start }) => frame.slotOf(dateValueOf(original_start)));
	return slots.filter((slot) => Math.floor(slot.local / DAY) * DAY === at.local);
}

/** An RDATE or EXDATE at another time; a PERIOD keeps its length, unless it becomes a day. */
function periodLine({ name, at, end }: ListedDate, moved: EventDateTime, { frame }: EditedSeries): string {
	const line = dateLine(name, moved);
	if (end === null || moved.type === "date") return line;
	const from = frame.slotOf(at);
	const length = "days" in end ? end : { days: 0, milliseconds: Math.max(0, frame.slotOf(end).instant - from.instant) };
	if (durationMilliseconds(length) < 0) return line;
	const parsed = parseContentLine(line);
	if (parsed === null) return line;
	const params = Object.fromEntries(parsed.params.map(({ name: param, values }) => [param, values.join()]));
	return contentLine(name, `${parsed.value}/${formatDuration(length)}`, { VALUE: "PERIOD", ...params });
}

function shiftUntil(
	series: EditedSeries,
	moved: EditedSeries,
	rule: Rule,
	shifted: ShiftedRule,
	{ from, to, map }: SlotShift,
): string | null {
	if (rule.until === null) return null;
	const last = untilLocal(rule.until, series.frame);
	const write = (local: number): string => untilText(local, moved.master.start, moved.frame);
	const day = Math.floor(last / DAY) * DAY;
	const clock = from.local - Math.floor(from.local / DAY) * DAY;
	const included = from.kind === "date" || last - day >= clock;
	if (!shifted.constant) return write(lastOnCalendar(included ? last : last - DAY, from.local, shifted));
	if (from.kind === "date") return write(map(day));
	if (to.kind === "date") return write(map(included ? day : day - DAY));
	return write(map(last));
}

/** The slot of the last month whose old day is not past; the end of that month where the new day is not in it. */
function lastOnCalendar(last: number, start: number, { map }: ShiftedRule): number {
	const { day } = civilFromDays(Math.floor(start / DAY));
	const civil = civilFromDays(Math.floor(last / DAY));
	const months = civil.year * 12 + civil.month - 1 - (civil.day < day ? 1 : 0);
	const firstOf = (total: number): number => daysFromCivil(Math.floor(total / 12), (total % 12) + 1, 1) * DAY;
	return map(firstOf(months)) ?? (map(firstOf(months - 1)) ?? 0) + 28 * DAY;
}
