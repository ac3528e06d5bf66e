import fc from "fast-check";
import { expect, test } from "vitest";
import { ADA, accessToken, stage } from "../testing/google-client.ts";

const sandbox = await stage();
const token = accessToken(sandbox, ADA);

const EVENT_MEMBERS = [
	...["start", "end", "recurrence", "attendees", "reminders", "conferenceData", "attachments", "extendedProperties"],
	...["status", "eventType", "source", "id", "iCalUID", "sequence", "colorId", "visibility", "summary", "organizer"],
	...["scope", "role", "timeMin", "timeMax", "items", "address", "type", "token", "expiration", "params", "timeZone"],
];
const LEAVES = [
	...["", "2026-12-05", "2026-12-05T09:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "2026-02-30"],
	...["RRULE:FREQ=DAILY", "RRULE:FREQ=SECONDLY", "EXDATE:20261205", "RDATE;VALUE=PERIOD:1/2", "Europe/Berlin"],
	...["primary", ADA, "default", "web_hook", "http://127.0.0.1:9/", "__proto__", "a=b", "owner", "none"],
];
const leaf = fc.oneof(fc.constantFrom<unknown>(...LEAVES), fc.boolean(), fc.integer(), fc.constant(null), fc.double());
const names = fc.constantFrom(
	...EVENT_MEMBERS,
	...[
		"date",
		"dateTime",
		"timeZone",
		"email",
		"overrides",
		"method",
		"minutes",
		"createRequest",
		"requestId",
		"private",
	],
);
const { body } = fc.letrec<{ body: object; value: unknown }>((tie) => ({
	value: fc.oneof({ maxDepth: 3 }, leaf, fc.array(tie("value"), { maxLength: 3 }), tie("body")),
	body: fc.dictionary(names, tie("value"), { maxKeys: 6 }),
}));
/** Good times, so that the rest is looked at. */
const times = fc.constantFrom(
	{},
	{ start: { date: "2026-12-05" }, end: { date: "2026-12-06" } },
	{ start: { dateTime: "2026-12-05T09:00:00Z", timeZone: "UTC" }, end: { dateTime: "2026-12-05T10:00:00Z" } },
);

const PATHS = [
	...["calendars/primary/events", "calendars/primary/events/import", "calendars/primary/events/known0001"],
	...["calendars/primary/events/known0001/instances", "calendars/primary/events/known0001/move"],
	...["calendars/primary/events/known0001_20261205T090000Z", "calendars/primary/events/watch", "calendars/primary"],
	...["calendars", "calendars/primary/acl", "calendars/primary/acl/default", "users/me/calendarList", "channels/stop"],
	...["users/me/calendarList/primary", "users/me/settings", "users/me/settings/locale", "freeBusy", "colors", "%E0%A4"],
];
const query = fc.dictionary(
	fc.constantFrom(
		...["timeMin", "timeMax", "updatedMin", "syncToken", "pageToken", "maxResults", "orderBy", "singleEvents", "q"],
		...["showDeleted", "fields", "eventTypes", "timeZone", "originalStart", "destination", "sendUpdates", "iCalUID"],
		...["conferenceDataVersion", "supportsAttachments", "maxAttendees", "privateExtendedProperty", "minAccessRole"],
	),
	fc.constantFrom("true", "false", "1", "2500", "-1", "startTime", "items(id)", "e30", ...LEAVES),
	{ maxKeys: 4 },
);

test("whatever is asked, the answer is Google's to give, and never a fault of the sandbox", {
	timeout: 120_000,
}, async () => {
	await fc.assert(
		fc.asyncProperty(
			fc.constantFrom("GET", "POST", "PUT", "PATCH", "DELETE"),
			fc.constantFrom(...PATHS),
			query,
			fc.tuple(times, body).map(([a, b]) => ({ id: "known0001", recurrence: ["RRULE:FREQ=DAILY"], ...a, ...b, ...a })),
			async (method, path, parameters, content) => {
				const url = `${sandbox.url}/calendar/v3/${path}?${new URLSearchParams(parameters)}`;
				const hasBody = method !== "GET" && method !== "DELETE";
				const answer = await fetch(url, {
					method,
					headers: { authorization: `Bearer ${token}` },
					...(hasBody ? { body: JSON.stringify(content) } : {}),
				});
				const text = await answer.text();
				expect({ status: answer.status < 500, text: answer.status < 500 ? "" : text }).toEqual({
					status: true,
					text: "",
				});
			},
		),
		{ numRuns: 400 },
	);
});
