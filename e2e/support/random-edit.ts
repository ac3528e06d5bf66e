import type { IndependentReader } from "./independent-reader.ts";
import {
	exists,
	type Face,
	type Fate,
	instantAt,
	type Known,
	type KnownSeries,
	UTC,
	wireTimes,
} from "./known-series.ts";
import { type Dice, slotsOf, untilAfter } from "./random-series.ts";

export type Scope = "this" | "following" | "all";

/** An edit, and what it must make of each occurrence by the rules that docs/api.md tells people. */
export interface RandomEdit {
	readonly scope: Scope;
	/** Null: the series itself. */
	readonly target: Known | null;
	/** Null: delete. */
	readonly body: Readonly<Record<string, unknown>> | null;
	readonly fates: readonly Fate[];
	/** What the series, or the new one of `following`, is afterwards besides its occurrences. */
	readonly next: Pick<KnownSeries, "face" | "title" | "length" | "start">;
	/** True where times move to other days, which not every rule can follow. */
	readonly movesDays: boolean;
	readonly kind: string;
}

/** What an edit reaches: everything for `all`, else by the order of slots. */
function reached(series: KnownSeries, scope: Scope, target: Known | null): readonly Known[] {
	const { occurrences } = series;
	if (scope === "all" || target === null) return occurrences;
	const order = (one: Known) => instantAt(one.slot, series.face).epochMilliseconds;
	return occurrences.filter((one) => (scope === "this" ? one === target : order(one) >= order(target)));
}

export async function randomEdit(
	dice: Dice,
	reader: IndependentReader,
	series: KnownSeries,
	number: number,
): Promise<RandomEdit> {
	const near = series.occurrences
		.slice(0, 40)
		.filter(({ status, start }) => status === "confirmed" && start.year < 2028);
	const target = near.length === 0 ? null : dice.pick(near);
	const scope = target === null ? "all" : dice.pick<Scope>(["this", "this", "following", "all"]);
	const kinds = [titled, titled, moved, moved, moved, lengthened, deleted];
	if (scope === "this") kinds.push(cancelled, retyped);
	else kinds.push(ruled, retyped);
	const edit = await dice.pick(kinds)({ dice, reader, series, scope, target, number });
	return edit ?? titled({ dice, reader, series, scope, target, number });
}

interface Given {
	readonly dice: Dice;
	readonly reader: IndependentReader;
	readonly series: KnownSeries;
	readonly scope: Scope;
	readonly target: Known | null;
	readonly number: number;
}

type Maker = (given: Given) => RandomEdit | null | Promise<RandomEdit | null>;

function editOf(
	given: Given,
	kind: string,
	body: RandomEdit["body"],
	change: (one: Known) => Known | null,
	more: Partial<RandomEdit> = {},
): RandomEdit {
	const { series, scope, target } = given;
	const touched = new Set(reached(series, scope, target));
	const fates = series.occurrences.map((before) => ({ before, after: touched.has(before) ? change(before) : before }));
	const { face, title, length } = series;
	const start = scope === "following" && target !== null ? target.slot : series.start;
	return {
		scope,
		target,
		body,
		fates,
		next: { face, title, length, start },
		movesDays: false,
		kind: `${kind}, ${scope}`,
		...more,
	};
}

const titled = (given: Given): RandomEdit => {
	const { series, scope, target, number } = given;
	const title = `Title ${number}`;
	const takes = (one: Known) => scope === "this" || one === target || one.title === series.title;
	const own = scope === "this" ? { own: true } : {};
	const edit = editOf(given, "title", { title }, (one) => (takes(one) ? { ...one, ...own, title } : one));
	return scope === "this" ? edit : { ...edit, next: { ...edit.next, title } };
};

const deleted: Maker = (given) => editOf(given, "delete", null, () => null);

const cancelled: Maker = (given) =>
	editOf(given, "cancel", { status: "cancelled" }, (one) => ({ ...one, own: true, status: "cancelled" }));

const moved: Maker = (given) => {
	const { dice, series, scope, target } = given;
	const from = target ?? whole(series);
	const days = dice.pick([0, 0, 0, 1, -1, 2, 7]);
	const minutes = from.face.kind === "date" ? 0 : dice.pick([0, 15, 60, -60, 120, -300, 600]);
	if (days === 0 && minutes === 0) return null;
	const to = { ...from, start: from.start.add({ days }).add({ minutes }) };
	if (!exists(to.start, to.face)) return null;
	const own = scope === "this" ? { own: true } : {};
	// Days move by days; what time of day it is stays.
	const crossed = to.start.toPlainDate().since(from.start.toPlainDate()).days;
	const shift = (at: Temporal.PlainDateTime, face: Face) =>
		at.add(face.kind === "date" ? { days: crossed } : { days }).add({ minutes: face.kind === "date" ? 0 : minutes });
	const change = (one: Known): Known => ({
		...one,
		...own,
		start: shift(one.start, one.face),
		slot: scope === "this" ? one.slot : shift(one.slot, series.face),
	});
	const edit = editOf(given, "move", wireTimes(to), change, { movesDays: crossed !== 0 });
	return scope === "this" ? edit : { ...edit, next: { ...edit.next, start: shift(edit.next.start, series.face) } };
};

