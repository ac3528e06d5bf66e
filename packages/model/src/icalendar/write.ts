import type { CalendarEvent, EventDateTime } from "../event/event.ts";
import { sameTime } from "../time/event-time.ts";
import { readCalendarFile, sourcesOf } from "./parse.ts";
import type { ReadContext } from "./read/context.ts";
import { zoneResolver } from "./read/file-zones.ts";
import { groupByUid, type MappedEvent, mapGroup } from "./read/group.ts";
import { tzidsOf } from "./read/raw-group.ts";
import { type Component, propertyOf, serializeComponent } from "./syntax/component.ts";
import { type ContentLine, contentLine, parseContentLine } from "./syntax/content-line.ts";
import { escapeText, unescapeText } from "./syntax/text-value.ts";
import { CalendarSyntaxError } from "./syntax-error.ts";
import { mergeEvent, newComponent } from "./write/merge-event.ts";
import { timezonesFor } from "./write/timezones.ts";

const PRODID = "PRODID:-//Kalends//Kalends//EN";

export interface WriteInput {
	/** The events of one resource: a single, or a master with its overrides. */
	readonly events: readonly CalendarEvent[];
	/** The raw body that they were read from; what no field knows survives from it. Null for a new resource. */
	readonly base: string | null;
	/** Epoch milliseconds, for DTSTAMP. */
	readonly now: number;
	/** Where reminders by e-mail go, of events that the person is no participant of (RFC 5545 §3.6.6). */
	readonly ownAddress?: string;
}

/**
 * Writes events as one VCALENDAR in strict RFC 5545: CRLF, lines of at most 75 octets, VERSION and PRODID, a UID and a
 * DTSTAMP for each component, a VTIMEZONE for each TZID whose rules are known, never a METHOD.
 *
 * With `base`, components are matched by UID and RECURRENCE-ID: a matched one keeps every property, parameter and
 * sub-component that did not change, a readable VEVENT of the base that no event matches is left out, all other
 * components stay. An override that the base lacks is made from its master. A base of one other UID counts as one of
 * the events' UID.
 * @throws {CalendarSyntaxError} where `base` is no complete calendar, or not all of it can be kept
 */
export function writeCalendar(input: WriteInput): string {
	const calendars = input.base === null ? [] : wholeCalendars(input.base);
	const others = calendars.flatMap((calendar) => calendar.components.filter(({ name }) => name !== "VEVENT"));
	const events = writeEvents(input, calendars);
	const timezones = timezonesFor(events.flatMap(tzidsOf), input.events, others);
	const first = others.filter(({ name }) => name === "VTIMEZONE");
	const rest = others.filter(({ name }) => name !== "VTIMEZONE");
	return serializeComponent({
		name: "VCALENDAR",
		properties: calendarLines(calendars),
		components: [...first, ...timezones, ...events, ...rest],
	});
}

function wholeCalendars(base: string): readonly Component[] {
	const { calendars, dropped } = readCalendarFile(base);
	if (dropped === 0) return calendars;
	throw new CalendarSyntaxError("malformed", "A component has too many properties to be written back without loss.");
}

function calendarLines(calendars: readonly Component[]): ContentLine[] {
	const kept = calendars[0]?.properties.filter(({ name }) => name !== "METHOD") ?? [];
	const missing: string[] = [];
	if (!kept.some(({ name, value }) => name === "VERSION" && value.trim() === "2.0")) missing.push("VERSION:2.0");
	if (!kept.some(({ name }) => name === "PRODID")) missing.push(PRODID);
	const added = missing.map(parseContentLine).filter((line) => line !== null);
	return [...added, ...(missing.includes("VERSION:2.0") ? kept.filter(({ name }) => name !== "VERSION") : kept)];
}

/** The VEVENTs to write: those of the base in their order, then the new ones. */
function writeEvents(input: WriteInput, calendars: readonly Component[]): Component[] {
	const sources = sourcesOf(
		calendars.map((calendar) => renamed(calendar, input.events)),
		{},
		[],
	);
	const own = input.ownAddress === undefined ? {} : { ownAddress: input.ownAddress };
	const mapped = [...groupByUid(sources, "")].flatMap(([uid, members]) => mapGroup(uid, members));
	const known = mapped.flatMap((group) =>
		group.mapped.map((base) => ({ ...base, context: { ...base.context, ...own } })),
	);
	const left = new Set(input.events);
	const byComponent = new Map<Component, Component>();
	for (const base of known) {
		const event = input.events.find((candidate) => left.has(candidate) && sameIdentity(base.event, candidate));
		if (event === undefined) continue;
		left.delete(event);
		byComponent.set(base.component, mergeEvent(base, event, input.now));
	}
	const unusable = new Set(mapped.flatMap((group) => group.unusable.map(({ component }) => component)));
	const kept = sources.flatMap(
		({ component }) => byComponent.get(component) ?? (unusable.has(component) ? component : []),
	);
	return [...kept, ...[...left].map((event) => addedComponent(event, known, input.now, { ...NEW_EVENT, ...own }))];
}

/**
 * A component that the base lacks. A new override goes out from its master, as an instance that was never overridden
 * has all that the master has, also what no field knows.
 */
function addedComponent(
	event: CalendarEvent,
	known: readonly MappedEvent[],
	now: number,
	context: ReadContext,
): Component {
	const isMaster = (base: MappedEvent) => base.event.uid === event.uid && base.event.recurrence_id === null;
	const master = event.recurrence_id === null ? undefined : known.find(isMaster);
	return master === undefined ? newComponent(event, now, context) : mergeEvent(master, event, now);
}

/**
 * The calendar under the UID of the events, where both have only one and it is another: what was copied or split off
 * keeps what no field knows.
 */
function renamed(calendar: Component, events: readonly CalendarEvent[]): Component {
	const uidOf = (component: Component) => propertyOf(component, "UID")?.value.trim() ?? "";
	const present = new Set(calendar.components.filter(({ name }) => name === "VEVENT").map(uidOf));
	const wanted = [...new Set(events.map(({ uid }) => uid))];
	const [from = ""] = present;
	const [to = ""] = wanted;
	const line = parseContentLine(contentLine("UID", escapeText(to)));
	const isOther = present.size === 1 && wanted.length === 1 && from !== "" && unescapeText(from) !== to;
	if (!isOther || line === null || to.startsWith("kalends-")) return calendar;
	const rename = (component: Component): Component => ({
		...component,
		properties: component.properties.map((property) => (property.name === "UID" ? line : property)),
	});
	const components = calendar.components.map((each) => (each.name === "VEVENT" ? rename(each) : each));
	return { ...calendar, components };
}

/** UIDs made up for a feed depend on the feed, so where the base gives none the RECURRENCE-ID alone decides. */
function sameIdentity(base: MappedEvent["event"], event: CalendarEvent): boolean {
	const bothMadeUp = base.uid.startsWith("kalends-") && event.uid.startsWith("kalends-");
	return (base.uid === event.uid || bothMadeUp) && sameSlot(base.recurrence_id, event.recurrence_id);
}

function sameSlot(a: EventDateTime | null, b: EventDateTime | null): boolean {
	if (a === null || b === null) return a === b;
	if (a.type === "zoned" && b.type === "zoned" && a.uncertain === true && b.uncertain === true) {
		return a.local === b.local && a.tzid === b.tzid;
	}
	return sameTime(a, b);
}

/** New components are read by no one here; TZIDs resolve by their names alone. */
const NEW_EVENT: ReadContext = {
	zone: zoneResolver(new Map(), null),
	isSelf: () => false,
	warn: () => undefined,
};
