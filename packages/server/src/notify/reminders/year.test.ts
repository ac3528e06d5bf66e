import type { CalendarEvent, Reminder } from "@kalends/model";
import { day, event, floating, zoned } from "@kalends/model/testing";
import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import { createSyncFixture, type SyncFixture } from "../../sync/testing.ts";
import { remindDue } from "./remind-due.ts";

/**
 * A simulated year from 1 December 2026, with the changes to and from summer time of Europe and America: every reminder
 * is given at its instant, once for each channel, and no other, also where series are moved meanwhile. What is due is
 * worked out by counting weeks and days on the wall clock, without the index of occurrences, its queries or expansion.
 */
const ZONES = ["Europe/Berlin", "America/New_York", "Asia/Tokyo"] as const;
const READER = "Europe/Berlin";
const START = Date.parse("2026-12-01T12:00:37Z");
const END = START + 365 * 86_400_000;

interface Plan {
	readonly kind: "zoned" | "floating" | "date";
	readonly zone: (typeof ZONES)[number];
	/** Minutes after midnight, a multiple of five. */
	readonly at: number;
	readonly everyDays: 7 | 14 | 31;
	readonly reminders: readonly Reminder[];
	/** After so many days it is moved to another time of day; null: it stays. */
	readonly moved: { readonly afterDays: number; readonly at: number } | null;
}

const reminder: fc.Arbitrary<Reminder> = fc.record({
	method: fc.constantFrom("popup", "email"),
	minutes: fc.constantFrom(0, 5, 30, 90, 1_440, 10_080, 40_320),
});
const clockTime = fc.oneof(fc.integer({ min: 0, max: 287 }), fc.integer({ min: 24, max: 36 })).map((five) => five * 5);
const plan: fc.Arbitrary<Plan> = fc.record({
	kind: fc.constantFrom("zoned", "zoned", "floating", "date"),
	zone: fc.constantFrom(...ZONES),
	at: clockTime,
	everyDays: fc.constantFrom(7, 14, 31),
	reminders: fc.uniqueArray(reminder, {
		minLength: 1,
		maxLength: 2,
		selector: ({ method, minutes }) => `${method}${minutes}`,
	}),
	moved: fc.option(fc.record({ afterDays: fc.integer({ min: 60, max: 300 }), at: clockTime }), { nil: null }),
});

/** At 02:30 clocks skip and repeat: 28 March and 31 October in Europe, 14 March (02:30) and 7 November (01:30) in America. */
const IN_THE_CHANGE: readonly Plan[] = [
	{ kind: "zoned", zone: "Europe/Berlin", at: 150 },
	{ kind: "zoned", zone: "America/New_York", at: 150 },
	{ kind: "zoned", zone: "America/New_York", at: 90 },
	{ kind: "floating", zone: "Asia/Tokyo", at: 150 },
].map((one) => ({ ...one, everyDays: 7, reminders: [{ method: "popup", minutes: 30 }], moved: null }) as const as Plan);

let fixture: SyncFixture | null = null;
afterEach(async () => fixture?.close());

/** A Sunday, as the days are on which clocks change. */
const FIRST_DAY = "2026-12-06";
const wall = (date: string, at: number) =>
	`${date}T${String(Math.floor(at / 60)).padStart(2, "0")}:${String(at % 60).padStart(2, "0")}:00`;

function eventOf({ kind, zone, everyDays, reminders }: Plan, index: number, at: number): CalendarEvent {
	const start =
		kind === "date"
			? day(FIRST_DAY)
			: kind === "floating"
				? floating(wall(FIRST_DAY, at))
				: zoned(wall(FIRST_DAY, at), zone);
	return event({
		uid: `series-${index}`,
		title: `Series ${index}`,
		start,
		recurrence: [`RRULE:FREQ=DAILY;INTERVAL=${everyDays}`],
		reminders: { use_default: false, overrides: reminders },
	});
}

interface Due {
	readonly key: string;
	readonly at: number;
}

