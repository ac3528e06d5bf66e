import fc from "fast-check";

/** A rule as a generator makes it: its value, and what an independent implementation needs to know of it. */
export interface GeneratedRule {
	readonly value: string;
	readonly parts: ReadonlyMap<string, string>;
}

const WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

const some = (low: number, high: number, most = 3): fc.Arbitrary<string> =>
	fc
		.uniqueArray(
			fc.integer({ min: low, max: high }).filter((value) => value !== 0 || low === 0),
			{
				minLength: 1,
				maxLength: most,
			},
		)
		.map((values) => values.sort((a, b) => a - b).join());

const weekdays = fc
	.uniqueArray(fc.constantFrom(...WEEKDAYS), { minLength: 1, maxLength: 4 })
	.map((days) => days.join());

const numberedWeekdays = (most: number): fc.Arbitrary<string> =>
	fc
		.uniqueArray(
			fc
				.tuple(fc.integer({ min: -most, max: most }), fc.constantFrom(...WEEKDAYS))
				.filter(([n]) => n !== 0)
				.map(([n, day]) => `${n}${day}`),
			{ minLength: 1, maxLength: 3 },
		)
		.map((days) => days.join());

type Parts = Readonly<Record<string, fc.Arbitrary<string>>>;

const CLOCK: Parts = { BYHOUR: some(0, 23, 2), BYMINUTE: some(0, 59, 2), BYSECOND: some(0, 59, 1) };

/** The BYxxx parts that RFC 5545 provides for each frequency, in combinations that it defines. */
const SHAPES: Readonly<Record<string, readonly Parts[]>> = {
	YEARLY: [
		{},
		{ BYMONTH: some(1, 12) },
		{ BYMONTH: some(1, 12), BYMONTHDAY: some(-31, 31) },
		{ BYMONTH: some(1, 12), BYDAY: numberedWeekdays(5) },
		{ BYDAY: numberedWeekdays(52) },
		{ BYMONTHDAY: some(-31, 31), BYDAY: weekdays },
		{ BYYEARDAY: some(-366, 366) },
		{ BYYEARDAY: some(-366, 366), BYMONTH: some(1, 12, 6) },
		{ BYWEEKNO: some(-53, 53), BYDAY: weekdays },
	],
	MONTHLY: [
		{},
		{ BYMONTHDAY: some(-31, 31) },
		{ BYDAY: numberedWeekdays(5) },
		{ BYDAY: weekdays, BYMONTHDAY: some(-31, 31, 8) },
		{ BYMONTH: some(1, 12, 6), BYDAY: weekdays },
		{ BYMONTH: some(1, 12, 6), BYMONTHDAY: some(-31, 31) },
	],
	WEEKLY: [{}, { BYDAY: weekdays }, { BYMONTH: some(1, 12, 6), BYDAY: weekdays }],
	DAILY: [
		{},
		{ BYDAY: weekdays },
		{ BYMONTHDAY: some(-31, 31) },
		{ BYMONTH: some(1, 12) },
		{ BYMONTH: some(1, 12), BYMONTHDAY: some(-31, 31), BYDAY: weekdays },
	],
	HOURLY: [
		{},
		{ BYMINUTE: some(0, 59, 2) },
		{ BYDAY: weekdays, BYHOUR: some(0, 23, 4) },
		{ BYMONTHDAY: some(-31, 31) },
	],
	MINUTELY: [{}, { BYHOUR: some(0, 23, 3) }, { BYHOUR: some(0, 23, 2), BYMINUTE: some(0, 59, 5), BYDAY: weekdays }],
	SECONDLY: [
		{ BYHOUR: some(0, 23, 1), BYMINUTE: some(0, 59, 2) },
		{ BYMINUTE: some(0, 59, 1), BYSECOND: some(0, 59, 2) },
	],
};

export interface RuleKinds {
	readonly frequencies: readonly (keyof typeof SHAPES)[];
	/** Whether BYSETPOS may be there. */
	readonly positions: boolean;
	/** Whether BYHOUR, BYMINUTE and BYSECOND may expand days. */
	readonly clock: boolean;
	readonly accept?: (rule: GeneratedRule) => boolean;
}

/** Rules without COUNT and UNTIL. */
export function rules({ frequencies, positions, clock, accept = () => true }: RuleKinds): fc.Arbitrary<GeneratedRule> {
	return fc
		.constantFrom(...frequencies)
		.chain((frequency) => {
			const shape = fc.constantFrom(...(SHAPES[frequency] ?? [{}]));
			return shape.chain((parts) => {
				const expands = ["YEARLY", "MONTHLY", "WEEKLY", "DAILY"].includes(frequency);
				const times =
					clock && expands ? fc.option(fc.record(CLOCK, { requiredKeys: [] }), { nil: {} }) : fc.constant({});
				return fc.record({
					frequency: fc.constant(frequency),
					interval: fc.integer({ min: 1, max: expands ? 4 : 50 }),
					weekStart: fc.option(fc.constantFrom(...WEEKDAYS), { nil: undefined }),
					by: fc.record(parts),
					times,
					position: positions
						? fc.option(expands ? some(-4, 4, 2) : fc.constantFrom("1", "-1"), { nil: undefined })
						: fc.constant(undefined),
				});
			});
		})
		.map(({ frequency, interval, weekStart, by, times, position }) => {
			const parts = new Map<string, string>([["FREQ", frequency]]);
			if (interval > 1) parts.set("INTERVAL", String(interval));
			if (weekStart !== undefined) parts.set("WKST", weekStart);
			for (const [name, value] of Object.entries({ ...by, ...times })) parts.set(name, String(value));
			const positioned = [...parts.keys()].some((name) => name.startsWith("BY"));
			if (position !== undefined && positioned) parts.set("BYSETPOS", position);
			return { value: [...parts].map(([name, value]) => `${name}=${value}`).join(";"), parts };
		})
		.filter(accept);
}

/** Local milliseconds of a DTSTART at a full second between 1998 and 2032. */
export const startTimes: fc.Arbitrary<number> = fc
	.integer({ min: Date.UTC(1998, 0, 1) / 1000, max: Date.UTC(2032, 0, 1) / 1000 })
	.map((seconds) => seconds * 1000);

/** How long a window on a rule should be, in days, for it to hold some instances but not thousands. */
export function stretchFor(rule: GeneratedRule): number {
	const days: Readonly<Record<string, number>> = { YEARLY: 4000, MONTHLY: 1500, WEEKLY: 400, DAILY: 400 };
	return days[rule.parts.get("FREQ") ?? ""] ?? 3;
}
