import { isDeepStrictEqual } from "node:util";
import type { CalendarEvent } from "@kalends/model";
import type { MapContext } from "../fields/field.ts";
import { FIELDS } from "../fields/index.ts";
import { type EventBody, type GoogleEvent, isObject, type Json } from "../types.ts";

/** What guests see of an event; the rest is each person's own. */
const SHARED: ReadonlySet<string> = new Set([
	"summary",
	"description",
	"location",
	"status",
	"start",
	"end",
	"recurrence",
	"attendees",
	"conferenceData",
	"attachments",
]);

export function touchesGuests(body: EventBody): boolean {
	return Object.keys(body).some((name) => SHARED.has(name));
}

/** The body of a new event: all that the event says. */
export function newBody(event: CalendarEvent, context: MapContext): EventBody {
	let body: EventBody = {};
	for (const { write } of FIELDS) if (write !== undefined) body = merged(body, write(event, null, context));
	return withoutNulls(body);
}

/**
 * What has to be patched so that an event says what is wanted, in Google's words: what means the same there is no change.
 * @param before `base` as it was read
 * @returns null where nothing has to be
 */
export function patchBody(
	base: GoogleEvent,
	before: CalendarEvent,
	wanted: CalendarEvent,
	context: MapContext,
): EventBody | null {
	let body: EventBody = {};
	for (const { keys, write } of FIELDS) {
		if (write === undefined || keys.every((key) => isDeepStrictEqual(before[key], wanted[key]))) continue;
		body = merged(body, difference(write(before, base, context), write(wanted, base, context)));
	}
	return Object.keys(body).length === 0 ? null : body;
}

/** The body that makes an event say all of this, whatever it says now. */
export function wholeBody(base: GoogleEvent, wanted: CalendarEvent, context: MapContext): EventBody {
	let body: EventBody = {};
	for (const { write } of FIELDS) if (write !== undefined) body = merged(body, write(wanted, base, context));
	return body;
}

/** What `before` does not name stays as it is there, so that a null takes it away. */
function difference(before: EventBody, after: EventBody): EventBody {
	const entries = Object.entries(after).filter(([name, value]) => {
		if (!Object.hasOwn(before, name)) return value !== undefined;
		const was: unknown = (before as Json)[name];
		return !isDeepStrictEqual(was ?? null, value ?? null);
	});
	return Object.fromEntries(entries);
}

/** Both bodies; properties of events that either sets are all there. */
export function merged(a: EventBody, b: EventBody): EventBody {
	if (a.extendedProperties === undefined || b.extendedProperties === undefined) return { ...a, ...b };
	const part = (kind: "private" | "shared") => {
		const [one, other] = [a.extendedProperties?.[kind], b.extendedProperties?.[kind]];
		return one === undefined && other === undefined ? {} : { [kind]: { ...one, ...other } };
	};
	return { ...a, ...b, extendedProperties: { ...part("private"), ...part("shared") } };
}

/** Where nothing is there yet, nothing has to be taken away. */
function withoutNulls(body: EventBody): EventBody {
	return stripped(body) ?? {};
}

function stripped<T extends object>(value: T): T | undefined {
	const entries = Object.entries(value).flatMap(([name, each]): [string, unknown][] => {
		if (each === null || each === undefined) return [];
		if (!isObject(each)) return [[name, each]];
		const inner = stripped(each);
		return inner === undefined ? [] : [[name, inner]];
	});
	return entries.length === 0 ? undefined : (Object.fromEntries(entries) as T);
}
