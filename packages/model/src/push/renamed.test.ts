import { describe, expect, test } from "vitest";
import type { CalendarEvent } from "../event/event.ts";
import { event, zoned } from "../recurrence/testing/series.ts";
import { planPush } from "./plan-push.ts";
import { rebaseIntents, settleIntents } from "./rebase-intents.ts";

const start = zoned("2026-03-02T09:00:00", "UTC");
/** The provider gives what is created a UID of its own. */
const ours = (parts: Partial<CalendarEvent> = {}) => [event({ start, uid: "evt_1", title: "Made", ...parts })];
const theirs = (parts: Partial<CalendarEvent> = {}) => [event({ start, uid: "abc@provider", title: "Made", ...parts })];
const create = { id: "1", kind: "create", base: null, wanted: ours(), state: "pending" } as const;
const edit = { id: "2", kind: "update", base: ours(), wanted: ours({ title: "Edited" }), state: "pending" } as const;

describe("a UID of the provider's", () => {
	test("an edit made while the creation was on its way goes to what was created", () => {
		const { intents, settled, shown } = settleIntents({ events: theirs(), sent: ours() }, [edit], create);
		expect(settled).toEqual([]);
		expect(intents).toMatchObject([{ kind: "update", wanted: [{ uid: "abc@provider", title: "Edited" }], lost: [] }]);
		expect(shown).toMatchObject([{ uid: "abc@provider", title: "Edited" }]);
	});

	test("what a lost answer told of is found to be done", () => {
		const { intents, settled } = rebaseIntents(theirs(), [create]);
		expect(intents).toEqual([]);
		expect(settled).toEqual([{ id: "1", lost: [] }]);
		const step = planPush({ ...create, attempts: 2, waits: "none" }, { seen: "read", events: theirs() });
		expect(step).toMatchObject({ type: "settle", outcome: "done", events: [{ uid: "abc@provider" }] });
	});

	test("what was wanted after the creation that was lost is written, not lost", () => {
		const intent = { ...create, base: ours(), wanted: ours({ title: "Edited" }), attempts: 2, waits: "none" } as const;
		const step = planPush(intent, { seen: "read", events: theirs({ location: "Hall" }) });
		expect(step).toMatchObject({
			type: "update",
			events: [{ uid: "abc@provider", title: "Edited", location: "Hall" }],
			lost: [],
		});
	});

	test("another event in the place of an updated one is no new name", () => {
		const { settled } = rebaseIntents(theirs(), [edit]);
		expect(settled).toMatchObject([{ id: "2", lost: [{ kind: "edit_of_deleted" }] }]);
	});

	test("what is only here and was made anew is known again by its new name", () => {
		const anew = { ...edit, onlyHere: true } as const;
		const made = theirs({ title: "Edited" });
		expect(rebaseIntents(made, [anew])).toEqual({ intents: [], settled: [{ id: "2", lost: [] }], shown: made });
		const read = planPush({ ...anew, attempts: 2, waits: "none" }, { seen: "read", events: made });
		expect(read).toMatchObject({ type: "settle", outcome: "done", events: [{ uid: "abc@provider" }] });
	});

	const removal = { id: "2", kind: "delete", base: ours(), wanted: null, state: "pending" } as const;

	test("an edit made after a creation whose answer was lost is kept when a pull finds what was created", () => {
		const { intents, settled, shown } = rebaseIntents(theirs({ location: "Hall" }), [create, edit]);
		expect(settled).toEqual([{ id: "1", lost: [] }]);
		const kept = { uid: "abc@provider", title: "Edited", location: "Hall" };
		expect(intents).toMatchObject([{ id: "2", kind: "update", wanted: [kept], lost: [], rebased: true }]);
		expect(shown).toMatchObject([kept]);
	});

	test("an edit made after it is kept when the creation is found to be done", () => {
		const { intents, settled } = settleIntents({ events: theirs() }, [edit], create);
		expect(settled).toEqual([]);
		const kept = { uid: "abc@provider", title: "Edited" };
		expect(intents).toMatchObject([{ id: "2", kind: "update", wanted: [kept], lost: [], rebased: true }]);
	});

	test("an edit made after it is kept when what was found had to be changed first", () => {
		const changed = theirs({ description: "Ours" });
		const { intents, settled } = settleIntents({ events: changed, sent: changed }, [edit], create);
		expect(settled).toEqual([]);
		expect(intents).toMatchObject([
			{ wanted: [{ uid: "abc@provider", title: "Edited", description: "Ours" }], lost: [] },
		]);
	});

	test("a deletion asked for after it removes what was created", () => {
		const gone = { kind: "delete", base: theirs(), wanted: null, lost: [] };
		expect(rebaseIntents(theirs(), [create, removal])).toMatchObject({ intents: [gone], shown: null });
		expect(settleIntents({ events: theirs() }, [removal], create)).toMatchObject({ intents: [gone], shown: null });
		// The provider gives a link to it, which is nobody's edit.
		const linked = theirs({ html_link: "https://calendar.example/1" });
		expect(rebaseIntents(linked, [create, removal])).toMatchObject({ intents: [{ kind: "delete", lost: [] }] });
	});

	test("the links that a series is given are nobody's edits of its occurrences", () => {
		const slot = zoned("2026-03-03T09:00:00", "UTC");
		const series = (recurrence: readonly string[] | null, parts: Partial<CalendarEvent> = {}) => [
			event({ start, uid: "evt_1", recurrence, ...parts }),
			event({ start: slot, uid: "evt_1", recurrence_id: slot, title: "Other", ...parts }),
		];
		const daily = series(["RRULE:FREQ=DAILY"]);
		const made = series(["RRULE:FREQ=DAILY"], { uid: "abc@provider", html_link: "https://calendar.example/1" });
		const [single] = series(null);
		const later = { ...edit, base: daily, wanted: single === undefined ? null : [single] };
		const { intents, settled } = settleIntents({ events: made }, [later], { ...create, wanted: daily });
		expect(settled).toEqual([]);
		expect(intents).toMatchObject([{ wanted: [{ uid: "abc@provider", recurrence: null }], lost: [] }]);
		expect(intents[0]?.wanted).toHaveLength(1);
	});
});
