import { expect, test } from "vitest";
import { alternatives, conditionOf } from "./conditions.ts";

const tags = (etag: string | null, scheduleTag: string | null = null) => ({ etag, scheduleTag });

test("a write is held to the schedule tag, else to the etag, else to nothing", () => {
	expect(conditionOf(tags('"a"', '"s"'))).toEqual({ "if-schedule-tag-match": '"s"' });
	expect(conditionOf(tags('"a"'))).toEqual({ "if-match": '"a"' });
	expect(conditionOf(tags(null))).toEqual({});
});

test.each([
	["nothing: it changed", tags('"a"'), tags('"b"'), []],
	["nothing: the server refuses its own etag", tags('"a"'), tags('"a"'), []],
	["the server's own, where a proxy had marked it", tags('"a-gzip"'), tags('"a"'), [{ "if-match": '"a"' }]],
	["the strong form of a weak one, then nothing", tags('W/"a"'), tags('W/"a"'), [{ "if-match": '"a"' }, {}]],
	["the strong one that it became", tags('W/"a"'), tags('"a"'), [{ "if-match": '"a"' }]],
	["the etag, where the schedule tag is not known to it", tags('"a"', '"s"'), tags('"a"'), [{ "if-match": '"a"' }]],
	["nothing: both tags moved", tags('"a"', '"s"'), tags('"b"', '"t"'), []],
	["nothing: it has none any more", tags('"a"'), tags(null), []],
	["nothing: it had none", tags(null), tags('"a"'), []],
])("after a refusal it is tried with %s", (_, held, state, expected) => {
	expect(alternatives(held, state)).toEqual(expected);
});
