import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CalendarEvent, EventDateTime } from "../event/event.ts";
import { event as anyEvent, zoned } from "../recurrence/testing/series.ts";
import { contentHash } from "./content.ts";
import { planSlice, type SlicePlan, type StoredEvent, type WantedEvent } from "./plan-slice.ts";

const at = (day: number, hour = 9): EventDateTime =>
	zoned(`2026-03-${String(day).padStart(2, "0")}T${String(hour).padStart(2, "0")}:00:00`);

const event = (patch: Partial<CalendarEvent> = {}): CalendarEvent =>
	anyEvent({ uid: "u1", title: "Standup", start: at(2), ...patch });

const master = (patch: Partial<CalendarEvent> = {}) => event({ recurrence: ["RRULE:FREQ=DAILY"], ...patch });
const override = (day: number, patch: Partial<CalendarEvent> = {}) =>
	event({ recurrence_id: at(day), start: at(day), end: at(day, 10), ...patch });

type Resources = Readonly<Record<string, readonly CalendarEvent[]>>;

/** The stored events of one calendar: plays the part of the database. */
class Store {
	rows: readonly StoredEvent[] = [];
	#minted = 0;

	/** Plans and applies one slice of touched resources. */
	apply(touched: Resources, remembered: (resource: string) => string | null = () => null): SlicePlan {
		const wanted = new Map<string, WantedEvent[]>();
		for (const [resource, events] of Object.entries(touched)) {
			wanted.set(
				resource,
				events.map((one) => ({ event: one, hash: contentHash(one) })),
			);
		}
		const uids = new Set([
			...Object.values(touched).flatMap((events) => events.map((one) => one.uid)),
			...this.rows.filter((row) => wanted.has(row.resource)).map((row) => row.event.uid),
		]);
		const stored = this.rows.filter((row) => uids.has(row.event.uid));
		const plan = planSlice({ stored, wanted, newId: () => `evt_${++this.#minted}`, remembered });
		const gone = new Set(plan.delete);
		const updated = new Map(plan.update.map((row) => [row.id, row]));
		for (const id of [...gone, ...updated.keys()]) expect(this.rows.some((row) => row.id === id)).toBe(true);
		for (const row of plan.create) expect(this.rows.some((one) => one.id === row.id && !gone.has(one.id))).toBe(false);
		this.rows = [
			...this.rows.filter((row) => !gone.has(row.id)).map((row) => updated.get(row.id) ?? row),
			...plan.create,
		];
		expect(new Set(this.rows.map((row) => row.id)).size).toBe(this.rows.length);
		return plan;
	}

	byTitle(title: string): StoredEvent | undefined {
		return this.rows.find((row) => row.event.title === title);
	}

	/** What is stored, with ids replaced by what they stand for. */
	shape(): string[] {
		const bases = new Map(this.rows.map((row) => [row.id, `${row.event.uid}@${row.resource}`]));
		return this.rows
			.map(
				(row) =>
					`${row.kind} ${row.resource} of ${bases.get(row.masterId ?? "") ?? "none"} ${row.hash} ${row.event.uid}`,
			)
			.sort();
	}
}

describe("a UID that the provider gives what was made", () => {
	it("is no deletion: the event keeps its id and version, and the feed tells nothing but what changed", () => {
		const store = new Store();
		store.apply({ r1: [event()] });
		store.apply({ r1: [event({ title: "Daily" })] });
		const plan = store.apply({ r1: [event({ uid: "u9", title: "Daily" })] }, () => "evt_1");
		expect(plan.changes.filter(({ type }) => type !== "updated")).toEqual([]);
		expect(store.rows.map(({ id, event: { uid } }) => [id, uid])).toEqual([["evt_1", "u9"]]);
		expect(store.rows[0]?.version).toBeGreaterThanOrEqual(2);
		const changed = store.apply({ r1: [event({ uid: "u10", title: "Weekly" })] }, () => "evt_1");
		expect(changed.changes).toEqual([{ type: "updated", id: "evt_1", fields: expect.arrayContaining(["title"]) }]);
	});
});