/** When a series reminds, while it is as it is: by the wall clock of its zone, or of the reader. */
function naive(one: Plan, index: number, at: number, from: number, to: number): Due[] {
	const zone = one.kind === "zoned" ? one.zone : READER;
	const due: Due[] = [];
	for (let date = Temporal.PlainDate.from(FIRST_DAY); date.year < 2029; date = date.add({ days: one.everyDays })) {
		const local = one.kind === "date" ? date.toPlainDateTime() : date.toPlainDateTime(wall(FIRST_DAY, at).slice(11));
		const startsAt = local.toZonedDateTime(zone, { disambiguation: "compatible" }).epochMilliseconds;
		for (const { method, minutes } of one.reminders) {
			const instant = startsAt - minutes * 60_000;
			if (instant <= from || instant > to) continue;
			for (const channel of [method === "popup" ? "in_app" : "email", "webhook"]) {
				due.push({ key: `series-${index} ${new Date(startsAt).toISOString()} ${minutes} ${channel}`, at: instant });
			}
		}
	}
	return due;
}

/** Both methods at the same minutes are one call of the webhook. */
const once = (due: readonly Due[]) => new Map(due.map(({ key, at }) => [key, at]));

test("a year of reminders is exact", { timeout: 240_000 }, async () => {
	const [drawn = []] = fc.sample(fc.array(plan, { minLength: 4, maxLength: 4 }), { numRuns: 1, seed: 20_261_201 });
	const plans = [...IN_THE_CHANGE, ...drawn];
	fixture = await createSyncFixture();
	const { services, clock, control, userId } = fixture;
	const { db } = services;
	clock.set(START);
	await db.updateTable("users").set({ time_zone: READER }).execute();
	const calendar = control.createCalendar("ada");
	for (const [index, one] of plans.entries())
		control.putEvents(calendar, `series-${index}`, [eventOf(one, index, one.at)]);
	await fixture.sync("first");
	const rows = await db.selectFrom("events").select(["id", "ical_uid"]).execute();
	const uids = new Map(rows.map(({ id, ical_uid }) => [id, ical_uid]));

	const expected = once(
		plans.flatMap((one, index) => {
			const change = one.moved === null || one.kind === "date" ? END : START + one.moved.afterDays * 86_400_000;
			const before = naive(one, index, one.at, START, Math.min(change, END));
			return one.moved === null || change === END
				? before
				: [...before, ...naive(one, index, one.moved.at, change, END)];
		}),
	);
	const changes = plans.flatMap((one, index) =>
		one.moved === null || one.kind === "date"
			? []
			: [{ one, index, at: START + one.moved.afterDays * 86_400_000, to: one.moved.at }],
	);
	const instants = [...new Set([...expected.values(), ...changes.map(({ at }) => at), END])].sort((a, b) => a - b);
	const { signal } = new AbortController();
	await remindDue(services, signal);
	for (const instant of instants) {
		clock.set(instant);
		for (const { one, index, to } of changes.filter(({ at }) => at === instant)) {
			await remindDue(services, signal);
			control.putEvents(calendar, `series-${index}`, [eventOf(one, index, to)]);
			await fixture.sync();
		}
		await remindDue(services, signal);
	}

	const given = await db.selectFrom("reminders_given").selectAll().where("user_id", "=", userId).execute();
	const seen = given.map(({ event_id, starts_at, minutes, channel, at }) => {
		const uid = uids.get(event_id.split(".")[0] ?? "") ?? "";
		return [`${uid} ${starts_at.toISOString()} ${minutes} ${channel}`, at.getTime()] as const;
	});
	expect(seen.length).toBeGreaterThan(300);
	expect(new Map(seen)).toEqual(expected);
	expect(seen).toHaveLength(expected.size);
	const notified = await db.selectFrom("notifications").select(["data"]).execute();
	expect(notified).toHaveLength(seen.filter(([key]) => key.endsWith("in_app")).length);
	expect(notified.filter(({ data }) => data.late === true)).toEqual([]);
});
