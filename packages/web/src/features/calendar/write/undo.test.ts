import { describe, expect, it } from "vitest";
import { isEmptyPatch, undoOf, undoOfCreate } from "./undo.ts";

const entry = (
	version: number,
	action: "seen" | "updated" | "deleted" | "restored" | "conflict",
	recurrence: string[] | null = null,
) => ({ version, action, event: { recurrence } });

describe("the undo", () => {
	it("of a change restores the version before", () => {
		expect(undoOf("evt_1", [entry(2, "updated"), entry(1, "seen")], null)).toEqual({
			kind: "restore",
			eventId: "evt_1",
			version: 1,
			alsoDelete: null,
		});
	});

	it("of a deletion restores what the deletion's entry holds", () => {
		expect(undoOf("evt_1", [entry(3, "deleted"), entry(2, "updated")], null)).toMatchObject({ version: 3 });
	});

	it("of bringing back what was deleted deletes it, of a series all of it", () => {
		const undo = (recurrence: string[] | null) =>
			undoOf("evt_1", [entry(4, "restored", recurrence), entry(3, "deleted", recurrence), entry(2, "updated")], null);
		expect(undo(null)).toEqual({ kind: "delete", eventId: "evt_1", scope: null });
		expect(undo(["RRULE:FREQ=DAILY"])).toMatchObject({ kind: "delete", scope: "all" });
	});

	it("of a split restores the series and takes the new one away", () => {
		const undo = undoOf("evt_1.20261207T080000Z", [entry(2, "updated"), entry(1, "seen")], "evt_2");
		expect(undo).toMatchObject({ eventId: "evt_1", version: 1, alsoDelete: "evt_2" });
	});

	it("passes over what lost a conflict", () => {
		expect(
			undoOf("evt_1", [entry(4, "conflict"), entry(3, "updated"), entry(2, "conflict"), entry(1, "seen")], null),
		).toMatchObject({
			version: 1,
		});
	});

	it("is not there where nothing before is kept", () => {
		expect(undoOf("evt_1", [entry(2, "updated")], null)).toBeNull();
		expect(undoOf("evt_1", [], null)).toBeNull();
	});

	it("of a new event deletes it, of a series all of it", () => {
		expect(undoOfCreate("evt_1", true)).toEqual({ kind: "delete", eventId: "evt_1", scope: "all" });
		expect(undoOfCreate("evt_1", false).kind).toBe("delete");
	});
});

it("knows a patch of nothing", () => {
	expect(isEmptyPatch({})).toBe(true);
	expect(isEmptyPatch({ title: "" })).toBe(false);
});