describe("planSlice", () => {
	it("creates a series as one event whose overrides take ids from the master", () => {
		const store = new Store();
		const plan = store.apply({ a: [master(), override(3, { title: "Moved" }), override(4, { title: "Other" })] });
		expect(plan.changes).toEqual([{ type: "created", id: "evt_1" }]);
		expect(store.rows.map((row) => [row.id, row.kind, row.masterId]).sort()).toEqual([
			["evt_1", "master", null],
			["evt_1.20260303T090000Z", "override", "evt_1"],
			["evt_1.20260304T090000Z", "override", "evt_1"],
		]);
		expect(plan.rematerialise).toHaveLength(1);
		expect(plan.rematerialise[0]?.overrides).toHaveLength(2);
	});

	it("writes nothing when only SEQUENCE, CREATED and LAST-MODIFIED moved", () => {
		const store = new Store();
		store.apply({ a: [event()] });
		const plan = store.apply({
			a: [event({ sequence: 4, updated_at: "2026-01-01T00:00:00Z", created_at: "2025-01-01T00:00:00Z" })],
		});
		expect(plan).toEqual({ create: [], update: [], delete: [], changes: [], rematerialise: [] });
	});

	it("names the changed fields and moves the version once", () => {
		const store = new Store();
		store.apply({ a: [event()] });
		const plan = store.apply({ a: [event({ title: "Retro", location: "Hall" })] });
		expect(plan.changes).toEqual([{ type: "updated", id: "evt_1", fields: ["location", "title"] }]);
		expect(store.rows[0]?.version).toBe(2);
	});

	it("says that an event became all-day", () => {
		const store = new Store();
		store.apply({ a: [event()] });
		const plan = store.apply({
			a: [event({ start: { type: "date", date: "2026-03-02" }, end: { type: "date", date: "2026-03-03" } })],
		});
		expect(plan.changes).toEqual([{ type: "updated", id: "evt_1", fields: ["all_day", "end", "start"] }]);
	});

	it("moves the version of the master when an override is added, changed or removed", () => {
		const store = new Store();
		store.apply({ a: [master()] });
		const added = store.apply({ a: [master(), override(3, { title: "Moved", start: at(3, 11), end: at(3, 12) })] });
		expect(added.changes).toEqual([{ type: "updated", id: "evt_1", fields: ["end", "start", "title"] }]);
		const changed = store.apply({ a: [master(), override(3, { title: "Again", start: at(3, 11), end: at(3, 12) })] });
		expect(changed.changes).toEqual([{ type: "updated", id: "evt_1", fields: ["title"] }]);
		const removed = store.apply({ a: [master()] });
		expect(removed.changes).toEqual([{ type: "updated", id: "evt_1", fields: ["end", "start", "title"] }]);
		expect(store.rows.map((row) => [row.id, row.version])).toEqual([["evt_1", 4]]);
	});

	it("attaches an override that lies in another resource to the master of its UID", () => {
		const store = new Store();
		store.apply({ a: [master()] });
		const plan = store.apply({ b: [override(3, { title: "Elsewhere" })] });
		expect(plan.changes).toEqual([{ type: "updated", id: "evt_1", fields: ["title"] }]);
		expect(store.byTitle("Elsewhere")).toMatchObject({
			id: "evt_1.20260303T090000Z",
			masterId: "evt_1",
			resource: "b",
		});
	});

	it("gives an override without a master an id of its own, and lets a later master adopt it", () => {
		const store = new Store();
		const alone = store.apply({ b: [override(3, { title: "Invited once" })] });
		expect(alone.changes).toEqual([{ type: "created", id: "evt_1" }]);
		const adopted = store.apply({ a: [master()] });
		expect(adopted.changes).toEqual([
			{ type: "created", id: "evt_2" },
			{ type: "deleted", id: "evt_1" },
		]);
		expect(store.byTitle("Invited once")).toMatchObject({ id: "evt_2.20260303T090000Z", masterId: "evt_2" });
		store.apply({ a: [] });
		expect(store.rows).toHaveLength(1);
		expect(store.byTitle("Invited once")).toMatchObject({ kind: "override", masterId: null });
	});

	it("keeps the id of an event whose resource was renamed, and says nothing of it", () => {
		const store = new Store();
		store.apply({ a: [master(), override(3, { title: "Moved" })] });
		const plan = store.apply({ a: [], renamed: [master(), override(3, { title: "Moved" })] });
		expect(plan.changes).toEqual([]);
		expect(plan.rematerialise).toEqual([]);
		expect(store.rows.map((row) => [row.id, row.resource, row.version]).sort()).toEqual([
			["evt_1", "renamed", 1],
			["evt_1.20260303T090000Z", "renamed", 1],
		]);
	});

	it("keeps two events that share a UID in two resources, and a rival override, rather than losing one", () => {
		const store = new Store();
		store.apply({ a: [master()], b: [event({ title: "Twin" })], c: [override(3, { title: "First" })] });
		store.apply({ d: [override(3, { title: "Second", sequence: 1 })] });
		expect(store.rows).toHaveLength(4);
		expect(store.byTitle("Second")?.masterId).toBe(store.byTitle("Standup")?.id);
		expect(store.byTitle("First")?.masterId).toBeNull();
		store.apply({ d: [] });
		expect(store.byTitle("First")?.masterId).toBe(store.byTitle("Standup")?.id);
	});

	it("turns a single into a series and back under one id", () => {
		const store = new Store();
		store.apply({ a: [event()] });
		store.apply({ a: [master()] });
		expect(store.rows[0]).toMatchObject({ id: "evt_1", kind: "master", version: 2 });
		const plan = store.apply({ a: [event()] });
		expect(store.rows[0]).toMatchObject({ id: "evt_1", kind: "single", version: 3 });
		expect(plan.rematerialise).toHaveLength(1);
	});
});

