import { expect, test } from "vitest";
import { answer } from "../testing/google/google-side.ts";
import { type Exchange, failureOfAnswer, meaningOf } from "./failure.ts";

const LIST: Exchange = { operation: "list_events", hasSyncToken: false };
const DELTA: Exchange = { operation: "list_events", hasSyncToken: true };
const CREATE: Exchange = { operation: "create" };
const UPDATE: Exchange = { operation: "update" };
const REMOVE: Exchange = { operation: "remove" };
const WATCH: Exchange = { operation: "watch" };

const MEANINGS: readonly (readonly [number, string, Exchange, string, string])[] = [
	[400, "invalid", LIST, "invalid", "refused"],
	[400, "invalid", UPDATE, "invalid", "event_refused"],
	[400, "eventTypeRestriction", UPDATE, "forbidden", "event_kind_restricted"],
	[400, "eventTypeRestriction", { operation: "move" }, "forbidden", "event_not_movable"],
	[400, "push.webhookUrlNotHttps", WATCH, "invalid", "push_unsupported"],
	[401, "authError", LIST, "auth_revoked", "grant_revoked"],
	[403, "rateLimitExceeded", LIST, "rate_limited", "rate_limited"],
	[403, "userRateLimitExceeded", LIST, "rate_limited", "rate_limited"],
	[429, "rateLimitExceeded", LIST, "rate_limited", "rate_limited"],
	[429, "", LIST, "rate_limited", "rate_limited"],
	[403, "quotaExceeded", CREATE, "rate_limited", "quota_exceeded"],
	[403, "forbiddenForNonOrganizer", UPDATE, "forbidden", "not_the_organizer"],
	[403, "insufficientPermissions", LIST, "scope_missing", "scope_not_granted"],
	[403, "ACCESS_TOKEN_SCOPE_INSUFFICIENT", LIST, "scope_missing", "scope_not_granted"],
	[403, "accessNotConfigured", LIST, "forbidden", "api_disabled"],
	[403, "forbidden", UPDATE, "forbidden", "read_only"],
	[403, "somethingNew", LIST, "forbidden", "access_denied"],
	[404, "notFound", UPDATE, "not_found", "resource_gone"],
	[409, "duplicate", CREATE, "precondition_failed", "already_exists"],
	[409, "", CREATE, "precondition_failed", "already_exists"],
	[409, "conflict", CREATE, "unavailable", "server_error"],
	[409, "", UPDATE, "unavailable", "server_error"],
	[410, "fullSyncRequired", DELTA, "cursor_expired", "sync_token_rejected"],
	[410, "updatedMinTooLongAgo", DELTA, "cursor_expired", "sync_token_rejected"],
	[410, "deleted", DELTA, "cursor_expired", "sync_token_rejected"],
	[410, "", DELTA, "cursor_expired", "sync_token_rejected"],
	[410, "deleted", REMOVE, "gone", "resource_gone"],
	[410, "", UPDATE, "gone", "resource_gone"],
	[412, "conditionNotMet", UPDATE, "precondition_failed", "changed_meanwhile"],
	[412, "", REMOVE, "precondition_failed", "changed_meanwhile"],
	[413, "", CREATE, "invalid", "event_too_large"],
	[500, "backendError", LIST, "unavailable", "server_error"],
	[503, "", CREATE, "unavailable", "server_error"],
	[302, "", LIST, "unavailable", "malformed_answer"],
	[418, "constructor", LIST, "invalid", "refused"],
];

test.each(MEANINGS)("%i %s to %o is %s, %s", (status, reason, exchange, kind, ours) => {
	expect(meaningOf({ status, reason, location: "" }, exchange).slice(0, 2)).toEqual([kind, ours]);
});

test("a sync token that is called invalid is one that is no longer known", () => {
	const error = { status: 400, reason: "invalid", location: "syncToken" };
	expect(meaningOf(error, DELTA)[0]).toBe("cursor_expired");
	expect(meaningOf(error, LIST)[0]).toBe("invalid");
});

const request = { method: "GET", url: new URL("https://google.example.com/calendar/v3/x") };
const judge = (status: number, body: unknown, headers = {}) =>
	failureOfAnswer(answer(request, status, body, headers), LIST, Date.parse("2026-01-01T00:00:00Z"));

test("the reason is read from both forms of an error, and never the message", async () => {
	const old = { error: { errors: [{ reason: "rateLimitExceeded" }], message: "userRateLimitExceeded" } };
	expect(await judge(403, old)).toMatchObject({ kind: "rate_limited" });
	const details = [{ "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: "SERVICE_DISABLED" }];
	expect(await judge(403, { error: { code: 403, details } })).toMatchObject({ reason: "api_disabled" });
	expect(await judge(403, { error: { message: "rateLimitExceeded" } })).toMatchObject({ reason: "access_denied" });
});

test.each([["<html>"], [[]], [{ error: "invalid_grant" }], [{ error: { errors: "x" } }], [null]])(
	"an error body of another kind (%o) leaves the status to say it",
	async (body) => {
		expect(await judge(503, body)).toMatchObject({ kind: "unavailable", status: 503 });
	},
);

test("Retry-After is passed on; a used-up quota rests for a while without it", async () => {
	expect(await judge(429, null, { "retry-after": "30" })).toMatchObject({ retryAfter: 30 });
	expect(await judge(429, null, { "retry-after": "Thu, 01 Jan 2026 00:01:00 GMT" })).toMatchObject({ retryAfter: 60 });
	expect((await judge(429, null)).retryAfter).toBeUndefined();
	const quota = { error: { errors: [{ reason: "quotaExceeded" }] } };
	expect(await judge(403, quota)).toMatchObject({ reason: "quota_exceeded", retryAfter: 900 });
});
