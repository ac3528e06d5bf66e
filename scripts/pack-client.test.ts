import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { packClient } from "./pack-client.ts";

const ROOT = join(import.meta.dirname, "..");
const EXAMPLES = join(ROOT, "packages/client/src/examples");

/** An empty project of somebody else's, with the package installed from its archive. */
function installed(): string {
	const folder = mkdtempSync(join(tmpdir(), "kalends-client-"));
	onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
	const archive = packClient(join(folder, "made"));
	writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "app", private: true, type: "module" }));
	execFileSync("npm", ["install", "--offline", "--no-audit", "--no-fund", archive], { cwd: folder, stdio: "pipe" });
	return folder;
}

test("the packed client is imported by Node as it is, brings nothing along, and types the examples strictly", () => {
	const folder = installed();
	const read = (code: string) =>
		execFileSync(process.execPath, ["--input-type=module", "--eval", code], { cwd: folder, encoding: "utf8" });
	expect(JSON.parse(read('console.log(JSON.stringify(Object.keys(await import("@kalends/client"))))')).sort()).toEqual([
		"Kalends",
		"KalendsCore",
		"KalendsError",
		"WebhookError",
		"connectGoogleCalendar",
		"createWebhookMemory",
		"getCalendarConnections",
		"getUpcomingEvents",
		"syncCalendar",
		"verifyWebhook",
	]);

	const client = join(folder, "node_modules/@kalends/client");
	expect(readdirSync(join(folder, "node_modules")).filter((name) => !name.startsWith("."))).toEqual(["@kalends"]);
	const files = readdirSync(client, { recursive: true, encoding: "utf8" });
	expect(files).toEqual(expect.arrayContaining(["LICENSE", "README.md", "index.js", "index.d.ts"]));
	expect(files.filter((file) => /(?<!\.d)\.ts$|\.test\.|testing|examples/.test(file))).toEqual([]);
	expect(readFileSync(join(client, "README.md"), "utf8").match(/\]\((?!https?:|#).*?\)/g)).toBeNull();

	const names = readdirSync(EXAMPLES);
	for (const name of names) writeFileSync(join(folder, name), readFileSync(join(EXAMPLES, name)));
	writeFileSync(join(folder, "wrong.ts"), 'import { Kalends } from "@kalends/client";\nnew Kalends().events.get(7);\n');
	const compilerOptions = {
		strict: true,
		skipLibCheck: false,
		noEmit: true,
		target: "es2022",
		lib: ["es2023", "dom", "dom.iterable", "dom.asynciterable"],
		module: "nodenext",
		typeRoots: [join(ROOT, "node_modules/@types")],
		types: ["node"],
	};
	writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: [...names, "wrong.ts"] }));
	let told = "";
	try {
		execFileSync(join(ROOT, "node_modules/.bin/tsc"), ["-p", folder], { encoding: "utf8", stdio: "pipe" });
	} catch (error) {
		told = String(Reflect.get(error as object, "stdout"));
	}
	expect(told.trim().split("\n")).toEqual([expect.stringContaining("wrong.ts(2,26): error TS2345")]);
});
