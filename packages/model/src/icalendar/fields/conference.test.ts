import { expect, test } from "vitest";
import { readOne, rewritten, writtenLines } from "../testing/read-one.ts";

const MEET = "https://meet.google.com/abc-defg-hij";
const TEAMS = "https://teams.microsoft.com/l/meetup-join/19%3ameeting";
const PHONE = "CONFERENCE;VALUE=URI;FEATURE=PHONE,MODERATOR:tel:+1-412-555-0123,,,654321";

test.each([
	[[`CONFERENCE;VALUE=URI;FEATURE=VIDEO;LABEL="Join":https://chat.example.org/x`], "https://chat.example.org/x", null],
	[[`X-GOOGLE-CONFERENCE:${MEET}`], MEET, "google_meet"],
	[[`X-MICROSOFT-SKYPETEAMSMEETINGURL:${TEAMS}`], TEAMS, "microsoft_teams"],
	[["CONFERENCE:https://us02web.zoom.us/j/1"], "https://us02web.zoom.us/j/1", "zoom"],
	[[`X-GOOGLE-CONFERENCE:${MEET}`, PHONE], MEET, "google_meet"],
	[
		["CONFERENCE;FEATURE=CHAT:https://a.example/", "CONFERENCE;FEATURE=AUDIO,VIDEO:https://b.example/"],
		"https://b.example/",
		null,
	],
])("%j", (lines, url, provider) => expect(readOne(...lines).conference).toEqual({ url, provider }));

test("a telephone number alone, or another scheme, is no conference", () => {
	expect(readOne(PHONE).conference).toBeNull();
	expect(readOne("CONFERENCE:javascript:alert(1)").conference).toBeNull();
});

test("is written as CONFERENCE, with a provider that the address does not show", () => {
	expect(writtenLines({ ...readOne(), conference: { url: MEET, provider: "google_meet" } })).toContain(
		`CONFERENCE;FEATURE=AUDIO,VIDEO;VALUE=URI:${MEET}`,
	);
	expect(writtenLines({ ...readOne(), conference: { url: "https://a.example/", provider: "acme" } })).toContain(
		"CONFERENCE;FEATURE=AUDIO,VIDEO;VALUE=URI;X-PROVIDER=acme:https://a.example/",
	);
});

test("a change replaces the vendors' properties too and keeps the telephone number", () => {
	const names = ["CONFERENCE", "X-GOOGLE-CONFERENCE"];
	expect(rewritten(names, { conference: null }, `X-GOOGLE-CONFERENCE:${MEET}`, PHONE)).toEqual([PHONE]);
	expect(rewritten(names, { title: "new" }, `X-GOOGLE-CONFERENCE:${MEET}`, PHONE)).toEqual([
		`X-GOOGLE-CONFERENCE:${MEET}`,
		PHONE,
	]);
});
