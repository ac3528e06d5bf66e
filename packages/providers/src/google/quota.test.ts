import { expect, test } from "vitest";
import { googleProvider } from "./provider.ts";

test("what a call costs of Google's quota", () => {
	const { quota } = googleProvider({ apiUrl: new URL("https://www.googleapis.com") });
	expect(quota).toMatchObject({ perAccount: 600, perProject: 10_000 });
	expect(["GET", "POST", "PATCH", "DELETE"].map((method) => quota?.unitsOf(method))).toEqual([1, 1, 3, 1]);
});
