import { expect, test } from "vitest";
import { readOne, writtenLines } from "../testing/read-one.ts";

test.each([
	"RECURRENCE-ID:20260308T090000Z",
	"RECURRENCE-ID;VALUE=DATE:20260308",
	"RECURRENCE-ID;TZID=Europe/Paris:20260308T090000",
	"RECURRENCE-ID;TZID=Europe/Paris;RANGE=THISANDFUTURE:20260308T090000",
])("%s in both directions", (line) => {
	const event = readOne(line);
	expect(event.recurrence_id).not.toBeNull();
	expect(event.this_and_future).toBe(line.includes("RANGE"));
	expect(writtenLines(event)).toContain(line);
});

test("the deprecated THISANDPRIOR is an ordinary override", () =>
	expect(readOne("RECURRENCE-ID;RANGE=THISANDPRIOR:20260308T090000Z").this_and_future).toBe(false));

test("an unreadable one is none", () => expect(readOne("RECURRENCE-ID:tomorrow").recurrence_id).toBeNull());
