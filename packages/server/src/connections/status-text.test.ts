import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { calendarText, connectingText, statusText } from "./status-text.ts";

const page = readFileSync(new URL("../../../../docs/errors.md", import.meta.url), "utf8");
/** Rows of two columns: the reasons for which a server refuses a change. */
const reasons = page
	.split("\n")
	.map((line) => /^\| `(\w+)` \| [A-Z][^|]+\. \|$/.exec(line)?.[1])
	.filter((reason) => reason !== undefined);

test("docs/errors.md has the reasons of refused changes", () => {
	expect(reasons).toEqual([
		"read_only",
		"not_the_organizer",
		"event_refused",
		"event_too_large",
		"too_many_guests",
		"date_out_of_range",
		"event_protected",
		"event_kind_restricted",
		"event_not_movable",
		"quota_exceeded",
		"uid_conflict",
		"storage_full",
		"already_exists",
		"changed_meanwhile",
	]);
});

test.each(reasons)("%s has words of its own, and says what to do", (reason) => {
	const text = statusText(reason, "caldav");
	expect(text).not.toEqual(statusText("internal", "caldav"));
	expect(text.fix).toMatch(/^[A-Z].{8,}\.$/);
});

test("a reason that nobody knows reads as a failure of our own", () => {
	expect(statusText("constructor", "caldav")).toEqual(statusText("internal", "caldav"));
});

test.each([
	"connection_lost",
	"timeout",
	"incomplete_answer",
	"malformed_answer",
	"server_error",
	"rate_limited",
	"sync_token_rejected",
	"resource_gone",
	"too_large",
	"address_not_found",
] as const)("%s while connecting promises no further try and speaks of nothing synced", (reason) => {
	for (const provider of ["caldav", "icloud", "ics"] as const) {
		const { detail, fix } = connectingText(reason, provider);
		expect(`${detail} ${fix}`).not.toMatch(/by itself|synced before|kept/);
		expect(fix).toMatch(/^[A-Z].{8,}\.$/);
	}
});

test("a webcal address without https is told what was tried and what to enter, and blames no certificate", () => {
	const { detail, fix } = connectingText("no_https", "ics");
	expect(detail).toMatch(/https/);
	expect(fix).toMatch(/http:\/\//);
	expect(detail).not.toMatch(/certificate/);
});

test("an address of another kind is told what it has to begin with, and nothing of private networks", () => {
	const { detail, fix } = connectingText("unsupported_scheme", "ics");
	expect(`${detail} ${fix}`).toMatch(/https.*http.*webcal/);
	expect(`${detail} ${fix}`).not.toMatch(/private|operator/);
});

test.each(["resource_gone", "access_denied"])(
	"%s of a calendar costs no account, and of a feed speaks of its address",
	(reason) => {
		for (const provider of ["caldav", "icloud", "google"] as const) {
			const { detail, fix } = calendarText(reason, provider);
			expect(fix).toMatch(/Ask its owner to share .* hide the calendar/);
			expect(`${detail} ${fix}`).not.toMatch(/feed|address|remove|connection/);
		}
		for (const text of [statusText(reason, "google"), statusText(reason, "icloud")]) {
			expect(`${text.detail} ${text.fix}`).not.toMatch(/feed|address|remove the connection/);
		}
		expect(calendarText(reason, "ics").fix).toMatch(/address/);
		expect(statusText(reason, "caldav").fix).not.toMatch(/feed|remove/);
	},
);
