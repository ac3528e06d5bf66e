import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CalendarEvent, EventDateTime, InstantRange, Occurrence } from "../event/event.ts";
import { hostileSeries } from "../recurrence/testing/hostile.ts";
import { event, zoned } from "../recurrence/testing/series.ts";
import { exactBetween, localOf, nominalBetween, withLocal, zoneOf } from "../time/event-time.ts";
import { DAY, HOUR } from "../time/wall-clock.ts";
import type { EditChange, EditScope, EventPatch } from "./plan.ts";
import { anySeries, edited, expand, type GeneratedSeries, plan, reread, type Seen, seen } from "./testing/series.ts";

const series = fc.oneof(anySeries({ futures: false }), anySeries({ futures: true }));
const RUNS = { numRuns: 200 };

const pick = ({ slots }: GeneratedSeries, at: number): string =>
	slots[Math.floor(at * Math.min(slots.length, 25))] ?? "";
const places = fc.nat(999).map((place) => place / 1000);

const DELETE = { type: "delete" } as const;
const without = (all: readonly { slot: string }[], slot: string) => all.filter((one) => one.slot !== slot);
/** Two may be at the same time, such as a cancelled one that was moved there: all of them orders. */
const bySlot = <T extends Pick<Seen, "slot" | "start" | "status" | "title">>(all: readonly T[]): readonly T[] => {
	const key = ({ slot, start, status, title }: T) => [slot, start, status, title].join("\n");
	return all.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
};

/** What is read back of what was planned shows the same. */
function expectRoundTrip(events: readonly CalendarEvent[] | null, range: InstantRange): void {
	if (events === null) return;
	// Ends within the hour that a change of offset repeats cannot be told apart in iCalendar.
	const shown = (all: readonly CalendarEvent[]) => bySlot(expand(all, range).map((one) => ({ ...seen(one), end: "" })));
	expect(shown(reread(events))).toEqual(shown(events));
}

describe("an edit of one occurrence", () => {
	test("deleted: exactly it goes", () => {
		fc.assert(
			fc.property(series, places, (generated, at) => {
				const target = pick(generated, at);
				fc.pre(target !== "");
				const before = expand(generated.events, generated.range).map(seen);
				const { events, created } = edited(plan(generated.events, { target, scope: "this", change: DELETE }));
				expect(created).toBeNull();
				expect(bySlot(expand(events, generated.range).map(seen))).toEqual(without(bySlot(before), target));
				expectRoundTrip(events, generated.range);
			}),
			RUNS,
		);
	});

	test("patched: exactly it changes", () => {
		fc.assert(
			fc.property(series, places, (generated, at) => {
				const target = pick(generated, at);
				fc.pre(target !== "");
				const before = bySlot(expand(generated.events, generated.range).map(seen));
				const patch = { title: "Patched" };
				const { events } = edited(plan(generated.events, { target, scope: "this", change: { type: "patch", patch } }));
				expect(bySlot(expand(events, generated.range).map(seen))).toEqual(
					before.map((one) => (one.slot === target ? { ...one, title: "Patched" } : one)),
				);
				expectRoundTrip(events, generated.range);
			}),
			RUNS,
		);
	});
});

