import { describe, expect, test } from "vitest";
import { event, zoned } from "../recurrence/testing/series.ts";
import { planAnswer } from "./plan-answer.ts";
import { planPush } from "./plan-push.ts";
import type { PushExchange, PushIntent, PushView, RebaseIntent } from "./push-types.ts";
import { rebaseIntents, settleIntents } from "./rebase-intents.ts";

const start = zoned("2026-03-02T09:00:00", "UTC");
const was = [event({ start, uid: "u", title: "Was" })];
const wanted = [event({ start, uid: "u", title: "Wanted" })];
const theirs = [event({ start, uid: "u", title: "Was", location: "Hall" })];
const arrives = { role: "arrives", calendar_id: "cal_1", resource: "r1" } as const;
const arrival: PushIntent = { kind: "create", base: was, wanted, attempts: 1, waits: "none", move: arrives };
const context = { attempts: 1, exchanges: 1, now: 0, random: () => 0.5 };

describe("what the provider itself moves", () => {
	test("is moved at once, and what was changed besides is merged into what arrives", () => {
		const step = planPush(arrival, { seen: "stored", etag: null });
		expect(step).toEqual({ type: "move", sure: false });
		const verdict = planAnswer(step as PushExchange, { type: "answered", events: theirs }, context);
		expect(verdict).toEqual({ type: "again", view: { seen: "read", events: theirs } });
		expect(planPush(arrival, { seen: "read", events: theirs })).toMatchObject({
			type: "update",
			events: [{ title: "Wanted", location: "Hall" }],
			lost: [],
		});
		expect(planPush({ ...arrival, wanted: was }, { seen: "read", events: theirs })).toMatchObject({
			type: "settle",
			outcome: "done",
			events: theirs,
		});
	});

	test.each<readonly [string, PushIntent, PushView]>([
		["it may have been sent before", { ...arrival, attempts: 2 }, { seen: "stored", etag: null }],
		["it met something else", arrival, { seen: "unsure" }],
	])("is looked for in its old calendar where %s", (_, intent, view) => {
		expect(planPush(intent, view)).toEqual({ type: "read_origin" });
		const answered = (events: typeof was | null) =>
			planAnswer({ type: "read_origin" }, { type: "answered", events }, context);
		expect(answered(was)).toEqual({ type: "again", view: { seen: "origin", there: true } });
		expect(planPush(intent, { seen: "origin", there: true })).toEqual({ type: "move", sure: true });
		expect(planPush(intent, { seen: "origin", there: false })).toEqual({ type: "find_moved" });
	});

	test("and was deleted meanwhile is not moved where it never left, and goes where it arrived", () => {
		const deleted = { ...arrival, base: wanted, wanted: null, attempts: 2 };
		const nothing = { type: "settle", outcome: "done", events: null, lost: [] };
		expect(planPush(deleted, { seen: "origin", there: true })).toEqual(nothing);
		expect(planPush(deleted, { seen: "origin", there: false })).toEqual({ type: "find_moved" });
		expect(planPush(deleted, { seen: "read", events: wanted })).toEqual({ type: "remove", lost: [] });
	});

	test("is never made anew: what is in neither calendar is gone", () => {
		expect(planPush(arrival, { seen: "read", events: null })).toMatchObject({
			type: "settle",
			outcome: "conflict",
			events: null,
			lost: [{ kind: "edit_of_deleted" }],
		});
	});

	test.each(["not_found", "gone"] as const)(
		"answered %s: looked for, but where it was just seen there is nowhere to go",
		(kind) => {
			const failed = (sure: boolean) => planAnswer({ type: "move", sure }, { type: "failed", kind }, context);
			expect(failed(false)).toEqual({ type: "again", view: { seen: "unsure" } });
			expect(failed(true)).toEqual({ type: "fail" });
		},
	);

	test("leaves nothing to delete, and takes along what a pull finds of it until it has left", () => {
		const leaves = { role: "leaves" } as const;
		const leaving = { kind: "delete", base: was, wanted: null, move: leaves } as const;
		const settles = { type: "settle", outcome: "done", events: null };
		expect(planPush({ ...leaving, attempts: 1, waits: "none" }, { seen: "stored", etag: '"1"' })).toMatchObject(
			settles,
		);
		const intent = { ...leaving, id: "i1", state: "pending" } as const;
		expect(rebaseIntents(theirs, [intent])).toMatchObject({
			intents: [{ kind: "delete", base: theirs, wanted: null, lost: [] }],
			settled: [],
			shown: null,
		});
		expect(rebaseIntents(null, [intent])).toMatchObject({
			intents: [],
			settled: [{ id: "i1", lost: [] }],
			shown: null,
		});
	});

	describe("has another organizer there, which is nobody's edit", () => {
		const organizer = (email: string) =>
			({ ...ann, email, response: "accepted", organizer: true, self: true }) as const;
		const ann = { email: "ann@example.com", name: null, response: "needs_action", optional: false } as const;
		const guest = { ...ann, organizer: false, self: false };
		const of = (email: string, title = "Was") => [
			event({ start, uid: "u", title, participants: [organizer(email), guest] }),
		];
		const [here, there] = [of("ada@example.com"), of("family@example.com")];
		const first = { ...arrival, base: here, wanted: here, id: "i1", state: "pending" } as const;
		const deletion = { id: "i2", kind: "delete", base: here, wanted: null, state: "pending" } as const;
		const created = { ...first, kind: "create", base: null, move: null } as const;
		const edit = { ...deletion, kind: "update", wanted: of("ada@example.com", "Later") } as const;

		test.each([
			["settled", (next: typeof deletion | typeof edit) => settleIntents({ events: there }, [next], first)],
			["met by a pull", (next: typeof deletion | typeof edit) => rebaseIntents(there, [first, next])],
			[
				"a creation that was found",
				(next: typeof deletion | typeof edit) => settleIntents({ events: there }, [next], created),
			],
			[
				"a creation that was answered",
				(next: typeof deletion | typeof edit) => settleIntents({ events: there, sent: here }, [next], created),
			],
			["a creation met by a pull", (next: typeof deletion | typeof edit) => rebaseIntents(there, [created, next])],
		])("so that what was wanted after it is done when it is %s", (_, arrived) => {
			expect(arrived(deletion)).toMatchObject({ intents: [{ kind: "delete", lost: [] }], shown: null });
			expect(arrived(edit)).toMatchObject({
				intents: [{ kind: "update", wanted: of("family@example.com", "Later"), lost: [] }],
			});
		});

		describe("and what was never there has an organizer for its guests, and the conference that was asked for", () => {
			const asked = { url: "", provider: null, create: true } as const;
			const room = { url: "https://meet.example.com/abc", provider: "google_meet" };
			const sent = [event({ start, uid: "u", title: "Was", participants: [guest], conference: asked })];
			const made = of("family@example.com").map((one) => ({ ...one, conference: room, html_link: "https://x.test" }));
			const creation = { ...created, wanted: sent } as const;
			const guests = { ...edit, id: "i1", base: was, wanted: sent } as const;
			const later = sent.map((one) => ({ ...one, title: "Later" }));

			test.each([
				["found", (next: RebaseIntent) => settleIntents({ events: made }, [next], creation)],
				["answered", (next: RebaseIntent) => settleIntents({ events: made, sent }, [next], creation)],
				["met by a pull", (next: RebaseIntent) => rebaseIntents(made, [creation, next])],
			])("when it is %s", (_, arrived) => {
				expect(arrived({ ...deletion, base: sent })).toMatchObject({
					intents: [{ kind: "delete", lost: [] }],
					shown: null,
				});
				expect(arrived({ ...edit, base: sent, wanted: later })).toMatchObject({
					intents: [{ kind: "update", wanted: [{ ...made[0], title: "Later" }], lost: [] }],
				});
			});

			test.each([
				["found", (next: RebaseIntent) => settleIntents({ events: made }, [next], guests)],
				["answered", (next: RebaseIntent) => settleIntents({ events: made, sent }, [next], guests)],
				["met by a pull", (next: RebaseIntent) => rebaseIntents(made, [guests, next])],
			])("as has what was given its first guests, when it is %s", (_, arrived) => {
				expect(arrived({ ...deletion, base: sent })).toMatchObject({
					intents: [{ kind: "delete", lost: [] }],
					shown: null,
				});
			});

			test("and where its person was a guest of it, that guest is the organizer", () => {
				const alone = [
					{ ...guest, email: "Family@example.com" },
					{ ...guest, email: "g@example.com" },
				];
				const before = [event({ start, uid: "u", title: "Was", participants: alone })];
				const after = [
					event({ start, uid: "u", title: "Was", participants: [organizer("family@example.com"), alone[1] ?? guest] }),
				];
				const { intents } = settleIntents({ events: after }, [{ ...deletion, base: before }], {
					...created,
					wanted: before,
				});
				expect(intents).toMatchObject([{ kind: "delete", lost: [] }]);
			});

			test("and who takes all guests away wants none", () => {
				const none = sent.map((one) => ({ ...one, participants: [] }));
				const { intents } = settleIntents({ events: made }, [{ ...edit, base: sent, wanted: none }], creation);
				expect(intents).toMatchObject([{ kind: "update", wanted: [{ participants: [], conference: room }], lost: [] }]);
			});
		});

		test("and an edit made there still wins over a deletion", () => {
			const { settled, shown } = settleIntents({ events: of("family@example.com", "Theirs") }, [deletion], first);
			expect(settled).toMatchObject([{ id: "i2", lost: [{ kind: "deletion_of_edited" }] }]);
			expect(shown).toMatchObject([{ title: "Theirs" }]);
		});
	});
});
