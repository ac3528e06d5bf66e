import { createHash } from "node:crypto";
import type { CalendarEvent } from "../../event/event.ts";
import { localOf, sameTime } from "../../time/event-time.ts";
import { formatLocal, toBasic } from "../../time/wall-clock.ts";
import { readTimestamp } from "../fields/timestamps.ts";
import { type Component, propertyOf } from "../syntax/component.ts";
import { unescapeText } from "../syntax/text-value.ts";
import type { ReadContext } from "./context.ts";
import { readEvent } from "./read-event.ts";
import { alignRecurrenceIds } from "./recurrence-ids.ts";

/** A VEVENT with the calendar that it stands in. */
export interface Source {
	readonly component: Component;
	readonly context: ReadContext;
	readonly calendar: Component;
	/** The VTIMEZONEs of the file by TZID. */
	readonly timezones: ReadonlyMap<string, Component>;
}

/** A component that was mapped, with what decides between two of one identity. */
export interface MappedEvent extends Source {
	readonly event: CalendarEvent;
	/** DTSTAMP, or "" where there is none. */
	readonly stamp: string;
}

export interface EventGroup {
	readonly uid: string;
	readonly mapped: readonly MappedEvent[];
	/** Every component of the group, the unusable and outdated included. */
	readonly sources: readonly Source[];
	/** Those that stand at no time and so could not be mapped. */
	readonly unusable: readonly Source[];
}

/** Longer UIDs do not fit an index; they are known by their hash. */
const MAX_UID = 512;

/** The UID of a VEVENT, else a stable hash of feed, DTSTART, SUMMARY and RECURRENCE-ID. */
export function uidOf(component: Component, feedId: string): string {
	const uid = unescapeText(propertyOf(component, "UID")?.value ?? "").trim();
	if (uid.length > MAX_UID) return hashedUid([uid]);
	if (uid !== "") return uid;
	const parts = ["DTSTART", "SUMMARY", "RECURRENCE-ID"].map((name) => propertyOf(component, name)?.value.trim() ?? "");
	return hashedUid([feedId, ...parts]);
}

function hashedUid(parts: readonly string[]): string {
	return `kalends-${createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 40)}`;
}

/** Groups components by UID in the order of first appearance. */
export function groupByUid(sources: readonly Source[], feedId: string): Map<string, Source[]> {
	const groups = new Map<string, Source[]>();
	for (const source of sources) {
		const uid = uidOf(source.component, feedId);
		const group = groups.get(uid);
		if (group === undefined) groups.set(uid, [source]);
		else group.push(source);
	}
	return groups;
}

/**
 * Maps the components of one UID and settles duplicates: of two with one identity the higher SEQUENCE, then the later
 * DTSTAMP wins. Components without RECURRENCE-ID that are equal in both and start at different times are separate
 * events that a feed gave one UID: each gets a group, all but the first with its start appended to the UID.
 */
export function mapGroup(uid: string, sources: readonly Source[]): EventGroup[] {
	const mapped = sources.flatMap((source): MappedEvent[] => {
		const event = readEvent(source.component, uid, source.context);
		const stamp = event === null ? null : readTimestamp(source.component, "DTSTAMP", source.context);
		return event === null ? [] : [{ ...source, event, stamp: stamp ?? "" }];
	});
	const readable = new Set(mapped.map(({ component }) => component));
	const unusable = sources.filter(({ component }) => !readable.has(component));
	if (mapped.length <= 1) return [{ uid, mapped, sources, unusable }];
	const bases = newest(mapped.filter(({ event }) => event.recurrence_id === null));
	const overrides = alignRecurrenceIds(
		mapped.filter(({ event }) => event.recurrence_id !== null),
		bases[0]?.event ?? null,
	);
	const first = bases.slice(0, 1);
	const others = bases.slice(1).map((other): EventGroup => {
		const suffixed = `${uid}#${toBasic(formatLocal(localOf(other.event.start)))}`;
		return {
			uid: suffixed,
			mapped: [{ ...other, event: { ...other.event, uid: suffixed } }],
			sources: [other],
			unusable: [],
		};
	});
	const apart = new Set(others.flatMap((group) => group.sources.map(({ component }) => component)));
	const own = sources.filter(({ component }) => !apart.has(component));
	return [{ uid, mapped: [...first, ...onePerSlot(overrides)], sources: own, unusable }, ...others];
}

function compareVersions(a: MappedEvent, b: MappedEvent): number {
	if (a.event.sequence !== b.event.sequence) return a.event.sequence - b.event.sequence;
	return a.stamp === b.stamp ? 0 : a.stamp < b.stamp ? -1 : 1;
}

/** Those of the highest version, one for each start, earliest first. */
function newest(candidates: readonly MappedEvent[]): MappedEvent[] {
	const best: MappedEvent[] = [];
	for (const candidate of candidates) {
		const order = best[0] === undefined ? 1 : compareVersions(candidate, best[0]);
		if (order > 0) best.length = 0;
		if (order < 0 || best.some(({ event }) => sameTime(event.start, candidate.event.start))) continue;
		best.push(candidate);
	}
	return best.sort((a, b) => localOf(a.event.start) - localOf(b.event.start));
}

/** The newest override of each RECURRENCE-ID. */
function onePerSlot(overrides: readonly MappedEvent[]): MappedEvent[] {
	const bySlot = new Map<string, MappedEvent>();
	for (const override of overrides) {
		const slot = override.event.recurrence_id;
		const key = slot?.type === "zoned" ? slot.instant : JSON.stringify(slot);
		const known = bySlot.get(key);
		if (known === undefined || compareVersions(override, known) > 0) bySlot.set(key, override);
	}
	return [...bySlot.values()];
}