describe("an edit of all later occurrences", () => {
	test("without change: old and new have together what there was", () => {
		fc.assert(
			fc.property(series, places, (generated, at) => {
				const target = pick(generated, at);
				fc.pre(target !== "");
				const before = expand(generated.events, generated.range).map(seen);
				const made = plan(generated.events, { target, scope: "following", change: { type: "patch", patch: {} } });
				if (made.type === "refused") {
					expect(made.faults.map(({ code }) => code)).toEqual(["recurrence_rule_needed"]);
					return;
				}
				const slotless = (all: readonly object[]) => all.map((one) => ({ ...one, slot: "" }));
				const after = [...expand(made.events, generated.range), ...expand(made.created, generated.range)].map(seen);
				expect(bySlot(slotless(after) as typeof before)).toEqual(bySlot(slotless(before) as typeof before));
				expectRoundTrip(made.events, generated.range);
				expectRoundTrip(made.created, generated.range);
			}),
			RUNS,
		);
	});

	test("deleted: exactly those before stay", () => {
		fc.assert(
			fc.property(series, places, (generated, at) => {
				const target = pick(generated, at);
				fc.pre(target !== "");
				const before = bySlot(expand(generated.events, generated.range).map(seen));
				const { events } = edited(plan(generated.events, { target, scope: "following", change: DELETE }));
				expect(bySlot(expand(events, generated.range).map(seen))).toEqual(before.filter(({ slot }) => slot < target));
			}),
			RUNS,
		);
	});
});

/** True where a change of the offset is so near that a wall clock can be moved or doubled by it. */
function nearChange(time: EventDateTime, zones: CalendarEvent["custom_zones"]): boolean {
	if (time.type !== "zoned") return false;
	const zone = zoneOf(time, zones);
	const at = Date.parse(time.instant);
	return zone.offsetAt(at - 4 * HOUR) !== zone.offsetAt(at + 4 * HOUR);
}

/** The same of any time of occurrences: of their slots too. */
function anyNearChange(all: readonly Occurrence[], zones: CalendarEvent["custom_zones"]): boolean {
	const times = all.flatMap(({ start, end, original_start }) => [start, end, original_start]);
	return times.some((time) => nearChange(time, zones));
}

/** An occurrence by the wall clock of its slot. */
const bySlotLocal = (all: readonly Occurrence[]) => new Map(all.map((one) => [localOf(one.original_start), one]));

const wallClock = ({ start, end, event: of }: Occurrence, shift: number) => ({
	start: localOf(start) + shift,
	length: of.duration_kind === "exact" ? exactBetween(start, end) : nominalBetween(start, end, of.custom_zones),
	title: of.title,
	status: of.status,
});

describe("an edit of all occurrences", () => {
	test("moved: every occurrence moves by the same wall clock, and nothing else changes", () => {
		const hours = fc.integer({ min: -30, max: 30 });
		const days = fc.oneof(fc.constant(0), fc.integer({ min: -10, max: 10 }));
		let moved = 0;
		fc.assert(
			fc.property(series, places, days, hours, (generated, at, byDays, byHours) => {
				const target = pick(generated, at);
				const { events, range } = generated;
				const before = expand(events, range);
				const zones = events[0]?.custom_zones;
				const one = before.find((occurrence) => seen(occurrence).slot === target);
				fc.pre(one !== undefined && !anyNearChange(before, zones));
				if (one === undefined) return;
				const shift = byDays * DAY + (one.start.type === "date" ? 0 : byHours * HOUR);
				const patch = { start: withLocal(one.start, localOf(one.start) + shift, zones) };
				const made = plan(events, { target, scope: "all", change: { type: "patch", patch } });
				if (made.type === "refused") {
					expect(made.faults.map(({ code }) => code)).toEqual(["recurrence_rule_needed"]);
					return;
				}
				if (made.slotShift !== shift) return;
				moved++;
				expect(made.dropped).toEqual([]);
				const wide = { from: range.from - 100 * DAY, to: range.to + 100 * DAY };
				const after = expand(made.events, wide);
				fc.pre(!anyNearChange(after, zones));
				const there = bySlotLocal(after);
				for (const old of before) {
					const next = there.get(localOf(old.original_start) + shift);
					expect(next && wallClock(next, 0)).toEqual(wallClock(old, shift));
				}
				const earlier = bySlotLocal(expand(events, { from: wide.from - 100 * DAY, to: wide.to + 100 * DAY }));
				for (const next of after) expect(earlier.has(localOf(next.original_start) - shift)).toBe(true);
				expectRoundTrip(made.events, range);
			}),
			{ numRuns: 400 },
		);
		expect(moved).toBeGreaterThan(30);
	});

	test("of another rule: an override stays where the rule has its slot, else it is told as dropped", () => {
		const other = anySeries({ futures: false });
		fc.assert(
			fc.property(anySeries({ futures: false }), other, (generated, { events: [donor] }) => {
				const [master, ...overrides] = generated.events;
				const rule = donor?.recurrence?.find((line) => line.startsWith("RRULE") && !line.includes("UNTIL"));
				if (master === undefined || rule === undefined) return;
				const patch = { recurrence: [rule] };
				const made = plan(generated.events, { target: null, scope: "all", change: { type: "patch", patch } });
				if (made.type === "refused") return;
				const bare = expand([{ ...master, recurrence: [rule] }], generated.range).map((one) => seen(one).slot);
				const kept = (made.events ?? []).slice(1).map((one) => seenSlot(one));
				const expected = overrides.map(seenSlot).filter((slot) => bare.includes(slot));
				expect(kept).toEqual(expected);
				expect(made.dropped.map(({ originalStart }) => originalStart)).toEqual(
					overrides.map(seenSlot).filter((slot) => !bare.includes(slot)),
				);
			}),
			RUNS,
		);
	});
});

