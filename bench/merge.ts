import { type CalendarEvent, mergeResource, planPush, type ResourceEvents, rebaseIntents } from "@kalends/model";
import { event, zoned } from "@kalends/model/testing";
import { type Benchmark, type BenchmarkRow, median } from "./report.ts";

const ROUNDS = 7;
const TIMES = 2_000;

/** Merging and planning, each against a structured clone of the same input. */
export const merge: Benchmark = {
	name: "merge",
	async run() {
		const single = sidesOf([event({ uid: "single", start: zoned("2027-01-04T09:00:00", ZONE), title: "Plan" })]);
		const series = sidesOf(seriesWithOverrides(20));
		return [
			row("merge of an event edited on both sides", single, () => mergeResource(single)),
			row("merge of a series with 20 overrides, edited on both sides", series, () => mergeResource(series)),
			row("plan of a push after a read, edited on both sides", single, () =>
				planPush(
					{ kind: "update", base: single.base, wanted: single.local, attempts: 2, waits: "none" },
					{ seen: "read", events: single.remote },
				),
			),
			row("rebase of an intent onto what a pull found", single, () =>
				rebaseIntents(single.remote, [
					{ id: "int", kind: "update", base: single.base, wanted: single.local, state: "pending" },
				]),
			),
		];
	},
};

const ZONE = "Europe/Berlin";

interface Sides {
	readonly base: ResourceEvents;
	readonly local: ResourceEvents;
	readonly remote: ResourceEvents;
}

/** Here the place was changed, there the text. */
function sidesOf(base: readonly CalendarEvent[]): Sides {
	return {
		base,
		local: base.map((each) => ({ ...each, location: "Room 2" })),
		remote: base.map((each) => ({ ...each, description: "Bring the figures." })),
	};
}

function seriesWithOverrides(count: number): CalendarEvent[] {
	const day = (index: number) => {
		const date = Temporal.PlainDate.from("2027-01-04").add({ weeks: index });
		return zoned(`${date}T09:00:00`, ZONE);
	};
	const master = event({ uid: "series", start: day(0), recurrence: ["RRULE:FREQ=WEEKLY;BYDAY=MO"] });
	const overrides = Array.from({ length: count }, (_, index) =>
		event({ uid: "series", start: day(index + 1), recurrence_id: day(index + 1), title: `Week ${index}` }),
	);
	return [master, ...overrides];
}

function row(work: string, input: Sides, operation: () => unknown): BenchmarkRow {
	const ours = perSecond(operation);
	const clone = perSecond(() => structuredClone(input));
	const ratio = ours / clone;
	return {
		work,
		measured: `${Math.round(ours)}/s`,
		yardstick: `structuredClone of its input ${Math.round(clone)}/s`,
		ratio,
		budget: ">= 0.05",
		met: ratio >= 0.05,
	};
}

function perSecond(operation: () => unknown): number {
	const samples: number[] = [];
	for (let round = 0; round < ROUNDS; round++) {
		const began = performance.now();
		for (let index = 0; index < TIMES; index++) operation();
		samples.push(performance.now() - began);
	}
	return (TIMES / median(samples)) * 1000;
}
