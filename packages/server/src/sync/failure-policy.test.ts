import { ProviderFailure, type ProviderFailureKind, type ProviderFailureReason } from "@kalends/providers";
import { describe, expect, it } from "vitest";
import { ERROR_CATALOGUE } from "../http/errors.ts";
import { connectCode, judgeFailure } from "./failure-policy.ts";

const fail = (kind: ProviderFailureKind, reason: ProviderFailureReason, retryAfter?: number) =>
	new ProviderFailure(kind, { reason, message: "it failed", ...(retryAfter === undefined ? {} : { retryAfter }) });

const NOW = 1_000_000;
const judge = (error: unknown, failures = 0, random = 0, reason: string | null = null) => {
	const judged = judgeFailure(error, { failures, reason, now: NOW, random: () => random });
	return { ...judged, seconds: judged.retryAt === null ? null : (judged.retryAt - NOW) / 1000 };
};

describe("a failure while syncing", () => {
	it.each([
		["auth_revoked", "wrong_credentials", "reauth_required", true, null],
		["scope_missing", "access_denied", "limited", true, null],
		["rate_limited", "rate_limited", "active", true, 45],
		["unavailable", "timeout", "error", false, 22.5],
		["unavailable", "connection_refused", "error", true, 22.5],
		["invalid", "malformed_answer", "error", false, 22.5],
		["not_found", "address_not_found", "error", true, 225],
		["gone", "resource_gone", "error", false, 225],
	] as const)("%s, %s: %s", (kind, reason, status, stopsConnection, seconds) => {
		expect(judge(fail(kind, reason))).toMatchObject({
			kind,
			reason,
			status,
			stopsConnection,
			seconds,
			notBefore: null,
		});
	});

	it("waits longer from try to try, up to a quarter of an hour", () => {
		const waits = [0, 1, 2, 5, 50].map(
			(failures) => judge(fail("unavailable", "timeout"), failures, 1, "timeout").seconds,
		);
		expect(waits).toEqual([30, 60, 120, 900, 900]);
	});

	it("counts anew where the reason is another", () => {
		expect(judge(fail("gone", "resource_gone"), 40, 1, "timeout")).toMatchObject({ failures: 1, seconds: 300 });
	});

	it("gives up on what is gone for good after some tries", () => {
		expect(judge(fail("gone", "resource_gone"), 4, 0, "resource_gone").retryAt).not.toBeNull();
		expect(judge(fail("gone", "resource_gone"), 5, 0, "resource_gone").retryAt).toBeNull();
	});

	it("never comes back before Retry-After, and leaves the whole account alone until then", () => {
		const judged = judge(fail("unavailable", "server_error", 7_200));
		expect(judged).toMatchObject({ seconds: 7_200, notBefore: NOW + 7_200_000, stopsConnection: true });
	});

	it("takes what is no provider's failure for a fault of our own, and tries again", () => {
		expect(judge(new TypeError("undefined is not a function"))).toMatchObject({
			reason: "internal",
			status: "error",
			seconds: 22.5,
		});
	});
});

describe("a failure while connecting", () => {
	it.each([
		["wrong_credentials", 400],
		["address_not_found", 400],
		["address_blocked", 400],
		["tls_failure", 422],
		["timeout", 422],
		["not_caldav", 422],
		["server_error", 422],
		["rate_limited", 422],
	] as const)("%s is answered %i", (reason, status) => {
		expect(ERROR_CATALOGUE[connectCode(fail("unavailable", reason))].status).toBe(status);
	});
});
