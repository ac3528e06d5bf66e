import { randomBytes } from "node:crypto";
import { chown, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadConfig } from "../config.ts";
import { createTestServices, type TestServices } from "../testing/services.ts";
import { addKeyToFile, keyFilePath, removeKeyFromFile } from "./key-file.ts";
import { openVault } from "./open-vault.ts";
import { connectionCredentials } from "./place.ts";

let made: TestServices;
let folder: string;
beforeEach(async () => {
	made = await createTestServices();
	folder = await mkdtemp(join(tmpdir(), "kalends-keys-"));
});
afterEach(async () => {
	await made.close();
	await rm(folder, { recursive: true, force: true });
});

const place = connectionCredentials("usr_1", "con_1");
const open = (env: Record<string, string> = {}) => openVault(loadConfig(env), folder, made.services.db);

async function storeSealed(credentials: Buffer): Promise<void> {
	const { db, now } = made.services;
	await db.insertInto("users").values({ id: place.userId, email: "a@example.com", name: "A" }).execute();
	const at = new Date(now());
	const row = {
		provider: "caldav",
		name: "A",
		account: "a",
		status: "active",
		status_since: at,
		created_at: at,
	} as const;
	await db
		.insertInto("connections")
		.values({ ...row, user_id: place.userId, id: place.rowId, credentials })
		.execute();
}

test("the first start makes a key file for this user alone; the next ones use it", async () => {
	const sealed = (await open()).seal("secret", place);
	expect((await stat(keyFilePath(folder))).mode & 0o777).toBe(0o600);
	expect((await open()).open(sealed, place).reveal()).toBe("secret");
});

test("a key file that others could read is closed to them", async () => {
	await open();
	const text = await readFile(keyFilePath(folder));
	await rm(keyFilePath(folder));
	await writeFile(keyFilePath(folder), text, { mode: 0o644 });
	await open();
	expect((await stat(keyFilePath(folder))).mode & 0o777).toBe(0o600);
});

test("the key file belongs to the folder's owner, who runs the server, also where root adds a key", async () => {
	if (process.getuid?.() === 0) await chown(folder, 65_534, 65_534);
	const { uid, gid } = await stat(folder);
	await open();
	expect(await stat(keyFilePath(folder))).toMatchObject({ uid, gid });
	await addKeyToFile(folder);
	expect(await stat(keyFilePath(folder))).toMatchObject({ uid, gid });
	expect((await stat(keyFilePath(folder))).mode & 0o777).toBe(0o600);
});

test("processes that start at once use the same key", async () => {
	const vaults = await Promise.all([open(), open(), open()]);
	expect(new Set(vaults.map((vault) => vault.sealingKeyId)).size).toBe(1);
});

test("a lost key file is not replaced in silence when credentials need it", async () => {
	const vault = await open();
	await storeSealed(vault.seal("secret", place));
	await rm(keyFilePath(folder));
	await expect(open()).rejects.toMatchObject({
		code: "keys_missing",
		message: expect.stringContaining(`"${vault.sealingKeyId}"`),
	});
	await expect(stat(keyFilePath(folder))).rejects.toMatchObject({ code: "ENOENT" });
	const other = `other:${randomBytes(32).toString("base64")}`;
	await expect(open({ KALENDS_KEYS: other })).rejects.toMatchObject({ code: "keys_missing" });
});

test("another key under the id of the one that sealed is refused", async () => {
	const key = (bytes: Buffer) => ({ KALENDS_KEYS: `k1:${bytes.toString("base64")}` });
	const right = key(randomBytes(32));
	await storeSealed((await open(right)).seal("secret", place));
	const refused = open(key(randomBytes(32)));
	await expect(refused).rejects.toMatchObject({ code: "keys_missing", message: expect.stringContaining('"k1"') });
	expect((await open(right)).sealingKeyId).toBe("k1");
});

test("a damaged credential does not make its key a wrong one", async () => {
	const vault = await open();
	const sealed = vault.seal("secret", place);
	await storeSealed(sealed);
	const damaged = Buffer.from(sealed);
	damaged.writeUInt8(damaged.readUInt8(damaged.length - 1) ^ 1, damaged.length - 1);
	await made.services.db.updateTable("connections").set({ credentials: damaged }).execute();
	expect((await open()).sealingKeyId).toBe(vault.sealingKeyId);
});

test("a key file that holds something else is a fault of the configuration", async () => {
	await writeFile(keyFilePath(folder), "nonsense");
	await expect(open()).rejects.toMatchObject({
		code: "invalid_configuration",
		message: expect.not.stringContaining("nonsense"),
	});
});

test("a running server follows a key that was added beside it", async () => {
	const running = await open();
	const before = running.sealingKeyId;
	const sealed = running.seal("secret", place);
	const proof = running.prove("text", "purpose");
	const added = await addKeyToFile(folder);
	const beside = await open();
	expect(beside.sealingKeyId).toBe(added);
	const rewrapped = beside.rewrap(sealed, place);
	expect(running.open(rewrapped, place).reveal()).toBe("secret");
	expect(running.open(sealed, place).reveal()).toBe("secret");
	expect(running.keyIdOf(running.seal("another", place))).toBe(added);
	expect(beside.isProven("text", "purpose", proof)).toBe(true);
	expect(running.isProven("text", "purpose", beside.prove("text", "purpose"))).toBe(true);
	await removeKeyFromFile(folder, before);
	expect([...(await open()).keyIds]).toEqual([added]);
	expect(running.isProven("text", "purpose", proof)).toBe(false);
});

test("a running server seals nothing with a key that was replaced, even if it met no other yet", async () => {
	const running = await open();
	const replaced = running.sealingKeyId;
	const added = await addKeyToFile(folder);
	await removeKeyFromFile(folder, replaced);
	const sealed = running.seal("secret", place);
	expect(running.keyIdOf(sealed)).toBe(added);
	expect((await open()).open(sealed, place).reveal()).toBe("secret");
});

test("a running server goes on when its key file is lost", async () => {
	const running = await open();
	await rm(keyFilePath(folder));
	expect(running.open(running.seal("secret", place), place).reveal()).toBe("secret");
});
