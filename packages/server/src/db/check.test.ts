import { expect, test } from "vitest";
import { checkDatabase, refusalOf } from "./check.ts";
import { openDatabase } from "./pool.ts";

const GOOD = { number: 150004, version: "15.4", fsync: "on", synchronous_commit: "on" };

test("PostgreSQL 15 and later will do, as durable as they are by default", () => {
	expect(refusalOf(GOOD)).toBeNull();
	expect(refusalOf({ ...GOOD, synchronous_commit: "remote_apply" })).toBeNull();
});

test("an older server is refused", () => {
	expect(refusalOf({ ...GOOD, number: 140012, version: "14.12" })).toMatchObject({
		code: "database_too_old",
		message: expect.stringContaining("PostgreSQL 14.12"),
	});
});

test.each(["fsync", "synchronous_commit"])("%s = off is refused", (setting) => {
	expect(refusalOf({ ...GOOD, [setting]: "off" })).toMatchObject({
		code: "database_unsafe",
		message: expect.stringContaining(`${setting} = off`),
	});
});

test("an unreachable server is named, its password is not", async () => {
	const url = "postgres://ann:hunter2@127.0.0.1:1/kalends";
	const { db, close } = openDatabase(url);
	const refused = await checkDatabase(db, url).catch((error: unknown) => error);
	await close();
	expect(refused).toMatchObject({
		code: "database_unreachable",
		message: expect.stringContaining("127.0.0.1:1/kalends"),
	});
	expect(String(refused)).not.toContain("hunter2");
});
