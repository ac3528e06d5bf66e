import type { ParsedCalendar, ParsedGroup, ParseOptions } from "./parsed-calendar.ts";
import { calendarProperties } from "./read/calendar-properties.ts";
import { calendarZone, timezoneComponents, zoneDefinitions, zoneResolver } from "./read/file-zones.ts";
import { type EventGroup, groupByUid, mapGroup, type Source } from "./read/group.ts";
import { contentHashOf, rawOf } from "./read/raw-group.ts";
import { buildTree, type Component, DEFAULT_LIMITS, type TreeLimits } from "./syntax/component.ts";
import { unfoldLines } from "./syntax/lines.ts";
import { CalendarSyntaxError } from "./syntax-error.ts";

const MAX_WARNINGS = 100;

/** The VCALENDARs of a file, complete or not at all. */
export interface CalendarFile {
	readonly calendars: readonly Component[];
	readonly warnings: readonly string[];
	/** Properties that were left out, as their component has too many. */
	readonly dropped: number;
}

/**
 * Reads the VCALENDARs of a text.
 * @throws {CalendarSyntaxError} where the text is no calendar, has lost its end, or passes a limit
 */
export function readCalendarFile(text: string | Uint8Array, limits: TreeLimits = DEFAULT_LIMITS): CalendarFile {
	const tree = buildTree(unfoldLines(text), limits);
	const calendars = tree.roots.filter(({ name }) => name === "VCALENDAR");
	if (calendars.length === 0) {
		throw new CalendarSyntaxError("not_a_calendar", "The text has no BEGIN:VCALENDAR, so it is no calendar.");
	}
	if (tree.limit !== null) throw new CalendarSyntaxError("malformed", `The calendar cannot be read: ${tree.limit}.`);
	if (tree.unclosed.length > 0) {
		const names = tree.unclosed.join(", ");
		throw new CalendarSyntaxError("truncated", `The calendar is cut off: ${names} has no END.`);
	}
	return { calendars, warnings: tree.warnings, dropped: tree.dropped };
}

/**
 * Reads iCalendar text (RFC 5545), tolerant of what real producers write; one unusable component costs only itself.
 * Bytes are preferred over a string: they are unfolded before they are decoded.
 * @throws {CalendarSyntaxError} where the text is no complete calendar; nothing else
 */
export function parseCalendar(text: string | Uint8Array, options: ParseOptions = {}): ParsedCalendar {
	const { calendars, warnings: syntaxWarnings } = readCalendarFile(text);
	const warnings = [...syntaxWarnings];
	const sources = sourcesOf(calendars, options, warnings);
	const groups: ParsedGroup[] = [];
	for (const [uid, members] of groupByUid(sources, options.feedId ?? "")) {
		const from = warnings.length;
		for (const group of mapGroup(uid, members)) groups.push(parsedGroup(group, warnings.slice(from)));
	}
	return { ...calendarProperties(calendars), groups, warnings: warnings.slice(0, MAX_WARNINGS) };
}

/** The VEVENTs of all calendars, each with the zones and the reader that it is read with. */
export function sourcesOf(calendars: readonly Component[], options: ParseOptions, warnings: string[]): Source[] {
	const timezones = timezoneComponents(calendars);
	const definitions = zoneDefinitions(timezones);
	const self = new Set(options.selfAddresses?.map((address) => address.replace(/^mailto:/i, "").toLowerCase()));
	return calendars.flatMap((calendar) => {
		const zone = zoneResolver(definitions, calendarZone(calendar) ?? options.defaultZone ?? null);
		const context = {
			zone,
			isSelf: (email: string) => self.size > 0 && self.has(email.toLowerCase()),
			warn: (sentence: string) => {
				warnings.push(sentence);
			},
		};
		const events = calendar.components.filter(({ name }) => name === "VEVENT");
		return events.map((component) => ({ component, context, calendar, timezones }));
	});
}

function parsedGroup(group: EventGroup, warnings: readonly string[]): ParsedGroup {
	return {
		uid: group.uid,
		events: group.mapped.map(({ event }) => event),
		warnings,
		raw: () => rawOf(group),
		contentHash: () => contentHashOf(group),
	};
}
