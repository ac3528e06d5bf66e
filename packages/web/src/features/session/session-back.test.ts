import { expect, test } from "vitest";
import { judgeSession } from "./session-back.ts";

test("a page goes on only for the person whose it is", () => {
	expect(judgeSession("ada", null)).toBe("none");
	expect(judgeSession("ada", { user: { id: "ada" } })).toBe("same");
	expect(judgeSession("ada", { user: { id: "grace" } })).toBe("other");
	expect(judgeSession(null, { user: { id: "grace" } })).toBe("other");
});
