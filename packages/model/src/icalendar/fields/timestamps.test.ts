import { expect, test } from "vitest";
import { readOne, rewritten, writtenLines } from "../testing/read-one.ts";

test("CREATED and LAST-MODIFIED in both directions", () => {
	const event = readOne("CREATED:20250102T030405Z", "LAST-MODIFIED:20250607T080910Z");
	expect(event).toMatchObject({ created_at: "2025-01-02T03:04:05Z", updated_at: "2025-06-07T08:09:10Z" });
	expect(writtenLines(event)).toEqual(
		expect.arrayContaining(["CREATED:20250102T030405Z", "LAST-MODIFIED:20250607T080910Z"]),
	);
});

test("a time without Z counts as UTC, as RFC 5545 demands of both", () =>
	expect(readOne("CREATED:20250102T030405").created_at).toBe("2025-01-02T03:04:05Z"));

test("Google's CREATED in the year 0 reads as absent and is not written again", () => {
	expect(readOne("CREATED:00001231T000000Z").created_at).toBeNull();
	expect(rewritten(["CREATED"], { title: "new" }, "CREATED:00001231T000000Z")).toEqual([]);
});
