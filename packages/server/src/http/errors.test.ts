import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ERROR_CATALOGUE } from "./errors.ts";

const page = readFileSync(new URL("../../../../docs/errors.md", import.meta.url), "utf8");
const documented = page
	.split("\n")
	.map((line) => /^\| `(\w+)` \| (\d{3}) \| (.+) \| (.+) \|$/.exec(line))
	.filter((match) => match !== null)
	.map(([, code, status, meaning, fix]) => ({ code, status: Number(status), meaning, fix }));

test("docs/errors.md explains every code of the catalogue once, and no other, with its status", () => {
	const catalogue = Object.entries(ERROR_CATALOGUE).map(([code, { status }]) => `${code} ${status}`);
	expect(documented.map(({ code, status }) => `${code} ${status}`).toSorted()).toEqual(catalogue.toSorted());
});

test.each(documented)("$code says what it means and what to do", ({ meaning, fix }) => {
	expect(meaning).toMatch(/^[A-Z].{15,}\.$/);
	expect(fix).toMatch(/^[A-Z].{8,}\.$/);
});

test.each(Object.entries(ERROR_CATALOGUE))(
	"%s is a code, a status of failure and a title",
	(code, { status, title }) => {
		expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
		expect(status).toBeGreaterThanOrEqual(400);
		expect(status).toBeLessThan(600);
		expect(title).toMatch(/^[A-Z][^.]+$/);
	},
);
