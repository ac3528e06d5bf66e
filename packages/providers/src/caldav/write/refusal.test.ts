import { describe, expect, test } from "vitest";
import { answer, multistatus } from "../../testing/caldav/answers.ts";
import { failureOf } from "../../testing/caldav/connect-client.ts";
import { judgeDelete, judgePut } from "./put.ts";
import type { WriteExchange } from "./refusal.ts";

const collection = new URL("https://dav.example.org/cal/");
const url = new URL("a.ics", collection);
const NOW = Date.parse("2026-01-01T00:00:00Z");
const as = (operation: WriteExchange["operation"], asGuest = false): WriteExchange => ({
	method: operation === "remove" ? "DELETE" : "PUT",
	url,
	operation,
	asGuest,
});
const error = (name: string, rest = "") =>
	`<D:error xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:s="http://sabredav.org/ns"><${name}/>${rest}</D:error>`;
const put = (response: ReturnType<typeof answer>, exchange = as("update")) =>
	judgePut(response, collection, exchange, NOW);

describe("a refused PUT", () => {
	test.each([
		["C:valid-calendar-data", "invalid", "event_refused"],
		["C:valid-calendar-object-resource", "invalid", "event_refused"],
		["C:supported-calendar-data", "invalid", "event_refused"],
		["C:supported-calendar-component", "invalid", "event_refused"],
		["C:same-organizer-in-all-components", "invalid", "event_refused"],
		["C:allowed-organizer-scheduling-object-change", "invalid", "event_refused"],
		["C:allowed-attendee-scheduling-object-change", "forbidden", "not_the_organizer"],
		["C:no-uid-conflict", "invalid", "uid_conflict"],
		["C:unique-scheduling-object-resource", "invalid", "uid_conflict"],
		["C:max-resource-size", "invalid", "event_too_large"],
		["C:min-date-time", "invalid", "date_out_of_range"],
		["C:max-date-time", "invalid", "date_out_of_range"],
		["C:max-instances", "invalid", "date_out_of_range"],
		["C:max-attendees-per-instance", "invalid", "too_many_guests"],
		["D:need-privileges", "forbidden", "read_only"],
		["D:quota-not-exceeded", "invalid", "storage_full"],
	] as const)("for %s is %s, %s, however it is answered", async (name, kind, reason) => {
		const precondition = name.slice(2);
		for (const status of [403, 409, 412, 507]) {
			const failure = await failureOf(put(answer(status, error(name), {}, url.href)));
			expect(failure).toMatchObject({ kind, reason, precondition, status });
		}
		const wrapped = `<D:response><D:href>/cal/a.ics</D:href><D:status>HTTP/1.1 403 No</D:status>${error(name)}</D:response>`;
		const inside = await failureOf(put(answer(207, multistatus(wrapped), {}, url.href)));
		expect(inside).toMatchObject({ kind, reason, precondition, status: 403 });
	});

	test.each([
		[400, "invalid", "event_refused"],
		[403, "forbidden", "read_only"],
		[404, "not_found", "resource_gone"],
		[405, "forbidden", "read_only"],
		[409, "invalid", "event_refused"],
		[410, "gone", "resource_gone"],
		[412, "precondition_failed", "changed_meanwhile"],
		[413, "invalid", "event_too_large"],
		[415, "invalid", "event_refused"],
		[423, "unavailable", "server_error"],
		[429, "rate_limited", "rate_limited"],
		[500, "unavailable", "server_error"],
		[501, "forbidden", "read_only"],
		[503, "unavailable", "server_error"],
		[507, "invalid", "storage_full"],
	] as const)("with %i and no word is %s, %s", async (status, kind, reason) => {
		expect(await failureOf(put(answer(status)))).toMatchObject({ kind, reason, status });
	});

	test("of a new event: there is one", async () => {
		expect(await failureOf(put(answer(412), as("create")))).toMatchObject({ reason: "already_exists" });
	});

	test("of a guest: the meeting is its organizer's", async () => {
		expect(await failureOf(put(answer(403), as("update", true)))).toMatchObject({
			kind: "forbidden",
			reason: "not_the_organizer",
		});
		expect(await failureOf(put(answer(403, error("D:need-privileges")), as("update", true)))).toMatchObject({
			reason: "read_only",
		});
	});

	test("in sabre's words, which are told", async () => {
		const words = "<s:message>Deleted calendar object with uid already exists in this calendar collection.</s:message>";
		const failure = await failureOf(put(answer(400, error("s:exception", words))));
		expect(failure).toMatchObject({ kind: "invalid", reason: "uid_conflict" });
		expect(failure.message).toContain("Deleted calendar object");
	});

	test("says how long to wait", async () => {
		const failure = await failureOf(put(answer(503, "", { "retry-after": "120" })));
		expect(failure).toMatchObject({ kind: "unavailable", retryAfter: 120 });
	});

	test("a server's trouble is not taken for a refusal because of a word in it", async () => {
		expect(await failureOf(put(answer(500, error("C:max-resource-size"))))).toMatchObject({ kind: "unavailable" });
	});
});

