import { hash } from "node:crypto";
import type { CalendarEvent } from "../event/event.ts";
import { buildTree, type Component } from "../icalendar/syntax/component.ts";
import { unfoldLines } from "../icalendar/syntax/lines.ts";

/**
 * What a change of each field means to a reader of the API: the names of the API's event fields that it shows in,
 * or none where nobody can see it. Being a full record, a new field of CalendarEvent has to be decided here.
 */
const SHOWS_IN: Readonly<Record<keyof CalendarEvent, readonly string[]>> = {
	uid: ["ical_uid"],
	recurrence_id: ["original_start"],
	this_and_future: ["recurrence"],
	title: ["title"],
	description: ["description"],
	location: ["location"],
	status: ["status"],
	start: ["start"],
	end: ["end"],
	duration_kind: ["end"],
	recurrence: ["recurrence"],
	participants: ["participants"],
	reminders: ["reminders"],
	visibility: ["visibility"],
	busy: ["busy"],
	color: ["color"],
	categories: ["categories"],
	conference: ["conference"],
	attachments: ["attachments"],
	html_link: ["html_link"],
	custom_zones: ["start", "end"],
	// Rewritten by many servers on every read or write without any change that a person made.
	sequence: [],
	created_at: [],
	updated_at: [],
};

const CONTENT_FIELDS = (Object.keys(SHOWS_IN) as (keyof CalendarEvent)[])
	.filter((field) => SHOWS_IN[field].length > 0)
	.sort();

/**
 * SHA-256, hex, of everything of the event that a person can see or that expansion needs.
 * SEQUENCE, CREATED and LAST-MODIFIED do not count: servers move them without a change.
 * Independent of the order of object keys, which JSONB does not keep, and of the order of recurrence lines, rule parts
 * and zone definitions, which servers change when they store an event.
 */
export function contentHash(event: CalendarEvent): string {
	let text = "";
	for (const field of CONTENT_FIELDS) {
		const value = event[field];
		if (value !== undefined) text += `${field}:${canonicalField(event, field)}\n`;
	}
	return hash("sha256", text);
}

/** Names of the API's event fields in which two versions of an event differ, sorted. */
export function changedFields(before: CalendarEvent, after: CalendarEvent): string[] {
	const names = new Set<string>();
	for (const field of CONTENT_FIELDS) {
		if (canonicalField(before, field) !== canonicalField(after, field)) {
			for (const name of SHOWS_IN[field]) names.add(name);
		}
	}
	if ((before.start.type === "date") !== (after.start.type === "date")) names.add("all_day");
	return [...names].sort();
}

/** One field as text, equal for what means the same. */
function canonicalField(event: CalendarEvent, field: keyof CalendarEvent): string {
	if (field === "recurrence") return canonicalJson(canonicalRecurrence(event.recurrence));
	const { custom_zones: zones } = event;
	if (field !== "custom_zones" || zones === undefined) return canonicalJson(event[field]);
	return canonicalJson(Object.fromEntries(Object.entries(zones).map(([tzid, text]) => [tzid, canonicalZone(text)])));
}

/** The same for lines that mean the same: rule parts, dates and lines sorted, one line a date (RFC 5545 §3.8.5). */
export function canonicalRecurrence(lines: readonly string[] | null): readonly string[] | null {
	if (lines === null) return null;
	const each = lines.flatMap((line) => {
		const at = line.indexOf(":", line.lastIndexOf('"') + 1);
		const [head, value] = [line.slice(0, at), line.slice(at + 1)];
		if (/^(RDATE|EXDATE)\b/i.test(head)) return value.split(",").map((date) => `${head}:${date}`);
		return `${head}:${value.split(";").sort().join(";")}`;
	});
	return [...new Set(each)].sort();
}

/** A VTIMEZONE with the properties of each part, and its parts, in one order. */
function canonicalZone(text: string): string {
	const written = (component: Component): string => {
		const own = component.properties.map(({ name, value }) => `${name}:${value.split(";").sort().join(";")}`);
		return `${component.name}{${[...own.sort(), ...component.components.map(written).sort()].join("\n")}}`;
	};
	return buildTree(unfoldLines(text)).roots.map(written).join("\n");
}

/** JSON with the keys of objects sorted. Runs for every field of every event, so it makes no lists on the way. */
export function canonicalJson(value: unknown): string {
	if (value === undefined) return "";
	if (value === null || typeof value !== "object") return JSON.stringify(value);
	let text = "";
	if (Array.isArray(value)) {
		for (const member of value) text += `${text === "" ? "" : ","}${canonicalJson(member)}`;
		return `[${text}]`;
	}
	const members = value as Readonly<Record<string, unknown>>;
	for (const key of Object.keys(members).sort()) {
		const member = members[key];
		if (member !== undefined) text += `${text === "" ? "" : ","}"${key}":${canonicalJson(member)}`;
	}
	return `{${text}}`;
}
