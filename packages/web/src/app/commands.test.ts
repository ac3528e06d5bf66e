import { expect, test } from "vitest";
import { matching } from "./commands.ts";

const COMMANDS = ["Calendar", "Go to today", "Month", "Sync now", "Événement"].map((label) => ({
	id: label,
	label,
	run: () => undefined,
}));
const found = (typed: string) => matching(COMMANDS, typed).map(({ label }) => label);

test("nothing typed finds everything, in its order", () => {
	expect(found("  ")).toEqual(COMMANDS.map(({ label }) => label));
});

test("every word must be there, in any order and case, accents or not", () => {
	expect(found("TODAY go")).toEqual(["Go to today"]);
	expect(found("evenement")).toEqual(["Événement"]);
	expect(found("today month")).toEqual([]);
});

test("as a word begins comes before as it goes on", () => {
	expect(found("n")).toEqual(["Sync now", "Calendar", "Month", "Événement"]);
});
