import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** `npm run pack:client`: the client as JavaScript with its types, in an archive that any project installs. */

const ROOT = resolve(import.meta.dirname, "..");
const CLIENT = join(ROOT, "packages/client");
const TARGET = join(CLIENT, "dist");

/**
 * In this repository the client is read as TypeScript, which Node refuses to do below node_modules.
 *
 * @param target a folder that is made anew
 * @returns the archive's path
 * @throws when it does not compile
 */
export function packClient(target: string): string {
	const folder = join(target, "package");
	rmSync(target, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true });
	const project = join(CLIENT, "tsconfig.package.json");
	execFileSync(join(ROOT, "node_modules/.bin/tsc"), ["-p", project, "--outDir", folder], { stdio: "inherit" });
	const { name, version, description, license, type, sideEffects } = JSON.parse(
		readFileSync(join(CLIENT, "package.json"), "utf8"),
	);
	const made = {
		...{ name, version, description, license, type, sideEffects },
		engines: { node: ">=20.3" },
		exports: { ".": { types: "./index.d.ts", default: "./index.js" } },
	};
	writeFileSync(join(folder, "package.json"), `${JSON.stringify(made, null, "\t")}\n`);
	writeFileSync(join(folder, "README.md"), withoutRelativeLinks(readFileSync(join(CLIENT, "README.md"), "utf8")));
	copyFileSync(join(ROOT, "LICENSE"), join(folder, "LICENSE"));
	const told = execFileSync("npm", ["pack", "--json", "--pack-destination", target, folder], {
		cwd: target,
		encoding: "utf8",
		stdio: ["ignore", "pipe", "pipe"],
	});
	const [packed] = Object.values<{ readonly filename: string }>(JSON.parse(told));
	if (packed === undefined) throw new Error(`npm packed nothing: ${told}`);
	return join(target, packed.filename);
}

/** What they lead to is in this repository alone. */
function withoutRelativeLinks(markdown: string): string {
	return markdown.replace(/\[([^\]]*)\]\(\.[^)]*\)/g, "$1");
}

if (import.meta.main) process.stdout.write(`${packClient(TARGET)}\n`);
