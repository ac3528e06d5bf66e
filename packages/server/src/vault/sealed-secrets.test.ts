import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { sql } from "kysely";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createTestServices, type TestServices } from "../testing/services.ts";
import { createKeyring } from "./keyring.ts";
import { connectionCredentials, idempotencyContent } from "./place.ts";
import { rewrapSecrets, sealedByKey } from "./sealed-secrets.ts";
import { createVault, type Vault } from "./vault.ts";

const OLD = { id: "old", key: randomBytes(32) };
const NEW = { id: "new", key: randomBytes(32) };
const oldVault = createVault(createKeyring([OLD]));
const bothVault = createVault(createKeyring([NEW, OLD]));
const newVault = createVault(createKeyring([NEW]));

let made: TestServices;
beforeEach(async () => {
	made = await createTestServices();
});
afterEach(() => made.close());

async function connections(count: number, vault: Vault): Promise<void> {
	const { db, newId, now } = made.services;
	const user = newId("usr");
	await db
		.insertInto("users")
		.values({ id: user, email: `${user}@example.com`, name: "A" })
		.execute();
	const rows = Array.from({ length: count }, () => newId("con")).map((id) => ({
		user_id: user,
		id,
		provider: "caldav" as const,
		name: "A",
		account: "a",
		status: "active" as const,
		status_since: new Date(now()),
		credentials: vault.seal(`secret of ${id}`, connectionCredentials(user, id)),
		created_at: new Date(now()),
	}));
	await db.insertInto("connections").values(rows).execute();
}

async function openAll(vault: Vault): Promise<boolean> {
	const rows = await made.services.db.selectFrom("connections").select(["user_id", "id", "credentials"]).execute();
	return rows.every(
		(row) => vault.open(row.credentials, connectionCredentials(row.user_id, row.id)).reveal() === `secret of ${row.id}`,
	);
}

test("counts the secrets of each key by the envelopes' headers", async () => {
	expect(await sealedByKey(made.services.db)).toEqual(new Map());
	await connections(3, oldVault);
	await connections(2, newVault);
	expect(await sealedByKey(made.services.db)).toEqual(
		new Map([
			["new", 2],
			["old", 3],
		]),
	);
});

test("brings every secret under the sealing key, once", async () => {
	const { db } = made.services;
	await connections(205, oldVault);
	await connections(1, newVault);
	expect(await rewrapSecrets(db, bothVault)).toEqual({ rewrapped: 205, unopenable: [] });
	expect(await sealedByKey(db)).toEqual(new Map([["new", 206]]));
	expect(await openAll(newVault)).toBe(true);
	expect(await rewrapSecrets(db, bothVault)).toEqual({ rewrapped: 0, unopenable: [] });
	expect(await rewrapSecrets(db, bothVault, { newDataKey: true })).toEqual({ rewrapped: 206, unopenable: [] });
	expect(await openAll(newVault)).toBe(true);
});

test("kept answers come along, uncounted, and none that cannot be opened is in the way", async () => {
	const { db, newId, now } = made.services;
	const user_id = newId("usr");
	await db.insertInto("users").values({ id: user_id, email: "a@example.com", name: "A" }).execute();
	const created_at = new Date(now());
	const content = (key: string) => oldVault.seal(`answer of ${key}`, idempotencyContent(user_id, key));
	await db
		.insertInto("idempotency_keys")
		.values([
			{ user_id, key: "a key", content: content("a key"), created_at },
			{ user_id, key: "moved", content: content("a key"), created_at },
		])
		.execute();
	expect(await sealedByKey(db)).toEqual(new Map());
	expect(await rewrapSecrets(db, bothVault)).toEqual({ rewrapped: 0, unopenable: [] });
	const row = await db
		.selectFrom("idempotency_keys")
		.select("content")
		.where("key", "=", "a key")
		.executeTakeFirstOrThrow();
	expect(newVault.open(row.content, idempotencyContent(user_id, "a key")).reveal()).toBe("answer of a key");
});

test("a secret that changes meanwhile keeps its change, and is brought over too", async () => {
	const { db } = made.services;
	await connections(1, oldVault);
	const row = await db.selectFrom("connections").select(["user_id", "id"]).executeTakeFirstOrThrow();
	const changed = oldVault.seal("changed", connectionCredentials(row.user_id, row.id));
	// The person's change lands between the read and the write of the rewrap.
	const slow = db.withPlugin({
		transformQuery: ({ node }) => node,
		transformResult: async ({ result }) => {
			if (result.rows.some((found) => "sealed" in found)) {
				await db.updateTable("connections").set({ credentials: changed }).where("user_id", "=", row.user_id).execute();
			}
			return result;
		},
	});
	expect(await rewrapSecrets(slow, bothVault)).toEqual({ rewrapped: 1, unopenable: [] });
	const after = await db.selectFrom("connections").select("credentials").executeTakeFirstOrThrow();
	expect(newVault.open(after.credentials, connectionCredentials(row.user_id, row.id)).reveal()).toBe("changed");
});

