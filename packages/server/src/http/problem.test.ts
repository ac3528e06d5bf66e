import pg from "pg";
import { expect, test } from "vitest";
import { toProblem } from "./problem.ts";

const codeOf = (error: unknown) => toProblem(error, { body: 1 }).code;

test("a database that is away is no fault of the server's, however the driver says it", async () => {
	const refused = await new pg.Client({ host: "127.0.0.1", port: 1 }).connect().catch((error: unknown) => error);
	const disk = Object.assign(new Error("No space left on device"), { severity: "ERROR", code: "53100" });
	for (const error of [refused, disk, new Error("Connection terminated unexpectedly")]) {
		expect(codeOf(error)).toBe("unavailable");
		expect(toProblem(error, { body: 1 }).retryAfter).toBeGreaterThan(0);
	}
});

test("anything unknown is internal", () => {
	expect(codeOf(new TypeError("undefined is not a function"))).toBe("internal");
	expect(codeOf(Object.assign(new Error("no such file"), { code: "ENOENT", syscall: "open" }))).toBe("internal");
	expect(codeOf(null)).toBe("internal");
});
