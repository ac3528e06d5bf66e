import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { statusText } from "./status-text.ts";

const page = readFileSync(new URL("../../../../docs/errors.md", import.meta.url), "utf8");
/** Rows of two columns: the reasons for which a server refuses a change. */
const reasons = page
	.split("\n")
	.map((line) => /^\| `(\w+)` \| [A-Z][^|]+\. \|$/.exec(line)?.[1])
	.filter((reason) => reason !== undefined);

test("docs/errors.md has the reasons of refused changes", () => {
	expect(reasons).toEqual([
		"read_only",
		"not_the_organizer",
		"event_refused",
		"event_too_large",
		"too_many_guests",
		"date_out_of_range",
		"uid_conflict",
		"storage_full",
		"already_exists",
		"changed_meanwhile",
	]);
});

test.each(reasons)("%s has words of its own, and says what to do", (reason) => {
	const text = statusText(reason, "caldav");
	expect(text).not.toEqual(statusText("internal", "caldav"));
	expect(text.fix).toMatch(/^[A-Z].{8,}\.$/);
});

test("a reason that nobody knows reads as a failure of our own", () => {
	expect(statusText("constructor", "caldav")).toEqual(statusText("internal", "caldav"));
});