const seenSlot = (override: CalendarEvent): string =>
	seen({ ...override, original_start: override.recurrence_id ?? override.start, event: override }).slot;

describe("an edit of all later occurrences with a change of time", () => {
	test("leaves those before as they are, and moves all others by the same wall clock", () => {
		const shifts = fc.tuple(fc.constantFrom(0, 0, 1, -2, 7), fc.constantFrom(0, 1, -1, 3, 20));
		let moved = 0;
		fc.assert(
			fc.property(anySeries({ futures: false }), places, shifts, (generated, at, [byDays, byHours]) => {
				const { events, range } = generated;
				const target = pick(generated, at);
				const zones = events[0]?.custom_zones;
				const before = expand(events, range);
				const one = before.find((occurrence) => seen(occurrence).slot === target);
				fc.pre(
					one !== undefined && !before.some(({ start, end }) => nearChange(start, zones) || nearChange(end, zones)),
				);
				if (one === undefined) return;
				const shift = byDays * DAY + (one.start.type === "date" ? 0 : byHours * HOUR);
				const patch = { start: withLocal(one.start, localOf(one.start) + shift, zones) };
				const made = plan(events, { target, scope: "following", change: { type: "patch", patch } });
				if (made.type === "refused" || made.created === null || made.slotShift !== shift) return;
				const wide = { from: range.from - 100 * DAY, to: range.to + 100 * DAY };
				const later = expand(made.created, wide);
				fc.pre(!later.some(({ start, end }) => nearChange(start, zones) || nearChange(end, zones)));
				moved++;
				const stays = before.filter((occurrence) => seen(occurrence).slot < target).map(seen);
				expect(bySlot(expand(made.events, range).map(seen))).toEqual(bySlot(stays));
				const there = bySlotLocal(later);
				for (const old of before.filter((occurrence) => seen(occurrence).slot >= target)) {
					const next = there.get(localOf(old.original_start) + shift);
					expect(next && wallClock(next, 0)).toEqual(wallClock(old, shift));
				}
				for (const event of made.created) expect(event).toMatchObject({ uid: "new@example.org", sequence: 0 });
			}),
			{ numRuns: 300 },
		);
		expect(moved).toBeGreaterThan(20);
	});
});

