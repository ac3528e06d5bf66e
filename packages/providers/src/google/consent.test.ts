import { expect, test } from "vitest";
import { CONSENT } from "./consent.ts";

const scope = (name: string) => `https://www.googleapis.com/auth/${name}`;
const READ = [scope("calendar.events.readonly"), scope("calendar.calendarlist.readonly")];
const WRITE = [scope("calendar.events"), scope("calendar.calendarlist.readonly")];

test("asks for the least that each access takes, and for a lasting consent", () => {
	expect(CONSENT.scopes).toEqual({ read: READ, write: WRITE });
	expect(CONSENT.parameters).toEqual({ access_type: "offline", include_granted_scopes: "true", prompt: "consent" });
});

test("all that was asked for", () => {
	expect(CONSENT.assess(["openid", ...READ], "read")).toEqual({ access: "read", missing: [] });
	expect(CONSENT.assess(["openid", ...WRITE], "write")).toEqual({ access: "write", missing: [] });
});

test("more than was asked for, from earlier consents", () => {
	expect(CONSENT.assess([...READ, ...WRITE], "read")).toEqual({ access: "write", missing: [] });
	expect(CONSENT.assess([scope("calendar")], "write")).toEqual({ access: "write", missing: [] });
	expect(CONSENT.assess([scope("calendar.readonly")], "read")).toEqual({ access: "read", missing: [] });
});

test("an unticked box is named as the person saw it", () => {
	expect(CONSENT.assess([scope("calendar.calendarlist.readonly")], "write")).toEqual({
		access: null,
		missing: [{ scope: scope("calendar.events"), label: "View and edit events on all your calendars" }],
	});
	expect(CONSENT.assess([scope("calendar.events")], "write")).toMatchObject({
		access: null,
		missing: [{ scope: scope("calendar.calendarlist.readonly") }],
	});
	expect(CONSENT.assess([], "read").missing).toHaveLength(2);
	expect(CONSENT.assess(READ, "write")).toMatchObject({
		access: "read",
		missing: [{ scope: scope("calendar.events") }],
	});
});
