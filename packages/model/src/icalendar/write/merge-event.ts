import type { CalendarEvent } from "../../event/event.ts";
import { formatInstant, toBasic } from "../../time/wall-clock.ts";
import { readTimeLine } from "../date-value.ts";
import type { Field } from "../field.ts";
import { FIELDS } from "../fields/index.ts";
import type { ReadContext } from "../read/context.ts";
import type { Component } from "../syntax/component.ts";
import { type ContentLine, contentLine, parseContentLine } from "../syntax/content-line.ts";
import { escapeText } from "../syntax/text-value.ts";

/** A VEVENT of the base, with the event that it was read as. */
export interface BaseEvent {
	readonly component: Component;
	readonly event: CalendarEvent;
	readonly context: ReadContext;
}

/** Writes an event as a new VEVENT; `now` is its DTSTAMP. */
export function newComponent(event: CalendarEvent, now: number, context: ReadContext): Component {
	const properties = [...linesOf([uidLine(event), stampLine(now)])];
	const components: Component[] = [];
	for (const field of FIELDS as readonly Field<keyof CalendarEvent>[]) {
		const written = field.write(event, null, context);
		properties.push(...linesOf(written.lines));
		components.push(...(written.components ?? []));
	}
	return { name: "VEVENT", properties, components };
}

/**
 * Writes an event over the component that it was read from: only the properties of fields whose value differs are
 * replaced, in their place; all else stays as it was read. DTSTAMP moves only if something did.
 */
export function mergeEvent(base: BaseEvent, event: CalendarEvent, now: number): Component {
	let component = base.component;
	for (const field of FIELDS as readonly Field<keyof CalendarEvent>[]) {
		if (sameField(field, base.event, event) && field.stale?.(event, base.component, base.context) !== true) continue;
		const written = field.write(event, base.component, base.context);
		component = replaceOwned(component, field, linesOf(written.lines), written.components);
	}
	return repaired(component, event, now, component !== base.component, base.context);
}

function sameField(field: Field<keyof CalendarEvent>, a: CalendarEvent, b: CalendarEvent): boolean {
	if (field.same !== undefined) return field.same(a, b);
	return field.keys.every((key) => canonical(a[key]) === canonical(b[key]));
}

/**
 * JSON with sorted keys: events that went through JSONB have lost the order of theirs. The instant of an uncertain
 * time is left out, since it rests on a fallback that differs between readers.
 */
function canonical(value: unknown): string {
	return JSON.stringify(value, (_key, inner: unknown) => {
		if (typeof inner !== "object" || inner === null || Array.isArray(inner)) return inner;
		const entries = Object.entries(inner).filter(([key]) => key !== "instant" || !("uncertain" in inner));
		return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
	});
}

function replaceOwned(
	component: Component,
	field: Field<keyof CalendarEvent>,
	lines: readonly ContentLine[],
	components: readonly Component[] | undefined,
): Component {
	const owned = (line: ContentLine) => field.names.includes(line.name);
	const at = component.properties.findIndex(owned);
	const rest = component.properties.filter((line) => !owned(line));
	const place = at === -1 ? rest.length : component.properties.slice(0, at).filter((line) => !owned(line)).length;
	const kept = component.components.filter(({ name }) => field.componentNames?.includes(name) !== true);
	return {
		name: component.name,
		properties: rest.toSpliced(place, 0, ...lines),
		components: components === undefined ? component.components : [...kept, ...components],
	};
}

/** What an event has once at most (RFC 5545 §3.6.1) and servers were seen to write twice (Cyrus: TRANSP). */
const ONCE =
	/^(?:CLASS|CREATED|DESCRIPTION|DTEND|DTSTART|DURATION|GEO|LAST-MODIFIED|LOCATION|ORGANIZER|PRIORITY|RECURRENCE-ID|SEQUENCE|STATUS|SUMMARY|TRANSP|UID|URL)$/;

function withoutRepeats(properties: readonly ContentLine[]): readonly ContentLine[] {
	const seen = new Set<string>();
	return properties.filter(({ name, text }) => {
		if (!ONCE.test(name)) return true;
		const isNew = !seen.has(text);
		seen.add(text);
		return isNew;
	});
}

/**
 * Makes good what strict readers refuse: UID and one DTSTAMP present, no impossible CREATED, COMPLETED in UTC,
 * no line twice that may be there once.
 */
function repaired(
	component: Component,
	event: CalendarEvent,
	now: number,
	changed: boolean,
	context: ReadContext,
): Component {
	const properties: ContentLine[] = [];
	let stamped = false;
	let identified = false;
	for (const line of withoutRepeats(component.properties)) {
		if (line.name === "DTSTAMP") {
			if (!stamped) properties.push(...(changed ? linesOf([stampLine(now)]) : [line]));
			stamped = true;
		} else if (line.name === "CREATED" && readTimeLine(line, context) === null) {
		} else if (line.name === "COMPLETED" && /^\d{8}$/.test(line.value.trim())) {
			properties.push(...linesOf([`COMPLETED:${line.value.trim()}T000000Z`]));
		} else {
			identified ||= line.name === "UID" && line.value.trim() !== "";
			if (line.name !== "UID" || line.value.trim() !== "") properties.push(line);
		}
	}
	const missing = [...(identified ? [] : [uidLine(event)]), ...(stamped ? [] : [stampLine(now)])];
	return { ...component, properties: [...linesOf(missing), ...properties] };
}

const uidLine = (event: CalendarEvent): string => contentLine("UID", escapeText(event.uid));
const stampLine = (now: number): string => `DTSTAMP:${toBasic(formatInstant(now))}`;

function linesOf(texts: readonly string[]): ContentLine[] {
	return texts.map(parseContentLine).filter((line) => line !== null);
}
