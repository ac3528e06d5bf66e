import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createTestServices, type TestServices } from "../testing/services.ts";
import { createKeyring } from "./keyring.ts";
import { connectionCredentials } from "./place.ts";
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
	expect(await rewrapSecrets(db, bothVault)).toBe(205);
	expect(await sealedByKey(db)).toEqual(new Map([["new", 206]]));
	expect(await openAll(newVault)).toBe(true);
	expect(await rewrapSecrets(db, bothVault)).toBe(0);
	expect(await rewrapSecrets(db, bothVault, { newDataKey: true })).toBe(206);
	expect(await openAll(newVault)).toBe(true);
});

test("a secret that changes meanwhile is left as it became", async () => {
	const { db } = made.services;
	await connections(1, oldVault);
	const row = await db.selectFrom("connections").select(["user_id", "id"]).executeTakeFirstOrThrow();
	const changed = oldVault.seal("changed", connectionCredentials(row.user_id, row.id));
	// The person's change lands between the read and the write of the rewrap.
	const slow = db.withPlugin({
		transformQuery: ({ node }) => node,
		transformResult: async ({ result }) => {
			if (result.rows.some((found) => "credentials" in found)) {
				await db.updateTable("connections").set({ credentials: changed }).where("user_id", "=", row.user_id).execute();
			}
			return result;
		},
	});
	expect(await rewrapSecrets(slow, bothVault)).toBe(0);
	const after = await db.selectFrom("connections").select("credentials").executeTakeFirstOrThrow();
	expect(oldVault.open(after.credentials, connectionCredentials(row.user_id, row.id)).reveal()).toBe("changed");
});
