import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { access, chmod, mkdir, realpath, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { DatabaseError } from "../errors.ts";
import { packagedBinaries, reachableBinaries } from "./binaries.ts";
import type { Cluster } from "./cluster.ts";
import { canEnter, databaseUser, type RunAs } from "./run-as.ts";

/** Where things go that the database's user must reach and cannot where they are (a checkout under /root). */
const SYSTEM_FOLDER = "/var/lib/kalends";
const CLUSTER_FOLDER = "postgres";

/** The data folder cannot be used; the message is one sentence for the operator. */
export class DataFolderError extends Error {
	override readonly name = "DataFolderError";
	readonly code = "data_folder_unusable";
}

/**
 * Makes the data folder when missing and sees that it can be written.
 * @returns its real path
 * @throws DataFolderError
 */
export async function prepareDataFolder(dataDir: string): Promise<string> {
	// pg_ctl puts the path between double quotes into a command line for a shell.
	if (process.platform !== "win32" && /["$`\\\n]/.test(dataDir)) {
		throw new DataFolderError(
			`The data folder ${JSON.stringify(dataDir)} holds a character that PostgreSQL cannot handle there (" $ \` \\ or a line break): set KALENDS_DATA_DIR to a folder without.`,
		);
	}
	try {
		// Root leaves it passable, as the database below it runs as another user; its files are closed one by one.
		await makeFolder(dataDir, process.getuid?.() === 0 ? 0o711 : 0o700);
		await access(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
		return await realpath(dataDir);
	} catch (error) {
		throw new DataFolderError(`The data folder ${dataDir} ${complaint(error)}.`, { cause: error });
	}
}

/** As `mkdir -p`. Node's own never ends where a folder is there and nothing can be made in it, as in /proc. */
async function makeFolder(path: string, mode: number): Promise<void> {
	const make = () =>
		mkdir(path, { mode }).catch(async (error: unknown) => {
			if (!isErrno(error) || error.code !== "EEXIST" || !(await stat(path)).isDirectory()) throw error;
		});
	try {
		await make();
	} catch (error) {
		if (!isErrno(error) || error.code !== "ENOENT" || dirname(path) === path) throw error;
		await makeFolder(dirname(path), mode);
		await make();
	}
}

/**
 * Decides where the cluster of a data folder is, or will be. One that exists is used where it is, as its owner;
 * a new one is made in the data folder, unless its user cannot get there.
 */
export async function placeCluster(dataFolder: string): Promise<Cluster> {
	const packaged = packagedBinaries();
	const inside = join(dataFolder, CLUSTER_FOLDER);
	const outside = join(SYSTEM_FOLDER, createHash("sha256").update(dataFolder).digest("hex").slice(0, 16));
	const place = async (folder: string, runAs: RunAs): Promise<Cluster> => ({
		folder,
		runAs,
		durable: true,
		binaries: await reachableBinaries(packaged, runAs, join(SYSTEM_FOLDER, "bin")),
	});
	for (const folder of [inside, join(outside, CLUSTER_FOLDER)]) {
		const owner = await ownerOf(folder);
		if (owner === null) continue;
		const runAs = userFor(folder, owner);
		if (await canEnter(folder, runAs)) return place(folder, runAs);
		throw new DataFolderError(
			`The database in ${folder} belongs to a user (${owner.uid}) who cannot enter that folder. Open the folders above it for passing through (chmod o+x), or move the data folder.`,
		);
	}
	const runAs = await databaseUser();
	if (await letIn(dataFolder, runAs)) return place(inside, runAs);
	await mkdir(outside, { recursive: true, mode: 0o711 });
	return place(join(outside, CLUSTER_FOLDER), runAs);
}

/** A folder that root made for itself alone is opened for passing through, if that is all that is in the way. */
async function letIn(folder: string, runAs: RunAs): Promise<boolean> {
	if (await canEnter(folder, runAs)) return true;
	const { mode, uid } = await stat(folder);
	if (uid !== 0) return false;
	await chmod(folder, mode | 0o001);
	if (await canEnter(folder, runAs)) return true;
	await chmod(folder, mode);
	return false;
}

interface Owner {
	readonly uid: number;
	readonly gid: number;
}

async function ownerOf(folder: string): Promise<Owner | null> {
	try {
		const found = await stat(folder);
		return { uid: found.uid, gid: found.gid };
	} catch (error) {
		if (isErrno(error) && (error.code === "ENOENT" || error.code === "EACCES")) return null;
		throw error;
	}
}

function userFor(folder: string, owner: Owner): RunAs {
	const self = process.getuid?.();
	if (self === undefined || self === owner.uid) return null;
	if (self === 0) return owner;
	throw new DatabaseError(
		"database_unreachable",
		`The database in ${folder} belongs to another user (${owner.uid}). Start Kalends as that user or as root, or set another KALENDS_DATA_DIR.`,
	);
}

function complaint(error: unknown): string {
	const code = isErrno(error) ? error.code : undefined;
	switch (code) {
		case "EACCES":
		case "EPERM":
		case "EROFS":
			return "cannot be written by this user: set KALENDS_DATA_DIR to a folder that can, or give this user the right";
		case "ENOTDIR":
		case "EEXIST":
			return "is not a folder, or lies below something that is not one: set KALENDS_DATA_DIR to a folder";
		case "ENOENT":
		case "ELOOP":
			return "cannot be made, or leads over a link to nowhere: set KALENDS_DATA_DIR to a folder that can be written";
		case "ENOSPC":
			return "is on a disk that is full: make room, or set KALENDS_DATA_DIR to a folder elsewhere";
		default:
			return `cannot be used (${error instanceof Error ? error.message : String(error)}): set another KALENDS_DATA_DIR`;
	}
}

function isErrno(error: unknown): error is NodeJS.ErrnoException {
	return error instanceof Error && "code" in error;
}
