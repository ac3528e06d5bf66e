import { spawnSync } from "node:child_process";
import { copyFileSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { importViolations } from "./import-rules.ts";

const ROOT = resolve(import.meta.dirname, "..");

test("the sources keep the rules", () => {
	const files = globSync("packages/*/src/**/*.{ts,tsx}", { cwd: ROOT });
	expect(files.length).toBeGreaterThan(20);
	expect(files.flatMap((file) => importViolations(file, readFileSync(join(ROOT, file), "utf8")))).toEqual([]);
});

test.each([
	["packages/model/src/a.test.ts", 'import { b } from "../../providers/src/b.ts";', "model must not import providers"],
	["packages/model/src/a.ts", 'import { b } from "@kalends/providers/testing";', "model must not import providers"],
	["packages/providers/src/testing/a.ts", 'export * from "kalends/x";', "providers must not import server"],
	[
		"packages/providers/src/a.ts",
		'const b = await import("../../server/src/b.ts");',
		"providers must not import server",
	],
	["packages/server/src/a.ts", 'import "../../../bench/run.ts";', "server must not import the workspace"],
	["packages/server/src/a.ts", 'await globalThis.fetch("https://example.com");', "only egress makes outgoing calls"],
	["packages/server/src/a.ts", 'process.getBuiltinModule("http");', "only egress makes outgoing calls"],
	["packages/providers/src/a.ts", "new net.Socket().connect(1);", "only egress makes outgoing calls"],
	["packages/model/src/a.ts", "const now = Date.now();", "the model has no clock"],
])("%s: %s is refused", (file, source, rule) => {
	expect(importViolations(file, `\n${source}\n`)).toEqual([{ file, line: 2, rule: expect.stringContaining(rule) }]);
});

test.each([
	["packages/server/src/a.ts", 'import { b } from "@kalends/model";\nimport { c } from "./c.ts";'],
	["packages/server/src/egress/a.ts", "new net.Socket().connect(1);"],
	["packages/server/src/a.test.ts", 'await globalThis.fetch("http://127.0.0.1");'],
	["packages/model/src/a.ts", "// never Date.now()\n/** not import x from 'kalends' */"],
])("%s: %s is allowed", (file, source) => {
	expect(importViolations(file, source)).toEqual([]);
});

describe("biome.json", () => {
	let folder: string;
	beforeAll(() => {
		folder = mkdtempSync(join(tmpdir(), "kalends-lint-"));
		for (const file of ["biome.json", ".gitignore"]) copyFileSync(join(ROOT, file), join(folder, file));
	});
	afterAll(() => rmSync(folder, { recursive: true, force: true }));

	function lint(file: string, source: string) {
		const path = join(folder, file);
		mkdirSync(dirname(path), { recursive: true });
		writeFileSync(path, `${source}\n`);
		const biome = join(ROOT, "node_modules", ".bin", "biome");
		const run = spawnSync(
			biome,
			["lint", "--only=style/noRestrictedImports", "--only=style/noRestrictedGlobals", path],
			{
				cwd: folder,
				encoding: "utf8",
			},
		);
		return { refused: run.status !== 0, output: run.stdout + run.stderr };
	}

	test.each([
		["packages/server/src/a.ts", 'import { request } from "undici"; request("");'],
		["packages/server/src/a.ts", 'import { request } from "node:http"; request("");'],
		["packages/server/src/a.ts", 'import * as https from "node:https"; https.get("");'],
		["packages/server/src/a.ts", 'import { connect } from "node:net"; connect(1);'],
		["packages/server/src/a.ts", 'import { connect } from "node:tls"; connect(1);'],
		["packages/server/src/a.ts", 'const undici = await import("undici"); undici.request("");'],
		["packages/providers/src/a.ts", 'await fetch("");'],
		["packages/providers/src/a.ts", 'import { a } from "../../server/src/a.ts"; a();'],
		["packages/providers/src/a.ts", 'import { a } from "kalends"; a();'],
		["packages/model/src/a.ts", 'import { a } from "@kalends/providers"; a();'],
		["packages/model/src/a.ts", 'import { readFile } from "node:fs/promises"; readFile("");'],
	])("%s: %s is refused", (file, source) => {
		expect(lint(file, source)).toEqual({
			refused: true,
			output: expect.stringMatching(/noRestricted(Imports|Globals)/),
		});
	});

	test.each([
		["packages/server/src/egress/a.ts", 'import { request } from "undici"; request("");'],
		["packages/server/src/a.ts", 'import { isIP } from "node:net"; isIP("");'],
		["packages/server/src/a.ts", 'import type { IncomingMessage } from "node:http"; export type A = IncomingMessage;'],
		["packages/server/src/a.test.ts", 'import { request } from "node:http"; request("");'],
		["packages/providers/src/a.ts", 'import { a } from "@kalends/model"; a();'],
		["packages/model/src/a.ts", 'import { createHash } from "node:crypto"; createHash("sha256");'],
	])("%s: %s is allowed", (file, source) => {
		expect(lint(file, source)).toMatchObject({ refused: false });
	});
});