describe("a PUT that succeeds", () => {
	const NONE = { etag: null, scheduleTag: null };
	test.each([
		["strong", 201, { etag: '"a"' }, { etag: '"a"', scheduleTag: null }],
		["strong, changed", 204, { etag: '"a"', "schedule-tag": '"s"' }, { etag: '"a"', scheduleTag: '"s"' }],
		["strong, with 200", 200, { etag: '"a"' }, { etag: '"a"', scheduleTag: null }],
		["none", 201, {}, NONE],
		["weak", 204, { etag: 'W/"a"' }, NONE],
		["without quotes", 204, { etag: "a" }, NONE],
		["empty", 204, { etag: '""' }, NONE],
		["marked by a proxy", 204, { etag: '"a-gzip"' }, NONE],
		["promised for later", 202, { etag: '"a"' }, NONE],
		["of a report about it", 303, { etag: '"a"', location: "/report" }, NONE],
	] as const)("etag %s", async (_, status, headers, stored) => {
		expect(await put(answer(status, "", headers, url.href))).toMatchObject(stored);
	});

	test("inside a multistatus", async () => {
		for (const content of [
			"",
			"<D:response><D:href>/cal/a.ics</D:href><D:status>HTTP/1.1 201 x</D:status></D:response>",
		]) {
			expect(await put(answer(207, multistatus(content), {}, url.href))).toEqual({ url, ...NONE });
		}
	});

	test("a refusal of something else inside the multistatus is none of it", async () => {
		const other = "<D:response><D:href>/cal/b.ics</D:href><D:status>HTTP/1.1 403 x</D:status></D:response>";
		expect(await put(answer(207, multistatus(other), {}, url.href))).toEqual({ url, ...NONE });
	});

	test.each([
		["/cal/b.ics", "https://dav.example.org/cal/b.ics"],
		["b.ics", "https://dav.example.org/cal/b.ics"],
		["/cal/a.ics", url.href],
		["/elsewhere/b.ics", url.href],
		["https://evil.example/b.ics", url.href],
		["https://evil.example/cal/b.ics", "https://dav.example.org/cal/b.ics"],
		["/cal/", url.href],
	])("Location %s is at %s", async (location, href) => {
		const stored = await put(answer(201, "", { location, etag: '"a"' }, url.href));
		expect(stored.url.href).toBe(href);
		expect(stored.etag).toBe(href === url.href ? '"a"' : null);
	});
});

describe("a DELETE", () => {
	test.each([200, 202, 204, 404, 410])("with %i is done", async (status) => {
		await judgeDelete(answer(status, "", {}, url.href), as("remove"), NOW);
	});

	test("inside a multistatus is done, gone, or refused", async () => {
		const inside = (status: number) =>
			answer(
				207,
				multistatus(`<D:response><D:href>/cal/a.ics</D:href><D:status>HTTP/1.1 ${status} x</D:status></D:response>`),
				{},
				url.href,
			);
		await judgeDelete(inside(204), as("remove"), NOW);
		await judgeDelete(inside(404), as("remove"), NOW);
		expect(await failureOf(judgeDelete(inside(403), as("remove"), NOW))).toMatchObject({ reason: "read_only" });
		expect(await failureOf(judgeDelete(inside(412), as("remove"), NOW))).toMatchObject({ reason: "changed_meanwhile" });
	});
});
