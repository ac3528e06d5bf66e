import { randomBytes } from "node:crypto";
import { inject } from "vitest";
import { type OpenDatabase, openDatabase } from "../db/pool.ts";
import { databaseUrl, templateName, withClient } from "./template.ts";

export interface TestDatabase extends Pick<OpenDatabase, "db" | "pool"> {
	readonly url: string;
	/** Closes the connections and removes the database; fails when a connection was leaked. */
	drop(): Promise<void>;
}

/** A database of its own, cloned from the migrated template (`migrated: false`: an empty one). */
export async function createTestDatabase(options: { readonly migrated?: boolean } = {}): Promise<TestDatabase> {
	const server = inject("testDatabaseUrl");
	const name = `kalends_test_${randomBytes(8).toString("hex")}`;
	const template = options.migrated === false ? "template0" : templateName();
	await withClient(server, (client) => client.query(`create database ${name} template ${template}`));
	const url = databaseUrl(server, name);
	const { db, pool, close } = openDatabase(url);
	const drop = async () => {
		await close();
		await withClient(server, async (client) => {
			// Backends of closed connections take a moment to leave; PostgreSQL waits up to five seconds for them.
			await client.query(`drop database if exists ${name}`);
		});
	};
	return { url, db, pool, drop };
}
