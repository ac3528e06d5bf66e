import { afterEach, beforeEach, expect, test } from "vitest";
import { loadConfig } from "../config.ts";
import { createTestDataFolder, type TestDataFolder } from "../testing/data-folder.ts";
import { accessDatabase, type DatabaseAccess } from "./access.ts";
import { checkDatabase } from "./check.ts";
import { readServer } from "./embedded/cluster.ts";
import { placeCluster } from "./embedded/placement.ts";
import { openDatabase } from "./pool.ts";

let data: TestDataFolder;
const held: DatabaseAccess[] = [];

beforeEach(async () => {
	data = await createTestDataFolder();
});

afterEach(async () => {
	await Promise.all(held.splice(0).map((access) => access.release()));
	await data.remove();
});

async function access(options: Parameters<typeof accessDatabase>[1]): Promise<DatabaseAccess> {
	const taken = await accessDatabase(loadConfig({ KALENDS_DATA_DIR: data.path }), options);
	held.push(taken);
	return taken;
}

test("a data folder has one server, beside which commands may use the database", async () => {
	const server = await access({ owner: true });
	const command = await access({ owner: false });
	expect(command.url).toBe(server.url);
	await expect(access({ owner: true })).rejects.toMatchObject({
		code: "database_in_use",
		message: expect.stringContaining(data.path),
	});
	await server.release();
	const successor = await access({ owner: true });
	expect(successor.url).toBe(server.url);
});

test("the database comes back at the same address after it was killed, still owned", async () => {
	const recovered = Promise.withResolvers<void>();
	const server = await access({ owner: true, onRecovered: recovered.resolve, onLost: recovered.reject });
	const postmaster = await readServer(await placeCluster(data.path));
	process.kill(postmaster?.pid ?? 0, "SIGKILL");
	await recovered.promise;
	const { db, close } = openDatabase(server.url);
	await checkDatabase(db, server.url);
	await close();
	await expect(access({ owner: true })).rejects.toMatchObject({ code: "database_in_use" });
});
