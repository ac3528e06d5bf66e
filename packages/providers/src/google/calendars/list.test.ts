import { expect, test } from "vitest";
import { answer } from "../../testing/google/google-side.ts";
import { GoogleClient, provider } from "../testing/client.ts";
import { toRemoteCalendar } from "./calendar.ts";

const ENTRY = {
	id: "me@example.com",
	summary: "me@example.com",
	summaryOverride: "Mine",
	backgroundColor: "#9A9CFF",
	timeZone: "europe/berlin",
	accessRole: "owner",
	primary: true,
	defaultReminders: [{ method: "email", minutes: 30 }],
};

test("a calendar of the list", () => {
	expect(toRemoteCalendar(ENTRY, undefined)).toEqual({
		id: "me@example.com",
		name: "Mine",
		color: "#9a9cff",
		timeZone: "Europe/Berlin",
		access: "owner",
		primary: true,
		sendsInvitations: true,
		version: null,
		defaultReminders: [{ method: "email", minutes: 30 }],
		settings: {},
	});
	expect(
		toRemoteCalendar({ id: "x", hidden: true, backgroundColor: "red", timeZone: "Mars" }, undefined),
	).toMatchObject({
		name: "x",
		color: null,
		timeZone: null,
		access: "read",
		primary: false,
		hidden: true,
	});
});

test.each([
	["freeBusyReader", "free_busy", "free_busy"],
	["reader", "read", "read"],
	["writerWithoutPrivateAccess", "write", "read"],
	["writer", "write", "read"],
	["owner", "owner", "read"],
	["somethingNew", "read", "read"],
])("role %s is %s, and %s where only reading was granted", (accessRole, access, readOnly) => {
	expect(toRemoteCalendar({ ...ENTRY, accessRole }, undefined).access).toBe(access);
	const scopes = ["https://www.googleapis.com/auth/calendar.events.readonly"];
	expect(toRemoteCalendar({ ...ENTRY, accessRole }, scopes).access).toBe(readOnly);
	expect(toRemoteCalendar({ ...ENTRY, accessRole }, ["https://www.googleapis.com/auth/calendar"]).access).toBe(access);
});

test("without a role the account's own calendar is its own, and others are read", () => {
	const { accessRole: _, ...entry } = ENTRY;
	expect(toRemoteCalendar({ ...entry, primary: true }, undefined).access).toBe("owner");
	expect(toRemoteCalendar({ ...entry, primary: false }, undefined).access).toBe("read");
});

test("pages are followed, deleted calendars left out, and the primary one names the account", async () => {
	const client = new GoogleClient();
	client.instead = (request) => {
		const items = [
			{ id: "shared", deleted: true },
			{ id: "team", summary: "Team" },
		];
		return request.url.searchParams.has("pageToken")
			? answer(request, 200, { items: [ENTRY, 5, {}] })
			: answer(request, 200, { items, nextPageToken: "2" });
	};
	const found = await provider.connect({}, client.context);
	expect(found).toMatchObject({
		account: "me@example.com",
		suggestedName: "me@example.com",
		credentials: {},
		settings: {},
	});
	expect(found.calendars.map(({ id }) => id)).toEqual(["team", "me@example.com"]);
	expect(client.asked).toMatchObject([
		{ path: "users/me/calendarList", query: { showHidden: "true" } },
		{ path: "users/me/calendarList", query: { showHidden: "true", pageToken: "2" } },
	]);
});
