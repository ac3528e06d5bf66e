import { expect, test } from "vitest";
import type { HttpResponse } from "../port/http.ts";
import { answer } from "../testing/google/google-side.ts";
import { judgeDone, judgeEvent, judgePage } from "./exchange.ts";

const LIST = { operation: "list_events" } as const;
const request = { method: "GET", url: new URL("https://google.example.com/calendar/v3/x") };
const ok = (body: unknown) => answer(request, 200, body);
const text = (body: string): HttpResponse => ({ ...ok(null), text: async () => body });

test("pages may be short or empty, and the token for the next sync is on the last one alone", async () => {
	expect(await judgePage(ok({ items: [], nextPageToken: "p2", nextSyncToken: "early" }), LIST, 0)).toEqual({
		items: [],
		nextPageToken: "p2",
		nextSyncToken: null,
	});
	expect(await judgePage(ok({ nextSyncToken: "s" }), LIST, 0)).toEqual({
		items: [],
		nextPageToken: null,
		nextSyncToken: "s",
	});
	expect(await judgePage(ok({ items: [1], nextPageToken: "" }), LIST, 0)).toMatchObject({
		nextPageToken: null,
		nextSyncToken: null,
	});
});

test.each([
	['{"items":[{"id":"a"', "incomplete_answer"],
	["", "incomplete_answer"],
	["<html></html>", "incomplete_answer"],
	["[]", "malformed_answer"],
	['{"items":{}}', "malformed_answer"],
])("%s is no page", async (body, reason) => {
	await expect(judgePage(text(body), LIST, 0)).rejects.toMatchObject({ kind: "unavailable", reason });
});

test("a page that leads to itself is none, as such a list would never end", async () => {
	const url = new URL("?pageToken=p2", request.url);
	const page = (body: unknown) => judgePage(answer({ ...request, url }, 200, body), LIST, 0);
	expect(await page({ nextPageToken: "p3" })).toMatchObject({ nextPageToken: "p3" });
	await expect(page({ nextPageToken: "p2" })).rejects.toMatchObject({ reason: "malformed_answer" });
});

test("an event has an id", async () => {
	expect(await judgeEvent(ok({ id: "a" }), LIST, 0)).toEqual({ id: "a" });
	await expect(judgeEvent(ok({ summary: "x" }), LIST, 0)).rejects.toMatchObject({ reason: "malformed_answer" });
	await expect(judgeEvent(answer(request, 404, null), LIST, 0)).rejects.toMatchObject({ kind: "not_found" });
});

test("of an answer whose body says nothing the status counts", async () => {
	await judgeDone(answer(request, 204, null), LIST, 0);
	await expect(judgeDone(answer(request, 500, null), LIST, 0)).rejects.toMatchObject({ kind: "unavailable" });
});
