import { googleProvider, type OAuthConsent } from "@kalends/providers";
import { describe, expect, test } from "vitest";
import { allowedScopes, assessGrant, requestedScopes } from "./scopes.ts";

const AUTH = "https://www.googleapis.com/auth/calendar";
const READ = [`${AUTH}.events.readonly`, `${AUTH}.calendarlist.readonly`];
const WRITE = [`${AUTH}.events`, `${AUTH}.calendarlist.readonly`];

function google(): OAuthConsent {
	const { consent } = googleProvider({ apiUrl: new URL("https://www.googleapis.com") });
	if (consent === undefined) throw new Error("Google asks for no consent");
	return consent;
}

describe("T4: the scopes of Google", () => {
	test("are these and no others", () => {
		expect(requestedScopes(google(), "read")).toEqual(["openid", "email", ...READ]);
		expect(requestedScopes(google(), "write")).toEqual(["openid", "email", ...WRITE]);
	});

	test("an earlier consent to writing lets no connection write that was made for reading", () => {
		const granted = ["openid", ...READ, ...WRITE, AUTH];
		const consent = assessGrant(google(), granted, "read");
		expect(consent).toEqual({ access: "read", missing: [] });
		expect(allowedScopes(google(), granted, consent.access)).toEqual([
			"openid",
			...READ,
			`${AUTH}.calendarlist.readonly`,
		]);
		expect(allowedScopes(google(), granted, "write")).toEqual(granted);
	});

	test("what is not granted is named as the consent page does", () => {
		expect(assessGrant(google(), ["openid", `${AUTH}.calendarlist.readonly`], "write")).toEqual({
			access: null,
			missing: ["View and edit events on all your calendars"],
		});
	});
});
