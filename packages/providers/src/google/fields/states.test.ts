import { expect, test } from "vitest";
import { CONTEXT, canonical, google } from "../testing/sample.ts";
import { busy, status, visibility } from "./states.ts";

test.each([
	["confirmed", "confirmed"],
	["tentative", "tentative"],
	["cancelled", "cancelled"],
	["something new", "confirmed"],
	[undefined, "confirmed"],
] as const)("status %s reads as %s", (value, expected) => {
	expect(status.read({ ...google(), status: value ?? null }, CONTEXT)).toEqual({ status: expected });
});

test("status is written", () => {
	expect(status.write?.(canonical({ status: "tentative" }), null, CONTEXT)).toEqual({ status: "tentative" });
});

test.each([
	["default", "default"],
	["public", "public"],
	["private", "private"],
	["confidential", "private"],
	[undefined, "default"],
] as const)("visibility %s reads as %s", (value, expected) => {
	expect(visibility.read({ ...google(), visibility: value ?? null }, CONTEXT)).toEqual({ visibility: expected });
});

test("confidential stays so while the event is private", () => {
	const base = google({ visibility: "confidential" });
	expect(visibility.write?.(canonical({ visibility: "private" }), base, CONTEXT)).toEqual({
		visibility: "confidential",
	});
	expect(visibility.write?.(canonical({ visibility: "public" }), base, CONTEXT)).toEqual({ visibility: "public" });
	expect(visibility.write?.(canonical({ visibility: "private" }), null, CONTEXT)).toEqual({ visibility: "private" });
});

test("free and busy both ways", () => {
	expect(busy.read(google({ transparency: "transparent" }), CONTEXT)).toEqual({ busy: false });
	expect(busy.read(google(), CONTEXT)).toEqual({ busy: true });
	expect(busy.write?.(canonical({ transparency: "transparent" }), null, CONTEXT)).toEqual({
		transparency: "transparent",
	});
	expect(busy.write?.(canonical(), google({ transparency: "transparent" }), CONTEXT)).toEqual({
		transparency: "opaque",
	});
});
