import { expect, test } from "vitest";
import { readOne, rewritten, writtenLines } from "../testing/read-one.ts";

test.each([
	[["TRANSP:OPAQUE"], true],
	[["TRANSP:transparent"], false],
	[["X-NOTHING:1"], true],
	[["X-MICROSOFT-CDO-BUSYSTATUS:FREE"], false],
	[["X-MICROSOFT-CDO-BUSYSTATUS:OOF"], true],
	[["X-MICROSOFT-CDO-BUSYSTATUS:FREE", "TRANSP:OPAQUE"], true],
])("%j reads as busy = %s", (lines, busy) => expect(readOne(...lines).busy).toBe(busy));

test("writes TRANSP", () => expect(writtenLines({ ...readOne(), busy: false })).toContain("TRANSP:TRANSPARENT"));

test("Outlook's busy status follows a change, and is not invented", () => {
	const names = ["TRANSP", "X-MICROSOFT-CDO-BUSYSTATUS"];
	expect(rewritten(names, { busy: false }, "X-MICROSOFT-CDO-BUSYSTATUS:OOF")).toEqual([
		"TRANSP:TRANSPARENT",
		"X-MICROSOFT-CDO-BUSYSTATUS:FREE",
	]);
	expect(rewritten(names, { title: "new" }, "X-MICROSOFT-CDO-BUSYSTATUS:OOF")).toEqual([
		"X-MICROSOFT-CDO-BUSYSTATUS:OOF",
	]);
	expect(rewritten(names, { busy: false })).toEqual(["TRANSP:TRANSPARENT"]);
});
