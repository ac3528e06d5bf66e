import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalPath, collectionPath, isSameCollection, memberId, resolveLink, resolveMember } from "./href.ts";

const collection = new URL("https://dav.example.org:8443/cal/me%40x/work/");
const idOf = (href: string) => {
	const member = resolveMember(href, collection);
	return member === null ? null : memberId(member);
};

test.each([
	"/cal/me%40x/work/a%20b.ics",
	"/cal/me@x/work/a%20b.ics",
	"/cal//me%40x/work//a b.ics",
	"a%20b.ics",
	"https://dav.example.org:8443/cal/me@x/work/a b.ics",
	"http://dav.example.org/cal/me@x/work/a b.ics",
	"http://internal:8080/cal/me%40x/work/%61%20b.ics",
	"//cal/me%40x/work/a%20b.ics",
	"  /cal/me%40x/work/a%20b.ics\n",
])("%j is one and the same member", (href) => {
	expect(idOf(href)).toBe("/cal/me%40x/work/a%20b.ics");
	expect(resolveMember(href, collection)?.origin).toBe(collection.origin);
});

test("what differs stays different", () => {
	expect(idOf("a%2Fb.ics")).not.toBe(idOf("a/b.ics"));
	expect(idOf("a%2525.ics")).not.toBe(idOf("a%25.ics"));
	expect(idOf("A.ics")).not.toBe(idOf("a.ics"));
});

test("an href to elsewhere is no member", () => {
	expect(idOf("https://elsewhere.test/cal/other/a.ics")).toBeNull();
	expect(idOf("mailto:me@x")).toBeNull();
	expect(idOf("")).toBeNull();
	expect(idOf("http://[")).toBeNull();
});

test("a collection is known with and without its slash", () => {
	expect(isSameCollection(new URL("https://dav.example.org:8443/cal/me@x/work"), collection)).toBe(true);
	expect(collectionPath("/a")).toBe("/a/");
});

test("a link to plain http on the same host is read as https, and carries no user", () => {
	expect(resolveLink("http://dav.example.org/x", collection)?.href).toBe("https://dav.example.org:8443/x");
	expect(resolveLink("http://dav.example.org:81/x", collection)?.href).toBe("http://dav.example.org:81/x");
	expect(resolveLink("https://u:p@other.test/x#y", collection)?.href).toBe("https://other.test/x");
});

test("canonical form is stable for any path", () => {
	fc.assert(
		fc.property(fc.string({ unit: "binary" }), (path) => {
			const once = canonicalPath(path);
			expect(canonicalPath(once)).toBe(once);
		}),
	);
});