test("what cannot be opened is reported and left, and hinders nothing else", async () => {
	const { db } = made.services;
	await connections(4, oldVault);
	const rows = await db.selectFrom("connections").select(["user_id", "id", "credentials"]).orderBy("id").execute();
	const [moved, other, foreign, empty] = rows;
	if (moved === undefined || other === undefined || foreign === undefined || empty === undefined) throw new Error();
	const lost = createVault(createKeyring([{ id: "lost", key: randomBytes(32) }]));
	const store = (id: string, credentials: Buffer) =>
		db.updateTable("connections").set({ credentials }).where("id", "=", id).execute();
	await store(moved.id, other.credentials);
	await store(foreign.id, lost.seal("x", connectionCredentials(foreign.user_id, foreign.id)));
	await store(empty.id, Buffer.alloc(0));
	expect(await rewrapSecrets(db, bothVault)).toEqual({
		rewrapped: 1,
		unopenable: [
			{ userId: moved.user_id, connectionId: moved.id, code: "damaged" },
			{ userId: foreign.user_id, connectionId: foreign.id, code: "unknown_key" },
			{ userId: empty.user_id, connectionId: empty.id, code: "damaged" },
		],
	});
	expect(await sealedByKey(db)).toEqual(
		new Map([
			["lost", 1],
			["new", 1],
			["old", 1],
		]),
	);
});

test("under load: servers with either key first read and write, the rewrap is killed and run again, nothing is lost", async () => {
	const { db } = made.services;
	await connections(500, oldVault);
	const ids = await db.selectFrom("connections").select(["user_id", "id"]).orderBy("user_id").orderBy("id").execute();
	const written = new Map(ids.map(({ id }) => [id, `secret of ${id}`]));
	const [hostage, ...others] = ids.toSpliced(0, 250).concat(ids.slice(0, 250));
	if (hostage === undefined) throw new Error();

	let busy = true;
	let opened = 0;
	const server = async (vault: Vault, offset: number) => {
		for (let turn = offset; busy; turn += 7) {
			const row = others[turn % others.length];
			if (row === undefined) return;
			const place = connectionCredentials(row.user_id, row.id);
			// Each server writes rows of its own, so the last one written is known.
			if (turn % 2 === offset) {
				const secret = `changed in turn ${turn}`;
				const credentials = vault.seal(secret, place);
				await db.updateTable("connections").set({ credentials }).where("id", "=", row.id).execute();
				written.set(row.id, secret);
			}
			const stored = await db
				.selectFrom("connections")
				.select("credentials")
				.where("user_id", "=", row.user_id)
				.where("id", "=", row.id)
				.executeTakeFirstOrThrow();
			vault.open(stored.credentials, place);
			opened++;
		}
	};
	const oldFirst = createVault(createKeyring([OLD, NEW]));
	const servers = [server(oldFirst, 0), server(bothVault, 1)];

	const killed = await killedWhileItWaitsFor(hostage);
	expect(killed).toBe("SIGKILL");
	const halfway = await sealedByKey(db);
	expect(halfway.get("new")).toBeGreaterThan(0);
	expect(halfway.get("old")).toBeGreaterThan(0);
	expect((await rewrapSecrets(db, bothVault)).unopenable).toEqual([]);
	busy = false;
	await Promise.all(servers);
	expect(opened).toBeGreaterThan(0);

	// The last server that sealed with the old key is gone: one more run, and the old key can go.
	expect((await rewrapSecrets(db, bothVault)).unopenable).toEqual([]);
	expect(await sealedByKey(db)).toEqual(new Map([["new", 500]]));
	const rows = await db.selectFrom("connections").select(["user_id", "id", "credentials"]).execute();
	for (const row of rows) {
		const secret = newVault.open(row.credentials, connectionCredentials(row.user_id, row.id)).reveal();
		expect(secret).toBe(written.get(row.id));
	}
});

/** Runs the rewrap in a process of its own, lets it come as far as this row, and kills it there. */
async function killedWhileItWaitsFor(row: { readonly user_id: string; readonly id: string }): Promise<string | null> {
	const { db } = made.services;
	const script = `
		const [{ openDatabase }, { createKeyring }, { createVault }, { rewrapSecrets }] = await Promise.all(
			["../db/pool.ts", "./keyring.ts", "./vault.ts", "./sealed-secrets.ts"].map((path) => import(new URL(path, process.env.BASE))));
		const keys = JSON.parse(process.env.KEYS).map(({ id, key }) => ({ id, key: Buffer.from(key, "hex") }));
		await rewrapSecrets(openDatabase(process.env.DATABASE).db, createVault(createKeyring(keys)));`;
	const keys = [NEW, OLD].map(({ id, key }) => ({ id, key: key.toString("hex") }));
	return db.transaction().execute(async (transaction) => {
		const locked = transaction.selectFrom("connections").select("id").where("user_id", "=", row.user_id);
		await locked.where("id", "=", row.id).forUpdate().execute();
		const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
			env: {
				...process.env,
				BASE: import.meta.url,
				DATABASE: made.database?.url,
				KEYS: JSON.stringify(keys),
			},
			stdio: ["ignore", "ignore", "inherit"],
		});
		const exited = once(child, "exit");
		const waiting = sql<{ count: number }>`
			select count(*)::int as count from pg_locks where not granted and pid <> pg_backend_pid()
			and pid in (select pid from pg_stat_activity where datname = current_database() and query ~* '^\\s*update ')`;
		await expect.poll(async () => (await waiting.execute(db)).rows[0]?.count, { timeout: 30_000 }).toBeGreaterThan(0);
		child.kill("SIGKILL");
		const [, signal] = await exited;
		return signal;
	});
}
