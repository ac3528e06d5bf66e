import { createHash } from "node:crypto";
import {
	type CalendarEvent,
	contentHash,
	type EventDateTime,
	hasSlot,
	originalStartKey,
	plainInstance,
	sameTime,
	withExclusions,
} from "@kalends/model";
import type { RemoteResource } from "../port/provider.ts";
import { type MapContext, privateProperty } from "./fields/field.ts";
import { FIELDS } from "./fields/index.ts";
import { readOriginalStart, readTime } from "./fields/times.ts";
import { KEY, UNFINISHED } from "./marks.ts";
import { asEvent, type GoogleEvent, isCancelled, isException, isMaster, isObject, textOf } from "./types.ts";

/**
 * What is one resource at the port: a single, an orphan, or a master with its exceptions
 * (docs/decisions/0012-google-resources.md). Its id is that of `event`.
 */
export interface GoogleSeries {
	readonly event: GoogleEvent;
	/** Of a master, cancelled ones included. */
	readonly exceptions: readonly GoogleEvent[];
}

/** An exception with the slot of the series that it is in place of. */
export interface PlacedException {
	readonly event: GoogleEvent;
	readonly slot: EventDateTime;
}

/** The body that a resource keeps; a single's is the event as Google gave it. */
export function rawOf({ event, exceptions }: GoogleSeries): string {
	return JSON.stringify(exceptions.length === 0 ? event : { event, exceptions: sorted(exceptions) });
}

/** @returns null for what is no body of a resource of Google's */
export function seriesOf(raw: string): GoogleSeries | null {
	let body: unknown;
	try {
		body = JSON.parse(raw);
	} catch {
		return null;
	}
	const single = asEvent(body);
	if (single !== null) return { event: single, exceptions: [] };
	const event = isObject(body) ? asEvent(body.event) : null;
	if (event === null || !isObject(body) || !Array.isArray(body.exceptions)) return null;
	return { event, exceptions: body.exceptions.flatMap((each) => asEvent(each) ?? []) };
}

/** Moves when any of its events does; a single's is Google's own. */
export function etagOf({ event, exceptions }: GoogleSeries): string | null {
	const own = textOf(event.etag);
	if (own === "" || exceptions.some(({ etag }) => textOf(etag) === "")) return null;
	if (exceptions.length === 0) return own;
	const hash = createHash("sha256").update(own);
	for (const { id, etag } of sorted(exceptions)) hash.update(`\n${id} ${textOf(etag)}`);
	return `"${hash.digest("base64url").slice(0, 27)}"`;
}

function sorted(exceptions: readonly GoogleEvent[]): readonly GoogleEvent[] {
	return [...exceptions].sort((a, b) => (a.id < b.id ? -1 : 1));
}

export function resourceOf(series: GoogleSeries, context: Omit<MapContext, "warn">): RemoteResource {
	const warnings = new Set<string>();
	const events = eventsOf(series, { ...context, warn: (sentence) => warnings.add(sentence) });
	const draftKey = privateProperty(series.event, UNFINISHED) === null ? privateProperty(series.event, KEY) : null;
	return {
		id: series.event.id,
		etag: etagOf(series),
		scheduleTag: null,
		raw: rawOf(series),
		events,
		warnings: [...warnings],
		...(draftKey === null ? {} : { draftKey }),
	};
}

/** The events of a resource; none where it is deleted. */
export function eventsOf(series: GoogleSeries, context: MapContext): readonly CalendarEvent[] {
	const { event } = series;
	if (isCancelled(event)) return [];
	if (readTime(event.start, context, false) === null) {
		context.warn("An event without a readable start was left out.");
		return [];
	}
	const head = eventOf(event, uidOf(event), context);
	if (isException(event)) {
		return [{ ...head, recurrence_id: readOriginalStart(event, null, context) ?? head.start }];
	}
	if (!isMaster(event)) return [head];
	const excluded: EventDateTime[] = [];
	const overrides: CalendarEvent[] = [];
	for (const { event: exception, slot } of placed(series, head, context)) {
		// What the rule no longer gives need not be taken out, and Google may keep it or not.
		if (isCancelled(exception)) {
			if (hasSlot(head, originalStartKey(slot))) excluded.push(slot);
		} else if (readTime(exception.start, context, false) !== null) {
			const override = { ...eventOf(exception, head.uid, context), recurrence_id: slot };
			if (!isPlain(head, override)) overrides.push(override);
		}
	}
	return [withExclusions(head, excluded), ...overrides];
}

/** The exceptions of a series by their slots; those whose slot cannot be read are left out. */
export function placed(
	{ exceptions }: GoogleSeries,
	master: CalendarEvent,
	context: MapContext,
): readonly PlacedException[] {
	return exceptions.flatMap((event) => {
		const slot = readOriginalStart(event, master, context);
		return slot === null ? [] : [{ event, slot }];
	});
}

/** One event of Google's as it is, without its place in a series. */
export function eventOf(event: GoogleEvent, uid: string, context: MapContext): CalendarEvent {
	const parts: Partial<CalendarEvent> = {};
	for (const field of FIELDS) Object.assign(parts, field.read(event, context));
	// Every key of an event has its field: EVERY_KEY_HAS_A_FIELD.
	return { ...(parts as CalendarEvent), uid, recurrence_id: null, this_and_future: false };
}

/**
 * Does an exception say nothing that its master does not say? Google keeps exceptions for ever, also those that were
 * changed back. Its link leads to the one instance, and does not count.
 */
export function isPlain(master: CalendarEvent, override: CalendarEvent): boolean {
	const plain = plainInstance(master, override);
	if (plain === null || override.recurrence_id === null) return false;
	// The same times may be written in another zone.
	const start = sameTime(override.start, plain.start) ? plain.start : override.start;
	const end = sameTime(override.end, plain.end) ? plain.end : override.end;
	const same = contentHash({ ...override, start, end, html_link: null }) === contentHash({ ...plain, html_link: null });
	return same && hasSlot(master, originalStartKey(override.recurrence_id));
}

/** What to list a series by; all is listed where no UID was given. */
export function sameSeries({ iCalUID }: GoogleEvent): { readonly iCalUID?: string } {
	const uid = textOf(iCalUID);
	return uid === "" ? {} : { iCalUID: uid };
}

/** All instances of a series share it. */
export function uidOf(event: GoogleEvent): string {
	return textOf(event.iCalUID) || event.id;
}
