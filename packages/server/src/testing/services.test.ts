import { expect, test } from "vitest";
import { createTestServices } from "./services.ts";

test("test services have a migrated database of their own and a clock that moves only when told", async () => {
	const one = await createTestServices();
	const two = await createTestServices();
	try {
		const user = { id: one.services.newId("usr"), email: "a@example.com", name: "A" };
		await one.services.db.insertInto("users").values(user).execute();
		const count = ({ services }: typeof one) =>
			services.db
				.selectFrom("users")
				.select((eb) => eb.fn.countAll<number>().as("users"))
				.executeTakeFirstOrThrow();
		expect(await count(one)).toEqual({ users: 1 });
		expect(await count(two)).toEqual({ users: 0 });
		const before = one.services.now();
		one.clock.advance(1000);
		expect(one.services.now()).toBe(before + 1000);
		expect(two.services.now()).toBe(before);
	} finally {
		await one.close();
		await two.close();
	}
});

test("the log is kept in memory, with secrets redacted", async () => {
	const { services, logged, close } = await createTestServices();
	services.log.info(
		{ password: "hunter2", nested: { headers: { authorization: "Basic aGVsbG8=" } }, user: "ann" },
		"asking https://ann:hunter2@example.com/ with kal_0123456789abcdef",
	);
	const cause = new AggregateError([new Error("Bearer hunter2hunter2")], "all failed");
	const refused = new Error("refused by postgres://kalends:hunter2@db/kalends", { cause });
	services.log.error({ err: Object.assign(refused, { code: "28P01", client: { password: "hunter2" } }) }, "failed");
	await close();
	expect(JSON.stringify(logged)).not.toMatch(/hunter2|aGVsbG8|0123456789/);
	expect(logged[0]).toMatchObject({ level: "info", user: "ann", password: "[redacted]" });
	expect(logged[1]?.err).toEqual({
		type: "Error",
		code: "28P01",
		message: "refused by postgres://[redacted]@db/kalends",
		stack: expect.stringContaining("services.test.ts"),
		cause: expect.objectContaining({ message: "all failed", errors: [expect.objectContaining({ type: "Error" })] }),
	});
});