const lengthened: Maker = (given) => {
	const { dice, series, scope, target } = given;
	const from = target ?? whole(series);
	const length = from.face.kind === "date" ? dice.integer(1, 4) : dice.pick([30, 75, 240]);
	if (length === from.length || !exists(from.start, from.face)) return null;
	const to = { ...from, length };
	const plain = series.length === from.length ? length : series.length + length - from.length;
	if (from.face.kind !== series.face.kind || plain <= 0) return null;
	const change = (one: Known): Known => {
		if (scope === "this") return { ...one, length, own: true };
		return { ...one, length: one === target || one.length === from.length ? length : one.own ? one.length : plain };
	};
	const edit = editOf(given, "length", wireTimes(to), change);
	return scope === "this" ? edit : { ...edit, next: { ...edit.next, length: plain } };
};

/** Another type of time, or another zone: on the whole series told by its first occurrence. */
const retyped: Maker = (given) => {
	const { dice, series, scope, target: drawn } = given;
	if (scope === "following") return null;
	const target = scope === "this" ? drawn : null;
	const from = target ?? whole(series);
	const faces: Face[] = [
		{ kind: "date", zone: null },
		{ kind: "time", zone: null },
		UTC,
		{ kind: "time", zone: "America/New_York" },
	];
	const face = dice.pick(faces.filter(({ kind, zone }) => kind !== from.face.kind || zone !== from.face.zone));
	const changes = face.kind !== from.face.kind;
	const length = !changes ? from.length : face.kind === "date" ? dice.integer(1, 2) : 60;
	const clock = face.kind === "date" ? { hour: 0, minute: 0 } : changes ? { hour: 10, minute: 30 } : null;
	const place = (at: Temporal.PlainDateTime) => (clock === null ? at : at.with(clock));
	const to = { ...from, face, length, start: place(from.start) };
	if (!exists(to.start, face) || !exists(from.start, face)) return null;
	const same = (one: Face) => one.kind === from.face.kind && one.zone === from.face.zone;
	const change = (one: Known): Known => {
		if (scope === "this") return { ...to, own: true };
		const slot = place(one.slot);
		return same(one.face)
			? { ...one, slot, face, length: changes ? length : one.length, start: place(one.start) }
			: { ...one, slot };
	};
	const edit = editOf({ ...given, target }, "type", wireTimes(to), change);
	return scope === "this" ? edit : { ...edit, next: { ...edit.next, face, length, start: to.start } };
};

/**
 * Another rule, never the one that is there already, which would say nothing: overrides stay where it has their slots.
 */
const ruled: Maker = async (given) => {
	const { dice, reader, series, scope, target: drawn, number } = given;
	const target = scope === "following" ? drawn : null;
	const begin = target?.slot ?? series.start;
	const { face } = series;
	if (!exists(begin, face) || series.occurrences.some(({ slot }) => !exists(slot, face))) return null;
	const day = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"][begin.dayOfWeek - 1];
	const rule = `RRULE:${dice.pick([
		`FREQ=DAILY;COUNT=${9 + number}`,
		`FREQ=DAILY;INTERVAL=2;COUNT=${7 + number}`,
		`FREQ=WEEKLY;BYDAY=${day};COUNT=${6 + number}`,
		`FREQ=WEEKLY;INTERVAL=2;UNTIL=${untilAfter(begin, face, 100 + number)}`,
		`FREQ=MONTHLY;COUNT=${5 + number}`,
		`FREQ=YEARLY;UNTIL=${untilAfter(begin, face, 800 + number)}`,
	])}`;
	const slots = await slotsOf(reader, { start: begin, face, rules: [rule] });
	const later = reached(series, scope, target);
	const plain = { face, length: series.length, title: series.title, status: "confirmed", own: false } as const;
	const kept = new Set(later);
	const after = slots.map((slot): Fate => {
		const before = later.find((one) => one.slot.equals(slot)) ?? null;
		return { before, after: before?.own ? before : { slot, start: slot, ...plain } };
	});
	const fates = [
		...series.occurrences.filter((one) => !kept.has(one)).map((one) => ({ before: one, after: one })),
		...after,
		...later.filter((one) => !after.some(({ before }) => before === one)).map((one) => ({ before: one, after: null })),
	];
	return { ...editOf({ ...given, target }, "rule", { recurrence: [rule] }, (one) => one), fates };
};

/** The series itself as if it were its first occurrence. */
function whole({ start, face, length, title }: KnownSeries): Known {
	return { slot: start, start, face, length, title, status: "confirmed", own: false };
}
