import { expect, it } from "vitest";
import { identityOf } from "./discover.ts";

const ada = { account: "ada", suggestedName: "Ada", credentials: { username: "ada" }, settings: {}, calendars: [] };

it("an account's identity fits an index whatever it is made of, and tells accounts apart", () => {
	const endless = (end: string) =>
		identityOf({ ...ada, identity: `https://dav.example.com/${"p".repeat(9_000)}${end}` });
	expect(endless("a").length).toBeLessThan(100);
	expect(endless("a")).toBe(endless("a"));
	expect(endless("a")).not.toBe(endless("b"));
	expect(identityOf(ada)).not.toBe(identityOf({ ...ada, account: "bob" }));
});
