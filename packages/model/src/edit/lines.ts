import type { CalendarEvent } from "../event/event.ts";
import { type ContentLine, contentLine, parseContentLine } from "../icalendar/syntax/content-line.ts";
import type { DateValue } from "../recurrence/frame.ts";
import { type ExtraDate, extraDateOf, ruleFor, zonesOf } from "../recurrence/recurrence-set.ts";
import { type Rule, WEEKDAY_NAMES, type WeekdayPart } from "../recurrence/rule.ts";

/** An RRULE or EXRULE that can be read. */
export interface RuleLine {
	readonly name: "RRULE" | "EXRULE";
	/** The text after the colon. */
	readonly value: string;
	readonly rule: Rule;
}

/** One value of an RDATE or EXDATE line. */
export interface ListedDate {
	readonly name: "RDATE" | "EXDATE";
	readonly at: DateValue;
	readonly end: ExtraDate["end"];
	/** True of a PERIOD: the instance has an end of its own. */
	readonly period: boolean;
	/** A line that holds only this value, as it was written. */
	readonly line: string;
}

/** A recurrence line taken apart; `other` is what cannot be read and is kept as it is. */
export type EditedLine =
	| { readonly kind: "rule"; readonly text: string; readonly rule: RuleLine }
	| { readonly kind: "dates"; readonly text: string; readonly dates: readonly ListedDate[] }
	| { readonly kind: "other"; readonly text: string };

/** Takes the recurrence lines of a master apart, in their order. */
export function linesOf(master: CalendarEvent): readonly EditedLine[] {
	const zones = zonesOf(master);
	return (master.recurrence ?? []).map((text): EditedLine => {
		const line = parseContentLine(text);
		if (line?.name === "RRULE" || line?.name === "EXRULE") {
			const { rule } = ruleFor(master, line.value);
			return rule === null
				? { kind: "other", text }
				: { kind: "rule", text, rule: { name: line.name, value: line.value, rule } };
		}
		if (line?.name !== "RDATE" && line?.name !== "EXDATE") return { kind: "other", text };
		const { name } = line;
		const zone = zones(line);
		const dates = line.value.split(",").flatMap((value): ListedDate[] => {
			const date = extraDateOf(value, zone);
			if (date === null || (name === "EXDATE" && date.end !== null)) return [];
			return [{ name, ...date, period: date.end !== null, line: lineWith(line, value.trim()) }];
		});
		return { kind: "dates", text, dates };
	});
}

export function rulesIn(master: CalendarEvent, name: RuleLine["name"]): readonly RuleLine[] {
	return linesNamed(master, name).flatMap((line) => (line.kind === "rule" ? [line.rule] : []));
}

export function datesIn(master: CalendarEvent, name: ListedDate["name"]): readonly ListedDate[] {
	return linesNamed(master, name).flatMap((line) => (line.kind === "dates" ? line.dates : []));
}

function linesNamed(master: CalendarEvent, name: string): readonly EditedLine[] {
	const recurrence = master.recurrence?.filter((text) => text.slice(0, name.length).toUpperCase() === name) ?? null;
	return linesOf({ ...master, recurrence });
}

/** The line with another value and the same parameters. */
function lineWith(line: ContentLine, value: string): string {
	const params: Record<string, string> = {};
	for (const { name, values } of line.params) params[name] = values.join();
	return contentLine(line.name, value, params);
}

/** Lines of one value each, put together where they differ in nothing else. */
export function joinLines(lines: readonly string[]): string[] {
	const joined = new Map<string, string>();
	for (const text of lines) {
		const value = parseContentLine(text)?.value ?? "";
		const head = text.slice(0, text.length - value.length);
		const known = joined.get(head);
		joined.set(head, known === undefined ? text : `${known},${value}`);
	}
	return [...joined.values()];
}

export type RulePart = "COUNT" | "UNTIL" | "WKST" | `BY${string}`;

/** The value of a rule with some parts replaced in their place, added, or (null) left out. */
export function withParts(value: string, parts: Readonly<Partial<Record<RulePart, string | null>>>): string {
	const left = new Map(Object.entries(parts));
	const texts = value.split(";").filter((part) => part.trim() !== "");
	const kept = texts.flatMap((part) => {
		const name = (part.split("=")[0] ?? "").trim().toUpperCase();
		const replaced = left.get(name);
		if (replaced === undefined) return [part];
		left.delete(name);
		return replaced === null ? [] : [`${name}=${replaced}`];
	});
	const added = [...left].flatMap(([name, text]) => (text === null || text === undefined ? [] : [`${name}=${text}`]));
	return [...kept, ...added].join(";");
}

/** `2TU`, `-1FR`, `MO`. */
export function weekdayText({ weekday, ordinal }: WeekdayPart): string {
	return `${ordinal === 0 ? "" : ordinal}${WEEKDAY_NAMES[weekday - 1]}`;
}
