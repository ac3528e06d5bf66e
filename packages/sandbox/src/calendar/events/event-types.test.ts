import type { calendar_v3 } from "@googleapis/calendar";
import { expect, test } from "vitest";
import { ADA, googleClient, refusal, stage, timed } from "../../testing/google-client.ts";
import { readContent } from "./read-content.ts";

const sandbox = await stage();
const { events, calendars } = googleClient(sandbox, ADA);
const calendarId = "primary";
const day = { start: { date: "2026-12-05" }, end: { date: "2026-12-06" } };

type Event = calendar_v3.Schema$Event;
const insert = (requestBody: Event) => events.insert({ calendarId, requestBody });

const FOCUS: Event = timed(5, {
	eventType: "focusTime",
	focusTimeProperties: { autoDeclineMode: "declineNone", chatStatus: "doNotDisturb" },
});
const AWAY: Event = timed(5, {
	eventType: "outOfOffice",
	outOfOfficeProperties: { autoDeclineMode: "declineAllConflictingInvitations" },
});
const PLACE: Event = {
	...day,
	eventType: "workingLocation",
	visibility: "public",
	transparency: "transparent",
	workingLocationProperties: { type: "homeOffice", homeOffice: {} },
};
const BIRTHDAY: Event = {
	...day,
	summary: "Ada's birthday",
	eventType: "birthday",
	visibility: "private",
	transparency: "transparent",
	recurrence: ["RRULE:FREQ=YEARLY"],
};

test.each([FOCUS, AWAY, PLACE, BIRTHDAY])("an event of type $eventType is made as Google wants it", async (body) => {
	const { id } = (await insert(body)).data;
	const { data } = await events.get({ calendarId, eventId: id ?? "", timeZone: "UTC" });
	expect(data).toMatchObject(body);
	const { eventType = "" } = body;
	const listed = await events.list({ calendarId, eventTypes: [eventType ?? ""] });
	expect(listed.data.items?.map(({ id }) => id)).toEqual([data.id]);
	const other = await calendars.insert({ requestBody: { summary: "Secondary" } });
	const elsewhere = { calendarId: other.data.id ?? "", requestBody: body };
	expect(await refusal(events.insert(elsewhere))).toBe("400 eventTypeRestriction");
	const move = { calendarId, eventId: data.id ?? "", destination: other.data.id ?? "" };
	expect(await refusal(events.move(move))).toBe("400 eventTypeRestriction");
	const change = { calendarId, eventId: data.id ?? "", requestBody: { eventType: "default" } };
	expect(await refusal(events.patch(change))).toBe("400 eventTypeRestriction");
});

test("an event that its type does not allow is refused", async () => {
	const guests = { attendees: [{ email: "guest@example.net" }] };
	const refused: readonly [Event, string][] = [
		[{ ...FOCUS, ...day }, "400 malformedFocusTimeEvent"],
		[{ ...AWAY, transparency: "transparent" }, "400 malformedOutOfOfficeEvent"],
		[{ ...AWAY, ...guests }, "400 eventTypeRestriction"],
		[{ ...PLACE, visibility: "private" }, "400 malformedWorkingLocationEvent"],
		[{ ...PLACE, end: { date: "2026-12-08" } }, "400 malformedWorkingLocationEvent"],
		[{ ...BIRTHDAY, recurrence: ["RRULE:FREQ=DAILY"] }, "400 malformedBirthdayEvent"],
		[{ ...BIRTHDAY, visibility: "public" }, "400 malformedBirthdayEvent"],
		[timed(5, { eventType: "fromGmail" }), "400 eventTypeRestriction"],
		[timed(5, { eventType: "party" }), "400 invalid"],
	];
	for (const [body, reason] of refused) expect(await refusal(insert(body))).toBe(reason);
});

test("of a birthday little can be changed, and of its instances nothing deleted", async () => {
	const { data } = await insert(BIRTHDAY);
	const at = { calendarId, eventId: data.id ?? "" };
	await events.patch({ ...at, requestBody: { summary: "Cake", colorId: "3" } });
	expect(await refusal(events.patch({ ...at, requestBody: { location: "Here" } }))).toBe("400 eventTypeRestriction");
	const instance = { calendarId, eventId: `${data.id}_20271205` };
	expect(await refusal(events.delete(instance))).toBe("400 eventTypeRestriction");
	await events.delete(at);
});

test("an event from Gmail and a locked one keep what they say", async () => {
	const calendar = sandbox.world.calendars.get(ADA);
	const abilities = { conferences: true, attachments: true, labels: true };
	const put = (id: string, more: object) =>
		calendar?.events.put({
			...readContent({ start: day.start, end: day.end, summary: "Flight" }, "UTC", null, abilities),
			...{ id, iCalUID: id, organizer: { email: ADA }, creator: { email: ADA }, sequence: 0, created: 0 },
			...more,
		});
	put("gmail0001", { eventType: "fromGmail" });
	put("locked001", { locked: true });
	const patch = (eventId: string, requestBody: Event) => events.patch({ calendarId, eventId, requestBody });
	await patch("gmail0001", { colorId: "2", visibility: "private" });
	expect(await refusal(patch("gmail0001", { summary: "Train" }))).toBe("400 eventTypeRestriction");
	expect((await patch("locked001", { colorId: "2" })).data.locked).toBe(true);
	expect(await refusal(patch("locked001", { summary: "Train" }))).toBe("403 forbidden");
});