describe("planSlice, whatever the calendar holds", () => {
	const title = fc.constantFrom("A", "B", "C");
	const part = fc.record({
		uid: fc.constantFrom("u1", "u2"),
		slot: fc.option(fc.integer({ min: 2, max: 4 }), { freq: 1, nil: null }),
		title,
		sequence: fc.integer({ min: 0, max: 2 }),
		recurs: fc.boolean(),
	});
	const body = fc
		.array(part, { maxLength: 4 })
		.map((parts) =>
			parts.map(({ uid, slot, title: text, sequence, recurs }) =>
				slot === null
					? event({ uid, title: text, sequence, recurrence: recurs ? ["RRULE:FREQ=DAILY"] : null })
					: override(slot, { uid, title: text, sequence }),
			),
		);
	const resources = fc.dictionary(fc.constantFrom("a", "b", "c", "d"), body, { noNullPrototype: true });
	const names = ["a", "b", "c", "d"];
	const order = fc.shuffledSubarray(names, { minLength: 4 });
	const cuts = fc.array(fc.boolean(), { minLength: 4, maxLength: 4 });

	/** Cuts the resources, in the given order, into slices. */
	function slices(state: Resources, sequence: readonly string[], cut: readonly boolean[]): Resources[] {
		const result: Record<string, readonly CalendarEvent[]>[] = [{}];
		sequence.forEach((name, index) => {
			if (cut[index]) result.push({});
			const last = result.at(-1);
			if (last !== undefined) last[name] = state[name] ?? [];
		});
		return result;
	}

	function fromScratch(state: Resources): Store {
		const store = new Store();
		store.apply(state);
		return store;
	}

	it("reaches the wanted state from any other, in any order and cut of slices, and then rests", () => {
		fc.assert(
			fc.property(resources, resources, order, cuts, (first, second, sequence, cut) => {
				const store = fromScratch(first);
				for (const slice of slices(second, sequence, cut)) store.apply(slice);
				expect(store.shape()).toEqual(fromScratch(second).shape());
				for (const slice of slices(second, [...sequence].reverse(), cut)) {
					expect(store.apply(slice)).toEqual({ create: [], update: [], delete: [], changes: [], rematerialise: [] });
				}
			}),
			{ numRuns: 500 },
		);
	});

	it("tells the feed exactly which events came, went and changed, and moves versions with it", () => {
		fc.assert(
			fc.property(resources, resources, (first, second) => {
				const store = fromScratch(first);
				const before = new Map(store.rows.filter((row) => row.masterId === null).map((row) => [row.id, row.version]));
				const { changes } = store.apply(Object.fromEntries(names.map((name) => [name, second[name] ?? []])));
				const after = new Map(store.rows.filter((row) => row.masterId === null).map((row) => [row.id, row.version]));
				const ids = (type: string) => changes.filter((change) => change.type === type).map((change) => change.id);
				expect(ids("created").sort()).toEqual([...after.keys()].filter((id) => !before.has(id)).sort());
				expect(ids("deleted").sort()).toEqual([...before.keys()].filter((id) => !after.has(id)).sort());
				expect(ids("updated").sort()).toEqual(
					[...after]
						.filter(([id, version]) => before.has(id) && before.get(id) !== version)
						.map(([id]) => id)
						.sort(),
				);
				for (const change of changes) if (change.type === "updated") expect(change.fields.length).toBeGreaterThan(0);
			}),
			{ numRuns: 500 },
		);
	});
});
