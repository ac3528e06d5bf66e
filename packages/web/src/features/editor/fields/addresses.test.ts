import { expect, it } from "vitest";
import { addressesIn } from "./addresses.ts";

it("reads a pasted list", () => {
	expect(addressesIn('Ann Lee <ann@example.org>; "Bob" <bob@example.org>,\ncy@example.org')).toEqual({
		addresses: [
			{ email: "ann@example.org", name: "Ann Lee" },
			{ email: "bob@example.org", name: "Bob" },
			{ email: "cy@example.org", name: null },
		],
		rest: "",
	});
});

it("keeps what is no address", () => {
	expect(addressesIn("ann, bob@localhost, a@b@c")).toEqual({
		addresses: [{ email: "bob@localhost", name: null }],
		rest: "ann, a@b@c",
	});
});
