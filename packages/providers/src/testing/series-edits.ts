import {
	addDays,
	type CalendarEvent,
	type EventDateTime,
	type EventPatch,
	expandSeries,
	originalStartKey,
	planEdit,
} from "@kalends/model";
import fc from "fast-check";
import { expect, test } from "vitest";
import type {
	CalendarProvider,
	KnownResources,
	ProviderContext,
	RemoteCalendar,
	RemoteResource,
	SyncCursor,
} from "../port/provider.ts";
import type { WriteContext } from "../port/writer.ts";
import { eventsIn } from "./write-client.ts";

/** A calendar on the other side that series are written to; its `now` begins 2026. */
export interface SeriesSide {
	readonly provider: CalendarProvider;
	readonly calendar: RemoteCalendar;
	readonly context: WriteContext & ProviderContext;
}

const RANGE = { from: Date.UTC(2026, 0, 1), to: Date.UTC(2027, 0, 1) };

const STARTS = {
	zoned: ["DTSTART;TZID=Europe/Berlin:20260323T090000", "DTEND;TZID=Europe/Berlin:20260323T100000"],
	utc: ["DTSTART:20260323T230000Z", "DTEND:20260324T010000Z"],
	day: ["DTSTART;VALUE=DATE:20260323", "DTEND;VALUE=DATE:20260324"],
	floating: ["DTSTART:20260323T090000", "DTEND:20260323T100000"],
} as const;
const RULES = ["FREQ=DAILY;COUNT=8", "FREQ=WEEKLY;BYDAY=MO,WE;COUNT=8", "FREQ=MONTHLY;COUNT=6", "FREQ=WEEKLY"];

interface Edit {
	readonly at: number;
	readonly scope: "this" | "following" | "all";
	readonly kind: "title" | "move" | "delete" | "longer" | "shift_day";
	readonly title: string;
}

const edit: fc.Arbitrary<Edit> = fc.record({
	at: fc.nat({ max: 7 }),
	scope: fc.constantFrom("this", "this", "following", "all"),
	kind: fc.constantFrom("title", "move", "delete", "longer", "shift_day"),
	title: fc.constantFrom("A", "B", "C"),
});

const cases = fc.record({
	start: fc.constantFrom(...(Object.keys(STARTS) as (keyof typeof STARTS)[])),
	rule: fc.constantFrom(...RULES),
	edits: fc.array(edit, { minLength: 1, maxLength: 6 }),
});

/**
 * Writes random series and edits of them (one occurrence, later ones, all), and finds what was wanted in the answer, by
 * reading, by listing everything, and by what changed since.
 */
export function seriesEdits(name: string, open: () => Promise<SeriesSide>, numRuns: number): void {
	test(`edits of series are there as they were planned: ${name}`, { timeout: 120_000 }, async () => {
		await fc.assert(
			fc.asyncProperty(cases, async ({ start, rule, edits }) => {
				const writing = new SeriesWriting(await open());
				const lines = [...STARTS[start], `RRULE:${rule}`];
				let current = await writing.create("key0", seriesOf(lines));
				for (const [index, each] of edits.entries()) {
					const next = await writing.perform(current, each, `key${index + 1}`);
					if (next === null) return;
					current = next;
				}
			}),
			{ numRuns },
		);
	});
}

function seriesOf(lines: readonly string[]): readonly CalendarEvent[] {
	const all = [
		"BEGIN:VCALENDAR",
		"BEGIN:VEVENT",
		"UID:series",
		"SUMMARY:First",
		...lines,
		"END:VEVENT",
		"END:VCALENDAR",
	];
	return eventsIn(all.join("\r\n"));
}

class SeriesWriting {
	readonly #side: SeriesSide;
	/** What pulls with a cursor have told so far. */
	readonly #mirror = new Map<string, RemoteResource>();
	#cursor: SyncCursor | null = null;

	constructor(side: SeriesSide) {
		this.#side = side;
	}

