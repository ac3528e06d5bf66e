import { isDeepStrictEqual } from "node:util";
import {
	type CalendarEvent,
	type EditedPlan,
	type EventDateTime,
	instantOf,
	type Occurrence,
	occurrencesTouched,
	originalStartKey,
	parseOriginalStartKey,
} from "@kalends/model";
import type { Telling } from "../../notify/invitations/told.ts";
import type { CalendarRow, ConnectionRow, MovedResource, ResourceSnapshot } from "../../push/types.ts";
import { dateTimeToWire } from "../date-time-to-wire.ts";
import { contentToWire, type OccurrencePlace } from "../event-to-wire.ts";
import type { WireEventContent } from "../schemas.ts";
import type { PlannedChange, Scope } from "./plan-change.ts";
import type { DryRun, WouldBeEvent } from "./schemas.ts";

const DAY = 86_400_000;
/** As far ahead as occurrences are kept ready. */
const AHEAD = 400 * DAY;
/** Of a new series the next dates are asked for, also where it comes once a year. */
const NEW_AHEAD = 6 * 366 * DAY;
const MOST_OCCURRENCES = 500;

interface Place {
	readonly calendar: Pick<CalendarRow, "id" | "connection_id" | "sends_invitations">;
	readonly connection: Pick<ConnectionRow, "provider">;
}

/** What creating this event would do. */
export function previewOfNew(
	place: Place,
	event: CalendarEvent,
	{ own, now, floatingZone, telling }: Omit<PreviewRequest, "scope">,
): DryRun {
	const from = instantOf(event.start, floatingZone);
	return {
		dry_run: true,
		event: wouldBe(place, event, { id: null, place: null }, now),
		changes: {},
		created: null,
		occurrences: touchedToWire(occurrencesTouched([], [event], null, { from, to: from + NEW_AHEAD }, floatingZone)),
		dropped: [],
		mails: [...telling.told(place, { before: [], after: [event], own })],
	};
}

export interface PreviewRequest {
	readonly scope: Scope | null;
	readonly own: ReadonlySet<string>;
	readonly now: number;
	readonly floatingZone: string;
	readonly telling: Telling;
}

/** What a planned change or deletion would do. */
export function previewOfChange(
	snapshot: ResourceSnapshot,
	{ plan, shown }: PlannedChange,
	{ scope, own, now, floatingZone, telling }: PreviewRequest,
): DryRun {
	const { base, events, resource } = snapshot;
	const next = shownAfter(snapshot, plan, shown, scope);
	const made = baseOf(plan.created);
	const ids = { provider_event_id: resource.provider_resource_id };
	const after = next === null ? null : wouldBe(snapshot, next.event, { ...ids, id: next.id, place: next.place }, now);
	const created = made === null ? null : wouldBe(snapshot, made, { id: null, place: null }, now);
	const before = wireBefore(snapshot, shown, scope);
	const range = { from: now - 30 * DAY, to: now + AHEAD };
	const touched = occurrencesTouched(events, plan.events, plan.created, range, floatingZone, plan.slotShift);
	return {
		dry_run: true,
		event: after,
		changes: changesOf(before, created ?? after),
		created,
		occurrences: touchedToWire(touched),
		dropped: plan.dropped.map(({ originalStart, title, reason }) => ({
			id: `${base.id}.${originalStart}`,
			original_start: wireSlot(originalStart),
			title,
			reason,
		})),
		mails: [
			...telling.told(snapshot, { before: events, after: [...(plan.events ?? []), ...(plan.created ?? [])], own }),
		],
	};
}

/** What a move of a changed event would do: what the change alone would, elsewhere. */
export function previewOfMove(
	preview: DryRun,
	snapshot: ResourceSnapshot,
	move: {
		readonly target: Place;
		readonly own: ReadonlySet<string>;
		readonly made: Pick<MovedResource, "events" | "origin">;
	},
	{ own, now, telling }: Pick<PreviewRequest, "own" | "now" | "telling">,
): DryRun {
	const { target } = move;
	const made = baseOf(move.made.events);
	const moved = { before: snapshot.calendar.id, after: target.calendar.id };
	// For its guests what the provider moves is what it was.
	const { origin } = move.made;
	const mails = origin
		? telling.told(target, { before: origin.base, after: move.made.events, own: move.own })
		: [
				...telling.told(snapshot, { before: snapshot.events, after: [], own }),
				...telling.told(target, { before: [], after: move.made.events, own: move.own }),
			];
	return {
		...preview,
		event: made === null ? null : wouldBe(target, made, { id: null, place: null }, now),
		changes: { ...preview.changes, calendar_id: moved },
		mails: [...new Set(mails)].sort(),
	};
}

