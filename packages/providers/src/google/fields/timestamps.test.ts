import { expect, test } from "vitest";
import { CONTEXT, google } from "../testing/sample.ts";
import { timestamps } from "./timestamps.ts";

test("instants in whole seconds; what is none is null", () => {
	expect(timestamps.read(google(), CONTEXT)).toEqual({
		created_at: "2026-01-01T08:00:00Z",
		updated_at: "2026-01-02T08:00:00Z",
		sequence: 2,
	});
	const odd = google({ created: "0000-12-31T00:00:00.000Z", updated: "soon", sequence: null });
	expect(timestamps.read(odd, CONTEXT)).toEqual({ created_at: null, updated_at: null, sequence: 0 });
});

test("they are Google's to move", () => {
	expect(timestamps.write).toBeUndefined();
});
