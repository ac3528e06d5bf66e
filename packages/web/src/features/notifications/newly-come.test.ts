import { expect, it } from "vitest";
import { STEP } from "../../api/shown.ts";
import { newlyCome } from "./newly-come.ts";

/** Newest first, as the server lists them. */
function listed(newest: number, oldest: number): { readonly id: string }[] {
	return Array.from({ length: newest - oldest + 1 }, (_, index) => ({
		id: `ntf_${String(newest - index).padStart(4, "0")}`,
	}));
}

it("tells of nothing that was there when the app was opened", () => {
	expect(newlyCome(null, listed(3, 1))).toEqual([]);
});

it("tells of what came, and of what was snoozed and is back", () => {
	const [third, second, first] = listed(3, 1);
	if (third === undefined || second === undefined || first === undefined) throw new Error("three are listed");
	expect(newlyCome([second], [third, second, first])).toEqual([third, first]);
});

it("does not tell of older ones that are read as those before them went", () => {
	const read = STEP + 1;
	const before = listed(100, 101 - read);
	const afterOneWent = [...before.slice(1), ...listed(100 - read, 100 - read)];
	expect(newlyCome(before, afterOneWent)).toEqual([]);
	const [came] = listed(101, 101);
	expect(newlyCome(before, [...listed(101, 101), ...before.slice(0, -1)])).toEqual([came]);
});
