import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import pg from "pg";
import { migrateToLatest } from "../db/migrate.ts";
import { openDatabase } from "../db/pool.ts";

const MIGRATIONS = new URL("../db/migrations/", import.meta.url);

/** Named after the content of the migrations, so a changed one gets a new template. */
export function templateName(): string {
	const hash = createHash("sha256");
	for (const name of readdirSync(MIGRATIONS).toSorted()) hash.update(readFileSync(new URL(name, MIGRATIONS)));
	return `kalends_template_${hash.digest("hex").slice(0, 12)}`;
}

/** Migrates the template database once; concurrent runs on one server wait for each other. */
export async function prepareTemplate(url: string): Promise<void> {
	const name = templateName();
	await withClient(url, async (client) => {
		await client.query("select pg_advisory_lock(hashtext($1))", [name]);
		const found = await client.query("select datistemplate from pg_database where datname = $1", [name]);
		if (found.rows[0]?.datistemplate === true) return;
		await client.query(`drop database if exists ${name}`);
		await client.query(`create database ${name}`);
		const { db, close } = openDatabase(databaseUrl(url, name));
		try {
			await migrateToLatest(db);
		} finally {
			await close();
		}
		await client.query(`alter database ${name} with is_template true`);
	});
}

export function databaseUrl(url: string, name: string): string {
	const changed = new URL(url);
	changed.pathname = `/${name}`;
	return changed.href;
}

export async function withClient<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
	const client = new pg.Client({ connectionString: url });
	await client.connect();
	try {
		return await use(client);
	} finally {
		await client.end();
	}
}
