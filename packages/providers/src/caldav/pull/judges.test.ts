import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { answer, multistatus } from "../../testing/caldav/answers.ts";
import { judgeBodies, judgeGet } from "./bodies.ts";
import { applyChanges, compareEtags, mergeListings, unreported } from "./compare.ts";
import { judgeMembers, type Member } from "./members.ts";
import { judgeSync } from "./sync-collection.ts";

const now = 0;
const exchange = { method: "REPORT", url: new URL("https://dav.example.org/cal/") };
const status = (href: string, code: number, more = "") =>
	`<D:response><D:href>${href}</D:href><D:status>HTTP/1.1 ${code} X</D:status>${more}</D:response>`;
const found = (href: string, props: string) =>
	`<D:response><D:href>${href}</D:href><D:propstat><D:prop>${props}</D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>`;
const etag = (value: string) => `<D:getetag>${value}</D:getetag>`;
const error = (precondition: string) => `<D:error xmlns:D="DAV:"><D:${precondition}/></D:error>`;
const sync = (code: number, body = "") => judgeSync(answer(code, body), exchange, now);

describe("a sync-collection report", () => {
	test("tells changed, removed and the next token; the collection itself is no member", async () => {
		const body = multistatus(
			found("/cal/", etag('"self"')) +
				found("/cal/a.ics", etag('"1"')) +
				found("https://dav.example.org/cal/b.ics", "") +
				status("/cal/gone.ics", 404) +
				status("/cal/locked.ics", 423) +
				found("/cal/sub/", "") +
				"<D:sync-token>t2</D:sync-token>",
		);
		const page = await sync(207, body);
		if (page.type !== "page") throw new Error(page.type);
		expect([...page.changed.values()].map((member) => [member.id, member.etag])).toEqual([
			["/cal/a.ics", '"1"'],
			["/cal/b.ics", null],
			["/cal/locked.ics", null],
		]);
		expect([...page.removed]).toEqual(["/cal/gone.ics"]);
		expect(page).toMatchObject({ token: "t2", truncated: false });
	});

	test("a member whose path fits no index is none, so that it does not cost the others", async () => {
		const body = multistatus(`${found(`/cal/${"a".repeat(4_000)}.ics`, etag("1"))}${found("/cal/b.ics", etag("2"))}`);
		const page = await sync(207, body);
		if (page.type !== "page") throw new Error(page.type);
		expect([...page.changed.keys()]).toEqual(["/cal/b.ics"]);
	});

	test("507 on the collection means that there is more", async () => {
		const body = multistatus(`${found("/cal/a.ics", etag("1"))}${status("/cal", 507)}<D:sync-token>t2</D:sync-token>`);
		expect(await sync(207, body)).toMatchObject({ type: "page", truncated: true, token: "t2" });
	});

	test.each([400, 403, 409, 410, 412, 507])("valid-sync-token in a %i is a bad token", async (code) => {
		expect(await sync(code, error("valid-sync-token"))).toEqual({ type: "bad_token" });
	});

	test("so it is wrapped in the answer", async () => {
		const inside = "<D:error><D:valid-sync-token/></D:error>";
		expect(await sync(207, multistatus(status("/cal/", 403, inside)))).toEqual({ type: "bad_token" });
	});

	test.each([400, 403, 404, 405, 415, 501, 507])("a %i without it is for a PROPFIND to explain", async (code) => {
		expect(await sync(code, error("need-privileges"))).toMatchObject({
			type: "unsupported",
			failure: { status: code },
		});
	});

	test.each([
		[401, "auth_revoked"],
		[429, "rate_limited"],
		[503, "unavailable"],
	])("a %i is a failure, also where it is wrapped", async (code, kind) => {
		await expect(sync(code)).rejects.toMatchObject({ kind });
		await expect(sync(207, multistatus(status("/cal/", code)))).rejects.toMatchObject({ kind });
	});

	test("a token that is empty or missing is none", async () => {
		expect(await sync(207, multistatus("<D:sync-token> </D:sync-token>"))).toMatchObject({ token: null });
		expect(await sync(207, multistatus(""))).toMatchObject({ token: null });
	});
});

describe("a listing of etags", () => {
	test("has members only, whatever their own status", async () => {
		const folder = "<D:resourcetype><D:collection/></D:resourcetype>";
		const body = multistatus(
			found("/cal", etag("self")) +
				found("/cal/a.ics", `${etag("1")}<D:resourcetype/>`) +
				found("/cal/folder", folder) +
				status("/cal/gone.ics", 404) +
				status("/cal/odd.ics", 500),
		);
		const members = await judgeMembers(answer(207, body), exchange, now);
		expect([...members.keys()]).toEqual(["/cal/a.ics", "/cal/odd.ics"]);
	});

	test.each([401, 403, 404, 410, 503])("a %i of the calendar itself is thrown", async (code) => {
		await expect(judgeMembers(answer(207, multistatus(status("/cal/", code))), exchange, now)).rejects.toMatchObject({
			status: code,
		});
	});
});

