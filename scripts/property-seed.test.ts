import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import fc from "fast-check";
import { afterAll, expect, inject, test } from "vitest";
import { propertySeed } from "./property-seed.ts";

const root = resolve(import.meta.dirname, "..");
const bare = mkdtempSync(join(tmpdir(), "kalends-seed-"));
afterAll(() => rmSync(bare, { recursive: true }));

test("properties draw from the seed of this run", () => {
	expect(fc.readConfigureGlobal().seed).toBe(inject("propertySeed"));
});

test("a seed can be named", () => {
	expect(propertySeed(root, { KALENDS_PROPERTY_SEED: "-1414022634" })).toBe(-1414022634);
});

test("without git it is random, and in the range that fast-check takes", () => {
	const seeds = new Set(Array.from({ length: 20 }, () => propertySeed(bare, {})));
	expect(seeds.size).toBeGreaterThan(10);
	for (const seed of seeds) expect(seed | 0).toBe(seed);
});
