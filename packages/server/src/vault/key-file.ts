import { randomBytes } from "node:crypto";
import { chmod, chown, link, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createKeyring, generateKey, type Keyring, parseKeyring } from "./keyring.ts";

/**
 * The keyring of a server with the embedded database: a file of the data folder, in the form of KALENDS_KEYS,
 * one key a line, the sealing one first, closed to other users.
 */
const FILE = "keys";
const HEADER = `# The keys that open the stored credentials. Keep a copy: without them the credentials are lost.\n`;

export function keyFilePath(dataFolder: string): string {
	return join(dataFolder, FILE);
}

/**
 * Null when there is no file.
 * @throws WrongValue or KeyringError when it holds something else than keys
 */
export async function readKeyFile(dataFolder: string): Promise<Keyring | null> {
	const path = keyFilePath(dataFolder);
	try {
		const text = await readFile(path, "utf8");
		await chmod(path, 0o600);
		return keysOfFile(text);
	} catch (error) {
		if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
		throw error;
	}
}

/** @throws as `readKeyFile` */
export function keysOfFile(text: string): Keyring {
	return parseKeyring(withoutComments(text));
}

/** Makes the file with one new key. When another process was faster, its file stands. */
export async function createKeyFile(dataFolder: string): Promise<Keyring> {
	const path = keyFilePath(dataFolder);
	const whole = await writeDraft(path, [generateKey(newKeyId())]);
	try {
		await link(whole, path).catch((error: NodeJS.ErrnoException) => {
			if (error.code !== "EEXIST") throw error;
		});
	} finally {
		await rm(whole, { force: true });
	}
	return (await readKeyFile(dataFolder)) ?? createKeyring([]);
}

/** Puts a new sealing key before the others. @returns its id */
export async function addKeyToFile(dataFolder: string): Promise<string> {
	const path = keyFilePath(dataFolder);
	const lines = withoutComments(await readFile(path, "utf8")).split(",");
	const id = newKeyId();
	await replaceKeys(path, [generateKey(id), ...lines]);
	return id;
}

/** Takes a key out of the file. Only for one that seals nothing any more. */
export async function removeKeyFromFile(dataFolder: string, id: string): Promise<void> {
	const path = keyFilePath(dataFolder);
	const lines = withoutComments(await readFile(path, "utf8")).split(",");
	await replaceKeys(
		path,
		lines.filter((line) => !line.startsWith(`${id}:`)),
	);
}

/** Random, so that a key made after its file was lost is never taken for the lost one. */
export function newKeyId(): string {
	return `k${randomBytes(4).toString("hex")}`;
}

async function replaceKeys(path: string, lines: readonly string[]): Promise<void> {
	await rename(await writeDraft(path, lines), path);
}

/** @returns the path of a whole file beside `path`, to be put in its place */
async function writeDraft(path: string, lines: readonly string[]): Promise<string> {
	const draft = `${path}.${randomBytes(4).toString("hex")}.new`;
	await writeFile(draft, `${HEADER}${lines.join("\n")}\n`, { mode: 0o600, flush: true });
	if (process.getuid?.() === 0) {
		// Commands may run as root beside a server that does not.
		const { uid, gid } = await stat(dirname(path));
		await chown(draft, uid, gid);
	}
	return draft;
}

/** The keys, comma-separated as in KALENDS_KEYS. */
function withoutComments(text: string): string {
	return text
		.split("\n")
		.map((line) => line.trim())
		.filter((line) => line !== "" && !line.startsWith("#"))
		.join(",");
}
