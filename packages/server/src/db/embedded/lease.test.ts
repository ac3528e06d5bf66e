import { mkdir, readdir, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createTestDataFolder, type TestDataFolder } from "../../testing/data-folder.ts";
import { type Cluster, readServer } from "./cluster.ts";
import { type EmbeddedLease, leaseCluster } from "./lease.ts";
import { DataFolderError, placeCluster, prepareDataFolder } from "./placement.ts";

let data: TestDataFolder;
let folder: string;
let cluster: Cluster;
const leases: EmbeddedLease[] = [];

beforeEach(async () => {
	data = await createTestDataFolder();
	folder = data.path;
	cluster = await placeCluster(folder);
});

afterEach(async () => {
	await Promise.all(leases.splice(0).map((lease) => lease.release()));
	await data.remove();
});

async function lease(): Promise<EmbeddedLease> {
	const made = await leaseCluster(cluster);
	leases.push(made);
	return made;
}

test("makes the database, keeps it for the next lease, and stops it with the last one", async () => {
	const first = await lease();
	await first.client.query("create table kept (n int)");
	const second = await lease();
	expect(second.url).toBe(first.url);
	await first.release();
	expect((await readServer(cluster))?.status).toBe("ready");
	await second.release();
	expect(await readServer(cluster)).toBeNull();
	const later = await lease();
	expect((await later.client.query("select count(*)::int as rows from kept")).rows).toEqual([{ rows: 0 }]);
});

test("processes that start it at once share one database", async () => {
	const made = await Promise.all([lease(), lease(), lease()]);
	expect(new Set(made.map((one) => one.url)).size).toBe(1);
	expect((await readdir(folder)).filter((name) => name.includes(".new-"))).toEqual([]);
});

test("is durable, asks for the password, and keeps its folder to itself", async () => {
	const { client, url } = await lease();
	const settings = await client.query(
		"select name, setting from pg_settings where name in ('fsync', 'synchronous_commit', 'full_page_writes', 'listen_addresses') order by name",
	);
	expect(settings.rows.map((row) => `${row.name}=${row.setting}`)).toEqual([
		"fsync=on",
		"full_page_writes=on",
		"listen_addresses=127.0.0.1",
		"synchronous_commit=on",
	]);
	for (const password of ["", "wrong"]) {
		const intruder = new URL(url);
		intruder.password = password;
		const attempt = new pg.Client({ connectionString: intruder.href });
		await expect(attempt.connect()).rejects.toThrow(/password/);
	}
	expect((await stat(cluster.folder)).mode & 0o077).toBe(0);
});

test("an interrupted making of the database is cleared away and begun again", async () => {
	const dead = 2 ** 30;
	const remains = join(folder, `postgres.new-${dead}-abc`);
	await mkdir(join(remains, "data"), { recursive: true });
	await writeFile(join(remains, "data", "PG_VERSION"), "18\n");
	const made = await lease();
	expect((await made.client.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
	expect(await readdir(folder)).toEqual(["postgres"]);
});

test("after its postmaster was killed the lease is lost, and the next one recovers the data", async () => {
	const first = await lease();
	await first.client.query("create table kept (n int)");
	await first.client.query("insert into kept values (1)");
	const server = await readServer(cluster);
	process.kill(server?.pid ?? 0, "SIGKILL");
	await first.lost;
	const next = await leaseCluster(cluster, server?.port);
	leases.push(next);
	expect((await readServer(cluster))?.port).toBe(server?.port);
	expect((await next.client.query("select n from kept")).rows).toEqual([{ n: 1 }]);
});

test("a pid file that names another program does not keep it from starting", async () => {
	const first = await lease();
	await first.release();
	await writeFile(join(cluster.folder, "postmaster.pid"), `${process.pid}\n${cluster.folder}\n0\n5432\n\n\n\nready\n`);
	const next = await lease();
	expect((await next.client.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
});

test("a data folder that is a file, or lies below one, is refused in one sentence", async () => {
	const file = join(folder, "file");
	await writeFile(file, "");
	for (const path of [file, join(file, "below")]) {
		await expect(prepareDataFolder(path)).rejects.toThrow(DataFolderError);
		await expect(prepareDataFolder(path)).rejects.toThrow(/KALENDS_DATA_DIR/);
	}
});

test.runIf(process.platform === "linux")("a data folder where nothing can be made is refused, at once", async () => {
	// mkdir answers ENOENT there, upon which Node's recursive mkdir tries again for ever.
	for (const path of ["/proc/kalends", "/proc/kalends/data"]) {
		await expect(prepareDataFolder(path)).rejects.toThrow(DataFolderError);
		await expect(prepareDataFolder(path)).rejects.toThrow(/KALENDS_DATA_DIR/);
	}
});

test.each(["$HOME", 'a"b', "a`b", "a\\b", "a\nb"])(
	"a data folder named %j is refused: pg_ctl hands it to a shell",
	async (name) => {
		await expect(prepareDataFolder(join(folder, name))).rejects.toThrow(/KALENDS_DATA_DIR/);
	},
);

test("a data folder behind a link to nowhere is refused in one sentence", async () => {
	const link = join(folder, "link");
	await symlink(join(folder, "nowhere"), link);
	await expect(prepareDataFolder(link)).rejects.toThrow(/KALENDS_DATA_DIR/);
	await expect(prepareDataFolder(join(link, "below"))).rejects.toThrow(/KALENDS_DATA_DIR/);
});
