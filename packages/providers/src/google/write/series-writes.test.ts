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
import type { RemoteResource } from "../../port/provider.ts";
import type { WriteContext } from "../../port/writer.ts";
import { type GoogleQuirks, GoogleSide } from "../../testing/google/google-side.ts";
import { eventsIn } from "../../testing/write-client.ts";
import { googleProvider } from "../provider.ts";

const provider = googleProvider({ apiUrl: new URL("https://google.example.com") });
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

const SIDES: Readonly<Record<string, GoogleQuirks>> = {
	"cancels exceptions whose slots are gone": {},
	"keeps exceptions whose slots are gone": { keepsStrays: true, ownIds: true },
};

for (const [name, quirks] of Object.entries(SIDES)) {
	test(`edits of series are at Google as they were planned, where it ${name}`, { timeout: 120_000 }, async () => {
		await fc.assert(
			fc.asyncProperty(cases, async ({ start, rule, edits }) => {
				const world = await makeWorld(quirks);
				const lines = [...STARTS[start], `RRULE:${rule}`];
				let current = await world.create("key0", seriesOf(lines));
				for (const [index, each] of edits.entries()) {
					const next = await world.perform(current, each, `key${index + 1}`);
					if (next === null) return;
					current = next;
				}
			}),
			{ numRuns: 60 },
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

async function makeWorld(quirks: GoogleQuirks) {
	const side = new GoogleSide(quirks);
	const store = side.addCalendar("Series");
	const { writer } = provider;
	const context: WriteContext = {
		http: side.http,
		tokens: side.tokens,
		credentials: {},
		settings: {},
		now: () => RANGE.from,
		random: () => 0.5,
		person: { email: "person@example.com", name: null },
	};
	const [calendar] = (await provider.listCalendars(context)).calendars;
	if (writer === null || calendar === undefined) throw new Error("there is nothing to write to");

	const create = async (key: string, events: readonly CalendarEvent[]) => {
		const made = await writer.create(calendar, { key, events, raw: null }, context);
		await agree(made, events);
		return made;
	};

	/** What is there is what was wanted, by reading it, and by listing everything. */
	const agree = async (resource: RemoteResource, wanted: readonly CalendarEvent[]) => {
		expect(occurrences(resource.events)).toEqual(occurrences(wanted));
		expect(await writer.read(calendar, resource.id, context)).toEqual(resource);
		const known = { etags: async () => new Map<string, string>(), bodies: async () => new Map<string, string>() };
		const listed: RemoteResource[] = [];
		for await (const page of provider.pull(calendar, null, known, context)) listed.push(...page.changed);
		expect(listed.find(({ id }) => id === resource.id)).toEqual(resource);
	};

	const perform = async (current: RemoteResource, { at, scope, kind, title }: Edit, key: string) => {
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
			await writer.remove(calendar, current, context);
			expect(store.get(current.id)).toMatchObject({ status: "cancelled" });
			return null;
		}
		const updated = await writer.update(calendar, current, plan.events, { responseOnly: false }, context);
		await agree(updated, plan.events);
		return plan.created === null ? updated : await create(key, plan.created);
	};
	return { create, perform };
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
