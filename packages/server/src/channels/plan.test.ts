import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type KnownChannel, planChannels, renewalOf } from "./plan.ts";

const DAY = 86_400_000;
const NOW = 100 * DAY;

function channel(patch: Partial<KnownChannel> = {}): KnownChannel {
	const createdAt = patch.createdAt ?? NOW - DAY;
	const expiresAt = patch.expiresAt ?? createdAt + 7 * DAY;
	return {
		id: "one",
		calendarId: "cal",
		state: "live",
		createdAt,
		expiresAt,
		renewAt: renewalOf(createdAt, expiresAt),
		...patch,
	};
}

const plan = (known: readonly KnownChannel[], targets: readonly (string | null)[] = ["cal"]) => {
	const { open, stop, forget } = planChannels(targets, known, NOW);
	return { open, stop: stop.map(({ id }) => id), forget: forget.map(({ id }) => id) };
};

describe("push channels", () => {
	test("one is opened for each calendar and for their list", () => {
		expect(plan([], [null, "a", "b"])).toEqual({ open: [null, "a", "b"], stop: [], forget: [] });
	});

	test("one that is live and young enough is left alone", () => {
		expect(plan([channel()])).toEqual({ open: [], stop: [], forget: [] });
	});

	test("the next one is opened before the last one ends, and the last one stopped after that", () => {
		const old = channel({ createdAt: NOW - 6.5 * DAY });
		expect(plan([old])).toEqual({ open: ["cal"], stop: ["one"], forget: [] });
		expect(plan([old, channel({ id: "two" })])).toEqual({ open: [], stop: ["one"], forget: [] });
	});

	test("a short-lived one is renewed when a quarter of its time is left", () => {
		expect(renewalOf(0, 400)).toBe(300);
		expect(renewalOf(0, 7 * DAY)).toBe(6 * DAY);
	});

	test("one that is being opened is waited for, until whoever opens it must be dead", () => {
		expect(plan([channel({ state: "opening", createdAt: NOW - 1_000 })]).open).toEqual([]);
		expect(plan([channel({ state: "opening", createdAt: NOW - 300_000 })])).toEqual({
			open: ["cal"],
			stop: [],
			forget: ["one"],
		});
	});

	test("where the provider refused, it is asked again later", () => {
		expect(plan([channel({ state: "refused", renewAt: NOW + 1 })]).open).toEqual([]);
		expect(plan([channel({ state: "refused", renewAt: NOW })])).toEqual({ open: ["cal"], stop: [], forget: ["one"] });
	});

	test("what is not wanted any more is stopped, what has ended is forgotten", () => {
		expect(plan([channel()], [])).toEqual({ open: [], stop: ["one"], forget: [] });
		expect(plan([channel({ expiresAt: NOW })])).toEqual({ open: ["cal"], stop: [], forget: ["one"] });
	});

	test("R7: however long channels live, there is no gap while they are looked at before a quarter of their time is left", () => {
		fc.assert(
			fc.property(
				fc.integer({ min: 400, max: 10 * DAY }),
				fc.double({ min: 0.01, max: 0.2, noNaN: true }),
				(life, share) => {
					let known: KnownChannel[] = [];
					for (let now = 0, made = 0; now < life * 5; now += Math.max(1, Math.floor(Math.min(life, DAY) * share))) {
						if (now > 0) expect(known.some(({ expiresAt }) => expiresAt > now)).toBe(true);
						const { open, stop, forget } = planChannels(["cal"], known, now);
						for (const _ of open) {
							known.push(
								channel({
									id: `${made++}`,
									createdAt: now,
									expiresAt: now + life,
									renewAt: renewalOf(now, now + life),
								}),
							);
						}
						known = known.filter((one) => !stop.includes(one) && !forget.includes(one));
						expect(known.filter(({ state }) => state === "live").length).toBe(1);
					}
				},
			),
		);
	});
});