describe("bodies", () => {
	test("a report yields bodies and the gone, and nothing for what it only half answers", async () => {
		const data = "<C:calendar-data>BEGIN:VCALENDAR</C:calendar-data>";
		const body = multistatus(
			found("/cal/a.ics", `${etag("1")}${data}<C:schedule-tag>s</C:schedule-tag>`) +
				found("/cal/b.ics", etag("1")) +
				found("/cal/c.ics", "<C:calendar-data> </C:calendar-data>") +
				status("/cal/d.ics", 404) +
				status("/cal/e.ics", 403),
		);
		expect(await Array.fromAsync(judgeBodies(answer(207, body), exchange, now))).toEqual([
			{ type: "body", id: "/cal/a.ics", text: "BEGIN:VCALENDAR", etag: "1", scheduleTag: "s" },
			{ type: "gone", id: "/cal/d.ics" },
		]);
	});

	const member: Member = { id: "/cal/a.ics", url: new URL("https://dav.example.org/cal/a.ics"), etag: '"1"' };
	const get = (code: number, headers: Record<string, string> = {}) =>
		judgeGet(answer(code, "text", headers), member, now);
	test("a GET yields the body under the listed etag, where only a proxy has marked it", async () => {
		expect(await get(200, { etag: '"1-gzip"' })).toMatchObject({ text: "text", etag: '"1"' });
		expect(await get(200, { etag: 'W/"1"' })).toMatchObject({ etag: '"1"' });
		expect(await get(200, { etag: '"2"', "schedule-tag": '"s"' })).toMatchObject({ etag: '"2"', scheduleTag: '"s"' });
	});

	test.each([
		[404, "gone"],
		[410, "gone"],
		[403, "withheld"],
		[500, "withheld"],
	])("a GET answered %i is %s", async (code, type) => {
		expect(await get(code)).toMatchObject({ type });
	});

	test.each([401, 429, 503])("a GET answered %i concerns the whole account", async (code) => {
		await expect(get(code)).rejects.toMatchObject({ status: code });
	});
});

describe("comparing", () => {
	const members = (entries: Readonly<Record<string, string | null>>) =>
		new Map(
			Object.entries(entries).map(([id, tag]) => [
				id,
				{ id, url: new URL(`https://x/${id}`), etag: tag } satisfies Member,
			]),
		);
	const changes = (changed: Readonly<Record<string, string>>, ...removed: readonly string[]) => ({
		type: "changes" as const,
		changed: members(changed),
		removed: new Set(removed),
		token: "t",
		complete: true,
	});

	test("every listed member is fetched or unchanged, and unchanged only at the known etag", () => {
		const tags = fc.dictionary(fc.constantFrom("a", "b", "c", "d", "e"), fc.option(fc.constantFrom("1", "2")));
		fc.assert(
			fc.property(tags, tags, (known, listed) => {
				const { toFetch, unchanged } = compareEtags(new Map(Object.entries(known)), members(listed));
				expect([...toFetch.map(({ id }) => id), ...unchanged].sort()).toEqual(Object.keys(listed).sort());
				for (const id of unchanged) expect(known[id]).toBe(listed[id]);
				for (const { id, etag: tag } of toFetch) expect(tag === null || tag !== known[id]).toBe(true);
			}),
		);
	});

	test("what could not be read at an etag is left alone until that moves", () => {
		const known = new Map([["a", "1"]]);
		expect(compareEtags(known, members({ a: "2" }), { a: "2" }).unchanged).toEqual(["a"]);
		expect(compareEtags(known, members({ a: "3" }), { a: "2" }).toFetch).toHaveLength(1);
		expect(compareEtags(new Map(), members({ a: "2" }), { a: "2" }).toFetch).toHaveLength(1);
	});

	test("differences that the report explains are not held against it", () => {
		const known = new Map([
			["same", "1"],
			["changed", "1"],
			["removed", "1"],
			["lost", "1"],
			["missed", "1"],
		]);
		const listed = members({ same: "1", changed: "2", added: "1", missed: "2", untagged: null });
		expect(unreported(known, listed, changes({ changed: "2", added: "1" }, "removed"), {})).toEqual(["missed", "lost"]);
		expect(
			unreported(known, listed, changes({ changed: "2", added: "1" }, "removed", "lost"), { missed: "2" }),
		).toEqual([]);
	});

	test("changes reported after a listing bring it up to date", () => {
		const merged = applyChanges(members({ a: "1", b: "1" }), changes({ a: "2", c: "1" }, "b"));
		expect([...merged.values()].map(({ id, etag: tag }) => [id, tag])).toEqual([
			["a", "2"],
			["c", "1"],
		]);
	});

	test("of two listings neither may delete alone, unless the second cannot be right", () => {
		const merged = mergeListings(members({ a: "1", b: "1" }), members({ a: "2", c: "1" }));
		expect([...(merged ?? [])].map(([id, { etag: tag }]) => [id, tag])).toEqual([
			["a", "2"],
			["c", null],
			["b", null],
		]);
		const many = members(Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`m${at}`, "1"])));
		expect(mergeListings(many, new Map())).toBeNull();
	});
});
