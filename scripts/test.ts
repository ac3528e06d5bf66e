import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { install, installCommand, missingPackages } from "./system-packages.ts";
import { closingLine, summarise, type TestReport } from "./test-summary.ts";

/** `npm test`: what the tests need, then lint, types and tests; all of them, whatever fails. */

const ROOT = resolve(import.meta.dirname, "..");
const BIN = join(ROOT, "node_modules", ".bin");

if (!systemIsReady()) {
	process.exitCode = 1;
} else {
	const folder = mkdtempSync(join(tmpdir(), "kalends-report-"));
	try {
		const reportFile = join(folder, "report.json");
		const steps = [
			run("Lint", "biome", ["check", "--error-on-warnings", "."]),
			run("Types", "tsc", ["--noEmit"]),
			run("Types of the web app", "tsc", ["--noEmit", "-p", "packages/web"]),
			run("Types of its tests", "tsc", ["--noEmit", "-p", "e2e/web"]),
		];
		run("Tests", "vitest", ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${reportFile}`]);
		const summary = summarise(steps, readReport(reportFile), { strict: process.env.CI === "true" });
		process.stdout.write(`\n${closingLine(summary)}\n`);
		process.exitCode = summary.failed === 0 ? 0 : 1;
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

function systemIsReady(): boolean {
	const missing = missingPackages();
	if (missing.length === 0) return true;
	const isRoot = process.getuid?.() === 0;
	if (isRoot && install(missing) && missingPackages().length === 0) return true;
	const command = isRoot ? installCommand(missing) : `sudo sh -c '${installCommand(missing)}'`;
	process.stderr.write(`The tests need packages that are not installed. Install them with:\n\n    ${command}\n\n`);
	return false;
}

function run(name: string, program: string, args: readonly string[]): boolean {
	process.stdout.write(`\n${name}\n`);
	return spawnSync(join(BIN, program), args, { cwd: ROOT, stdio: "inherit" }).status === 0;
}

function readReport(file: string): TestReport | null {
	try {
		return JSON.parse(readFileSync(file, "utf8"));
	} catch {
		return null;
	}
}
