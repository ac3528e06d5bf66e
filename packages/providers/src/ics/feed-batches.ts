import type { ScannedCalendar, ScannedEvent, ScannedFeed, Stretch } from "./feed-scan.ts";

/** A part of a feed that can be read by itself: whole groups of events, with the headers and zones that they need. */
export interface FeedBatch {
	readonly text: Uint8Array;
	readonly warnings: readonly string[];
}

interface Part {
	readonly calendar: number;
	readonly event: ScannedEvent;
}

interface Zone extends Stretch {
	readonly tzid: string;
	readonly calendar: number;
}

/** So much is read in one turn of the event loop: a few milliseconds. */
const GROUPS_A_BATCH = 50;
const BYTES_A_BATCH = 24 * 1024;
/** Past these it is no honest calendar; what is over is left out. */
const MAX_PARTS_OF_ONE_UID = 1000;
const MAX_HEADER_BYTES = 16 * 1024;
const MAX_ZONE_BYTES = 64 * 1024;
/** Up to so many bytes of zones go along without a look at which are needed. */
const SMALL_ZONES = 8 * 1024;
const MAX_ZONES_BYTES = 256 * 1024;
const MAX_SKELETONS = 100;

/** The feed without its events: for its name, colour, zone and refresh interval. */
export function skeleton(feed: ScannedFeed): Uint8Array {
	return compose({ ...feed, calendars: feed.calendars.slice(0, MAX_SKELETONS) }, [], [], true);
}

/** Cuts a feed into batches; all components of one UID are in the same. */
export function* batches(feed: ScannedFeed): Generator<FeedBatch> {
	const zones = feed.calendars.flatMap(({ zones }, calendar) =>
		zones.filter(({ start, end }) => end - start <= MAX_ZONE_BYTES).map((zone): Zone => ({ ...zone, calendar })),
	);
	let parts: Part[] = [];
	let warnings: string[] = [];
	let groups = 0;
	let bytes = 0;
	for (const group of groupParts(feed.calendars)) {
		const kept = group.slice(0, MAX_PARTS_OF_ONE_UID);
		const size = kept.reduce((sum, { event }) => sum + event.end - event.start, 0);
		if (groups > 0 && (groups === GROUPS_A_BATCH || bytes + size > BYTES_A_BATCH)) {
			yield { text: compose(feed, parts, neededZones(feed, parts, zones)), warnings };
			parts = [];
			warnings = [];
			groups = 0;
			bytes = 0;
		}
		if (kept.length < group.length) {
			warnings.push(`One UID is used ${group.length} times; all after the first ${kept.length} were left out.`);
		}
		for (const part of kept) parts.push(part);
		groups++;
		bytes += size;
	}
	if (groups > 0) yield { text: compose(feed, parts, neededZones(feed, parts, zones)), warnings };
}

function groupParts(calendars: readonly ScannedCalendar[]): Iterable<readonly Part[]> {
	const groups = new Map<string, Part[]>();
	calendars.forEach(({ events }, calendar) => {
		for (const event of events) {
			const group = groups.get(event.key);
			if (group === undefined) groups.set(event.key, [{ calendar, event }]);
			else group.push({ calendar, event });
		}
	});
	return groups.values();
}

function neededZones(feed: ScannedFeed, parts: readonly Part[], zones: readonly Zone[]): readonly Zone[] {
	if (zones.reduce((sum, { start, end }) => sum + end - start, 0) <= SMALL_ZONES) return zones;
	const named = new Set<string>();
	for (const { event } of parts) {
		const text = latin1(feed.bytes, event).replace(/\r*\n[ \t]/g, "");
		for (const [, value = ""] of text.matchAll(/TZID="?([^\r\n]*)/gi)) named.add(value);
	}
	// A TZID may hold the characters that should end it: the shortest and every longer reading count.
	const short = new Set([...named].map((value) => value.replace(/[";:,].*/, "")));
	const long = [...named].filter((value) => /[";:,].*:/.test(value));
	let bytes = 0;
	return zones.filter(({ tzid, start, end }) => {
		if (!short.has(tzid) && !long.some((value) => value.startsWith(tzid))) return false;
		bytes += end - start;
		return bytes <= MAX_ZONES_BYTES;
	});
}

function compose(feed: ScannedFeed, parts: readonly Part[], zones: readonly Zone[], everyCalendar = false): Uint8Array {
	const pieces: Uint8Array[] = [];
	const add = (stretch: Stretch) => {
		pieces.push(feed.bytes.subarray(stretch.start, stretch.end));
		if (feed.bytes[stretch.end - 1] !== 0x0a) pieces.push(NEWLINE);
		for (const name of stretch.unclosed.toReversed()) pieces.push(encoder.encode(`END:${name}\r\n`));
	};
	const all = everyCalendar ? feed.calendars.keys() : [];
	const inUse = new Set([...all, ...parts.map(({ calendar }) => calendar), ...zones.map(({ calendar }) => calendar)]);
	for (const index of [...inUse].sort((a, b) => a - b)) {
		pieces.push(BEGIN);
		for (const stretch of boundedHeader(feed.calendars[index])) add(stretch);
		for (const zone of zones) if (zone.calendar === index) add(zone);
		for (const part of parts) if (part.calendar === index) add(part.event);
		pieces.push(END);
	}
	return Buffer.concat(pieces);
}

function boundedHeader(calendar: ScannedCalendar | undefined): readonly Stretch[] {
	let bytes = 0;
	return (calendar?.header ?? []).filter(({ start, end }) => {
		bytes += end - start;
		return bytes <= MAX_HEADER_BYTES;
	});
}

function latin1(bytes: Uint8Array, { start, end }: Stretch): string {
	return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1", start, end);
}

const encoder = new TextEncoder();
const BEGIN = encoder.encode("BEGIN:VCALENDAR\r\n");
const END = encoder.encode("END:VCALENDAR\r\n");
const NEWLINE = encoder.encode("\r\n");