function touchedToWire(touched: ReturnType<typeof occurrencesTouched>): DryRun["occurrences"] {
	return touched.slice(0, MOST_OCCURRENCES).map(({ original_start, action, start, end }) => ({
		original_start: dateTimeToWire(original_start),
		action,
		start: dateTimeToWire(start),
		end: dateTimeToWire(end),
	}));
}

function wireSlot(key: string): DryRun["dropped"][number]["original_start"] {
	const slot: EventDateTime | null = parseOriginalStartKey(key);
	return slot === null ? null : dateTimeToWire(slot);
}

/** What a person who asks for the same id afterwards sees; null where it is gone. */
function shownAfter(
	{ base, target }: ResourceSnapshot,
	{ events }: EditedPlan,
	shown: Occurrence,
	scope: Scope | null,
): { readonly id: string; readonly event: CalendarEvent; readonly place: OccurrencePlace | null } | null {
	if (events === null) return null;
	if (base.kind === "override") {
		const own = events.find((event) => keyOf(event) === keyOf(base.event));
		return own === undefined ? null : { id: base.id, event: own, place: null };
	}
	const next = baseOf(events);
	if (next === null) return null;
	if (base.kind !== "master" || target === null || scope !== "this") return { id: base.id, event: next, place: null };
	const id = `${base.id}.${target}`;
	const own = events.find((event) => event.recurrence_id !== null && keyOf(event) === target);
	if (own === undefined && next !== base.event) return null;
	const { start, end } = own ?? shown;
	const place = { id, seriesId: base.id, originalStart: shown.original_start, start, end };
	return { id, event: own ?? shown.event, place };
}

function wireBefore({ base }: ResourceSnapshot, shown: Occurrence, scope: Scope | null): WireEventContent {
	if (base.kind !== "master" || scope === "all") return contentToWire(base.event, null);
	const { original_start: originalStart, start, end, event } = shown;
	const place = { id: base.id, seriesId: base.id, originalStart, start, end };
	const { recurrence } = scope === "following" ? base.event : { recurrence: null };
	return { ...contentToWire(event, place), recurrence: recurrence === null ? null : [...recurrence] };
}

/** Fields that tell one event from another, not what it is like. */
const IDENTITY = new Set<string>(["ical_uid", "original_start"]);

function changesOf(before: WireEventContent, after: WireEventContent | null): DryRun["changes"] {
	if (after === null) return {};
	const names = (Object.keys(before) as (keyof WireEventContent)[]).filter(
		(name) => !IDENTITY.has(name) && !isDeepStrictEqual(before[name], after[name]),
	);
	return Object.fromEntries(names.map((name) => [name, { before: before[name], after: after[name] }]));
}

interface Ids {
	readonly id: string | null;
	readonly provider_event_id?: string | null;
	readonly place: OccurrencePlace | null;
}

function wouldBe({ calendar, connection }: Place, event: CalendarEvent, ids: Ids, now: number): WouldBeEvent {
	const at = new Date(now).toISOString();
	return {
		id: ids.id,
		calendar_id: calendar.id,
		connection_id: calendar.connection_id,
		provider: connection.provider,
		provider_event_id: ids.provider_event_id ?? null,
		recurring_event_id: ids.place?.seriesId ?? null,
		...contentToWire(event, ids.place),
		read_only: false,
		etag: null,
		sync: null,
		created_at: event.created_at ?? at,
		updated_at: event.updated_at ?? at,
	};
}

function baseOf(events: readonly CalendarEvent[] | null): CalendarEvent | null {
	return events?.find(({ recurrence_id }) => recurrence_id === null) ?? null;
}

function keyOf({ recurrence_id, start }: CalendarEvent): string {
	return originalStartKey(recurrence_id ?? start);
}

/** Ends a dry run's transaction before anything is written. */
export class Previewed extends Error {
	readonly preview: DryRun;
	constructor(preview: DryRun) {
		super("a dry run writes nothing");
		this.preview = preview;
	}
}