	get #writer() {
		const { writer } = this.#side.provider;
		if (writer === null) throw new Error("the provider does not write");
		return writer;
	}

	async create(key: string, events: readonly CalendarEvent[]): Promise<RemoteResource> {
		const { calendar, context } = this.#side;
		const made = await this.#writer.create(calendar, { key, events, raw: null }, context);
		await this.#agree(made, events);
		return made;
	}

	/** Null where all of it is gone. */
	async perform(
		current: RemoteResource,
		{ at, scope, kind, title }: Edit,
		key: string,
	): Promise<RemoteResource | null> {
		const { calendar, context } = this.#side;
		const shown = expandSeries(seriesParts(current.events), RANGE, { floatingZone: "UTC" }).occurrences.slice(0, 8);
		const target = shown[at % shown.length];
		if (target === undefined) return null;
		const plan = planEdit({
			events: current.events,
			target: originalStartKey(target.original_start),
			scope,
			change: kind === "delete" ? { type: "delete" } : { type: "patch", patch: patchOf(kind, title, target) },
			newUid: key,
			now: RANGE.from,
			floatingZone: "UTC",
		});
		if (plan.type === "refused") return current;
		if (plan.events === null) {
			await this.#writer.remove(calendar, current, context);
			expect(await this.#writer.read(calendar, current.id, context)).toBeNull();
			await this.#follow();
			expect(this.#mirror.has(current.id)).toBe(false);
			return null;
		}
		const updated = await this.#writer.update(calendar, current, plan.events, { responseOnly: false }, context);
		await this.#agree(updated, plan.events);
		return plan.created === null ? updated : await this.create(key, plan.created);
	}

	async #agree(resource: RemoteResource, wanted: readonly CalendarEvent[]): Promise<void> {
		const { calendar, context, provider } = this.#side;
		expect(occurrences(resource.events)).toEqual(occurrences(wanted));
		expect(await this.#writer.read(calendar, resource.id, context)).toEqual(resource);
		const nothing = { etags: async () => new Map<string, string>(), bodies: async () => new Map<string, string>() };
		const listed: RemoteResource[] = [];
		for await (const page of provider.pull(calendar, null, nothing, context)) listed.push(...page.changed);
		const found = listed.find(({ id }) => id === resource.id);
		expect(found && content(found)).toEqual(content(resource));
		await this.#follow();
		const followed = this.#mirror.get(resource.id);
		expect(followed && content(followed)).toEqual(content(resource));
	}

	async #follow(): Promise<void> {
		const { calendar, context, provider } = this.#side;
		const mirror = this.#mirror;
		const known: KnownResources = {
			etags: async () => new Map([...mirror].map(([id, { etag }]) => [id, etag ?? ""])),
			bodies: async (ids) =>
				new Map(ids.flatMap((id) => [[id, mirror.get(id)?.raw ?? ""] as const]).filter(([, raw]) => raw !== "")),
		};
		for await (const page of provider.pull(calendar, this.#cursor, known, context)) {
			for (const resource of page.changed) mirror.set(resource.id, resource);
			for (const id of page.removed) mirror.delete(id);
			this.#cursor = page.cursor ?? this.#cursor;
		}
	}
}

/** What counts of a resource: its parts can come in any order, and its etag may also be of what shows nowhere. */
function content({ id, events }: RemoteResource) {
	const key = ({ recurrence_id }: CalendarEvent) => (recurrence_id === null ? "" : originalStartKey(recurrence_id));
	return { id, events: events.toSorted((a, b) => (key(a) < key(b) ? -1 : 1)) };
}

function patchOf(
	kind: Edit["kind"],
	title: string,
	{ start, end }: { readonly start: EventDateTime; readonly end: EventDateTime },
): EventPatch {
	if (kind === "title") return { title };
	if (kind === "longer") return { end: later(end) };
	if (kind === "shift_day") return { start: addDays(start, 1), end: addDays(end, 1) };
	return { start: later(start), end: later(end) };
}

/** Two hours, or where there are none a day. */
function later(time: EventDateTime): EventDateTime {
	if (time.type === "date") return addDays(time, 1);
	const shift = (local: string) => new Date(Date.parse(`${local.replace("Z", "")}Z`) + 7_200_000).toISOString();
	if (time.type === "floating") return { ...time, local: shift(time.local).slice(0, 19) };
	return { ...time, local: shift(time.local).slice(0, 19), instant: `${shift(time.instant).slice(0, 19)}Z` };
}

function seriesParts(events: readonly CalendarEvent[]) {
	return {
		master: events.find(({ recurrence_id }) => recurrence_id === null) ?? null,
		overrides: events.filter(({ recurrence_id }) => recurrence_id !== null),
	};
}

/** One line each: what a person sees. */
function occurrences(events: readonly CalendarEvent[]): readonly string[] {
	const { occurrences: all } = expandSeries(seriesParts(events), RANGE, { floatingZone: "UTC" });
	const text = (time: EventDateTime) =>
		time.type === "date" ? time.date : time.type === "floating" ? time.local : time.instant;
	return all.map(({ start, end, event }) => `${text(start)} ${text(end)} ${event.title}`).sort();
}