describe("an edit of all occurrences that changes their kind", () => {
	const kinds = fc.constantFrom<((local: string) => EventDateTime)[]>(
		(local) => zoned(local, "Asia/Tokyo"),
		(local) => zoned(local, "America/New_York"),
		(local) => ({ type: "floating", local }),
	);

	test("keeps every wall clock that its new zone has", () => {
		let changed = 0;
		fc.assert(
			fc.property(anySeries({ futures: false }), kinds, (generated, kind) => {
				const { events, range } = generated;
				const [master] = events;
				if (master === undefined || master.start.type === "date" || master.end.type === "date") return;
				const before = expand(events, range);
				fc.pre(!anyNearChange(before, master.custom_zones));
				const patch = {
					start: kind(master.start.local),
					end: kind(master.end.local),
				};
				const made = edited(plan(events, { target: null, scope: "all", change: { type: "patch", patch } }));
				const after = expand(made.events, { from: range.from - 2 * DAY, to: range.to + 2 * DAY });
				fc.pre(!after.some(({ start }) => nearChange(start, undefined)));
				changed++;
				const there = bySlotLocal(after);
				for (const old of before) {
					const next = there.get(localOf(old.original_start));
					expect(next && localOf(next.start)).toBe(localOf(old.start));
					expect(next?.event.title).toBe(old.event.title);
				}
				expect(made.dropped).toEqual([]);
				expectRoundTrip(made.events, range);
			}),
			{ numRuns: 300 },
		);
		expect(changed).toBeGreaterThan(20);
	});
});

describe("whatever is asked", () => {
	const scopes = fc.constantFrom<(EditScope | null)[]>("this", "following", "all", null);
	const times = fc.constantFrom<EventDateTime[]>(
		zoned("2020-01-06T10:00:00", "Europe/Berlin"),
		zoned("2027-03-28T02:30:00", "Europe/Berlin"),
		{ type: "floating", local: "2020-01-07T10:00:00" },
		{ type: "date", date: "2020-01-06" },
		{ type: "date", date: "9999-12-31" },
		{ type: "date", date: "0001-01-01" },
	);
	const rulesets = fc.constantFrom(...Object.values(hostileSeries()), null, [], ["huh"], ["RRULE:FREQ=DAILY;COUNT=3"]);
	const patches: fc.Arbitrary<EventPatch> = fc.record(
		{ start: times, end: times, recurrence: rulesets, title: fc.string() },
		{ requiredKeys: [] },
	);
	const changes: fc.Arbitrary<EditChange> = fc.oneof(
		fc.constant({ type: "delete" } as const),
		patches.map((patch) => ({ type: "patch", patch }) as const),
	);

	test("is answered, without throwing and without changing what was given", () => {
		fc.assert(
			fc.property(series, places, scopes, changes, (generated, at, scope, change) => {
				for (const target of [pick(generated, at), null, "20260101T000000Z", "", "x"]) {
					const made = plan(generated.events, { target, scope, change });
					if (made.type === "refused") expect(made.faults.length).toBeGreaterThan(0);
					else expectRoundTrip(made.events, { from: generated.range.from, to: generated.range.from + 90 * DAY });
				}
			}),
			RUNS,
		);
	});

	const hostile = Object.entries(hostileSeries());
	test.each(hostile)("is answered for hostile rules: %s", (_name, recurrence) => {
		const start = zoned("2020-01-06T09:00:00", "America/New_York");
		const later = zoned("2020-01-06T10:00:00", "America/New_York");
		const events = [event({ start, recurrence })];
		for (const target of ["20200106T140000Z", "20250601T130000Z", "20200107T140000Z", null]) {
			for (const scope of ["this", "following", "all"] as const) {
				for (const change of [
					{ type: "delete" } as const,
					{ type: "patch", patch: { start: later } } as const,
					{ type: "patch", patch: { recurrence: ["RRULE:FREQ=DAILY"] } } as const,
				]) {
					const made = plan(events, { target, scope, change });
					expect(["edited", "refused"]).toContain(made.type);
				}
			}
		}
		const single = plan([event({ start })], {
			target: null,
			scope: null,
			change: { type: "patch", patch: { recurrence } },
		});
		expect(single.type === "refused" || single.events?.[0]?.recurrence !== null).toBe(true);
	});
});
