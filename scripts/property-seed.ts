import { execFileSync } from "node:child_process";
import { createHash, randomInt } from "node:crypto";

/**
 * The seed that property tests draw from: one for each state of the sources, so that a commit passes or fails alike
 * wherever it is tested, and each new commit tries other values. KALENDS_PROPERTY_SEED names another; a folder without
 * git gets a random one.
 */
export function propertySeed(root: string, env: Readonly<Record<string, string | undefined>>): number {
	const given = env.KALENDS_PROPERTY_SEED;
	if (given !== undefined && /^-?\d+$/.test(given)) return Number(given) | 0;
	const tree = treeOf(root);
	return tree === null ? randomInt(2 ** 31) : createHash("sha256").update(tree).digest().readInt32BE();
}

/** The id of the tree that is checked out, or null where git cannot tell. */
function treeOf(root: string): string | null {
	try {
		return execFileSync("git", ["rev-parse", "HEAD^{tree}"], { cwd: root, stdio: ["ignore", "pipe", "ignore"] })
			.toString()
			.trim();
	} catch {
		return null;
	}
}
