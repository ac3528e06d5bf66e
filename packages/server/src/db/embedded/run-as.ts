import { spawn } from "node:child_process";
import { chown } from "node:fs/promises";
import { DatabaseError } from "../errors.ts";

/** Whom PostgreSQL's programs run as; null: as ourselves. Only root can be somebody else. */
export type RunAs = { readonly uid: number; readonly gid: number } | null;

export interface CommandResult {
	readonly exitCode: number;
	/** Standard output and error, interleaved. */
	readonly output: string;
}

/**
 * Runs a program to its end, in `/` (the current folder may be closed to `runAs`), with an environment that no
 * setting of ours or of PostgreSQL's clients leaks into.
 */
export async function runCommand(
	file: string,
	args: readonly string[],
	options: { readonly runAs?: RunAs; readonly input?: string } = {},
): Promise<CommandResult> {
	return new Promise((resolve, reject) => {
		const child = spawn(file, args, {
			cwd: process.platform === "win32" ? undefined : "/",
			env: { ...windowsEssentials(), PATH: process.env.PATH, LC_ALL: "C", TZ: "UTC" },
			stdio: ["pipe", "pipe", "pipe"],
			...(options.runAs ?? {}),
		});
		let output = "";
		const collect = (chunk: Buffer) => {
			output += chunk.toString();
		};
		child.stdout.on("data", collect);
		child.stderr.on("data", collect);
		child.stdin.on("error", () => {});
		child.stdin.end(options.input ?? "");
		child.on("error", reject);
		// After "exit" there may be output still to come.
		child.on("close", (code) => resolve({ exitCode: code ?? -1, output: output.trim() }));
	});
}

/** PostgreSQL refuses to run as root: then it runs as the user `postgres`, which is made when missing. */
export async function databaseUser(): Promise<RunAs> {
	if (process.getuid?.() !== 0) return null;
	const existing = await findUser("postgres");
	if (existing !== null) return existing;
	await addUser("postgres");
	const made = await findUser("postgres");
	if (made !== null) return made;
	throw new DatabaseError(
		"database_unreachable",
		"PostgreSQL does not run as root, and no user for it could be made. Make one (useradd --system postgres), or start Kalends as an ordinary user.",
	);
}

/** Can this user execute (for a folder: enter) the path? Asked of the system itself. */
export async function canEnter(path: string, runAs: RunAs): Promise<boolean> {
	if (runAs === null) return true;
	return (await runCommand("test", ["-x", path], { runAs })).exitCode === 0;
}

export async function giveTo(path: string, runAs: RunAs): Promise<void> {
	if (runAs !== null) await chown(path, runAs.uid, runAs.gid);
}

async function findUser(name: string): Promise<RunAs> {
	const [uid, gid] = await Promise.all([runCommand("id", ["-u", name]), runCommand("id", ["-g", name])]);
	if (uid.exitCode !== 0 || gid.exitCode !== 0) return null;
	const user = { uid: Number(uid.output), gid: Number(gid.output) };
	return user.uid > 0 && Number.isInteger(user.gid) ? user : null;
}

async function addUser(name: string): Promise<void> {
	const ways: readonly (readonly string[])[] = [
		[
			"useradd",
			"--system",
			"--user-group",
			"--no-create-home",
			"--home-dir",
			"/nonexistent",
			"--shell",
			"/bin/false",
			name,
		],
		["adduser", "-S", "-D", "-H", name],
	];
	for (const [command = "", ...args] of ways) {
		const result = await runCommand(command, args).catch(() => null);
		if (result?.exitCode === 0) return;
	}
}

function windowsEssentials(): Record<string, string | undefined> {
	if (process.platform !== "win32") return {};
	return { SystemRoot: process.env.SystemRoot, TEMP: process.env.TEMP };
}
