import type { Json, JsonObject } from "../json.ts";
import type { Account } from "../world/account.ts";
import type { Calendar } from "../world/calendar.ts";
import { createAccount, createCalendar, listCalendar, share } from "../world/create-account.ts";
import { accountOf, type World } from "../world/world.ts";
import { type Days, daysFrom } from "./days.ts";
import { inNameOf } from "./in-name-of.ts";

const ADA = "ada@example.com";
const GRACE = "grace@example.org";
const SAM = "sam@example.com";

/** What the demo's accounts are called; the first one is whom its calendars are about. */
const DEMO_ACCOUNTS = [
	{ email: ADA, name: "Ada Berg", timeZone: "Europe/Berlin", hostedDomain: "example.com" },
	{ email: GRACE, name: "Grace Kim", timeZone: "America/New_York" },
	{ email: SAM, name: "Sam Osei", timeZone: "Europe/London", hostedDomain: "example.com" },
] as const;

/**
 * People with believable weeks around the sandbox's time: series with exceptions, guests, Meet, all-day events, events
 * of Google's own types, a calendar that is shared for writing, one for reading, and one whose times alone are shown.
 */
export function seedDemo(world: World): void {
	const [ada, grace, sam] = DEMO_ACCOUNTS.map(
		(options) => accountOf(world, options.email) ?? createAccount(world, options),
	);
	if (ada === undefined || grace === undefined || sam === undefined) return;
	const now = world.clock.now();
	seedWork(world, ada, daysFrom(now, ada.timeZone));
	seedFamily(world, ada, daysFrom(now, ada.timeZone));
	seedTeam(world, sam, ada, daysFrom(now, sam.timeZone));
	seedGrace(world, grace, ada, daysFrom(now, grace.timeZone));
	seedHolidays(world, sam, [ada], daysFrom(now, sam.timeZone));
}

function add(world: World, account: Account, calendarId: string, event: JsonObject): string {
	const path = `calendars/${encodeURIComponent(calendarId)}/events?conferenceDataVersion=1&supportsAttachments=true`;
	const { id } = inNameOf(world, account, "POST", path, event);
	return typeof id === "string" ? id : "";
}

/** Changes one occurrence of a series, as somebody would by hand. */
function amend(world: World, account: Account, instanceId: string, change: JsonObject): void {
	inNameOf(world, account, "PATCH", `calendars/primary/events/${instanceId}?conferenceDataVersion=1`, change);
}

const answer = (email: string, responseStatus: string, displayName?: string): JsonObject => ({
	email,
	responseStatus,
	displayName,
});

function meet(code: string): JsonObject {
	const uri = `https://meet.google.com/${code}`;
	return {
		conferenceData: {
			conferenceId: code,
			conferenceSolution: { key: { type: "hangoutsMeet" }, name: "Google Meet" },
			entryPoints: [{ entryPointType: "video", uri, label: uri.slice("https://".length) }],
		},
	};
}

function seedWork(world: World, ada: Account, days: Days): void {
	const put = (event: JsonObject): string => add(world, ada, "primary", event);
	const self = answer(ADA, "accepted");
	const standUp = put({
		summary: "Stand-up",
		description: "Yesterday, today, what is in the way. Fifteen minutes.",
		...days.at(-56, "09:30", "09:45"),
		recurrence: ["RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"],
		attendees: [self, answer(SAM, "accepted", "Sam Osei"), answer("noor@example.com", "tentative", "Noor Haddad")],
		...meet("stq-rmnz-kfw"),
		reminders: { useDefault: false, overrides: [{ method: "popup", minutes: 5 }] },
	});
	amend(world, ada, `${standUp}_${days.instant(2, "09:30")}`, {
		...days.at(2, "11:15", "11:30"),
		summary: "Stand-up (after the plant visit)",
	});
	amend(world, ada, `${standUp}_${days.instant(10, "09:30")}`, { status: "cancelled" });
	put({
		summary: "1:1 with Sam",
		...days.at(-55, "14:00", "14:30"),
		recurrence: ["RRULE:FREQ=WEEKLY;INTERVAL=2"],
		attendees: [self, answer(SAM, "accepted", "Sam Osei")],
		...meet("bxc-tiwv-hpe"),
	});
	put({
		summary: "Sprint planning",
		location: "Room Orion, 3rd floor",
		...days.at(-56, "10:30", "12:00"),
		recurrence: [`RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=26`],
		attendees: [self, answer(SAM, "accepted", "Sam Osei"), answer("noor@example.com", "accepted", "Noor Haddad")],
		colorId: "9",
	});
	put({
		summary: "Design review: import flow",
		description:
			"<p>Please read the draft before.</p><ul><li>What happens when the file is half broken?</li><li>Who is told?</li></ul>",
		...days.at(2, "15:00", "16:00"),
		attendees: [
			self,
			answer("noor@example.com", "accepted", "Noor Haddad"),
			{ ...answer("li.wei@studio.example.net", "needsAction", "Li Wei"), optional: true },
		],
		attachments: [
			{
				fileUrl: "https://docs.google.com/document/d/1sandboxImportFlowDraft/edit",
				title: "Import flow, draft 3",
				mimeType: "application/vnd.google-apps.document",
			},
		],
		...meet("hgd-wqpa-uuz"),
	});
	put({
		summary: "Dentist",
		location: "Praxis Dr. Ohm, Torstr. 12",
		visibility: "private",
		...days.at(3, "08:00", "08:45"),
	});
	put({ summary: "Lunch with Noor", location: "Café Kafka", ...days.at(1, "12:15", "13:15"), colorId: "10" });
	put({ summary: "Plant visit", location: "Hall 4", ...days.at(2, "08:30", "11:00"), status: "tentative" });
	put({
		summary: "Focus: billing edge cases",
		eventType: "focusTime",
		...days.at(1, "15:00", "17:00"),
		focusTimeProperties: { autoDeclineMode: "declineNone", chatStatus: "doNotDisturb" },
	});
	put({
		summary: "Out of office",
		eventType: "outOfOffice",
		...days.at(4, "13:00", "18:00"),
		outOfOfficeProperties: {
			autoDeclineMode: "declineOnlyNewConflictingInvitations",
			declineMessage: "Back on Monday.",
		},
	});
	put({
		summary: "Home",
		eventType: "workingLocation",
		visibility: "public",
		transparency: "transparent",
		...days.allDay(3),
		workingLocationProperties: { type: "homeOffice", homeOffice: {} },
	});
	put({ summary: "CalConnect meeting", location: "Zürich", ...days.allDay(8, 3), transparency: "transparent" });
	put({
		summary: "Flight to New York",
		location: "BER",
		start: { ...timeOf(days.at(14, "10:20", "10:20")) },
		end: { dateTime: timeOf(days.at(14, "13:40", "13:40")).dateTime, timeZone: "America/New_York" },
	});
}

function timeOf(times: JsonObject): JsonObject {
	const start: Json | undefined = times.start;
	return typeof start === "object" && start !== null && !Array.isArray(start) ? (start as JsonObject) : {};
}

function seedFamily(world: World, ada: Account, days: Days): void {
	const family = createCalendar(world, ada, {
		id: "family-of-ada@group.calendar.google.com",
		summary: "Family",
		timeZone: ada.timeZone,
		createdBy: null,
		colorId: "16",
	});
	listCalendar(world, ada, family, { selected: true });
	const put = (event: JsonObject): string => add(world, ada, family.id, event);
	put({
		summary: "Pick up Mia",
		...days.at(-28, "16:15", "16:45"),
		recurrence: ["RRULE:FREQ=WEEKLY;BYDAY=MO,WE", `EXDATE;TZID=${ada.timeZone}:${localStamp(days, 7, "16:15")}`],
	});
	put({ summary: "Weekend at the lake", location: "Wandlitz", ...days.allDay(5, 2), transparency: "transparent" });
	put({ summary: "Parents’ evening", location: "School, room 12", ...days.at(1, "19:00", "20:30") });
	put({
		summary: "Mia’s birthday",
		...days.allDay(12),
		recurrence: ["RRULE:FREQ=YEARLY"],
		transparency: "transparent",
	});
}

/** `20261207T161500` */
function localStamp(days: Days, day: number, time: string): string {
	return String(timeOf(days.at(day, time, time)).dateTime).replaceAll(/[-:]/g, "");
}

function seedTeam(world: World, sam: Account, ada: Account, days: Days): void {
	const team = createCalendar(world, sam, {
		id: "team-orion@group.calendar.google.com",
		summary: "Team Orion",
		description: "What concerns all of us",
		timeZone: sam.timeZone,
		createdBy: null,
		colorId: "8",
	});
	open(world, team, ada, "writer");
	const put = (event: JsonObject): string => add(world, sam, team.id, event);
	put({ summary: "On call: Ada", ...days.allDay(0, 7), transparency: "transparent" });
	put({ summary: "On call: Sam", ...days.allDay(7, 7), transparency: "transparent" });
	put({ summary: "Release 2.4", ...days.allDay(3), description: "Cut at noon, out by four." });
	put({ summary: "Retrospective", ...days.at(4, "10:00", "11:00"), ...meet("rzk-ovtd-wme") });
	add(world, sam, "primary", {
		summary: "School run",
		...days.at(0, "08:00", "08:30"),
		recurrence: ["RRULE:FREQ=WEEKLY;BYDAY=MO,TU,TH"],
	});
}

/** Whose own calendar shows Ada when she is busy, and nothing else. */
function seedGrace(world: World, grace: Account, ada: Account, days: Days): void {
	const primary = world.calendars.get(grace.email);
	if (primary !== undefined) open(world, primary, ada, "freeBusyReader");
	const put = (event: JsonObject): string => add(world, grace, "primary", event);
	put({
		summary: "Board call",
		...days.at(-21, "09:00", "10:00"),
		recurrence: ["RRULE:FREQ=WEEKLY;BYDAY=TU"],
		visibility: "private",
	});
	put({ summary: "Hiring panel", ...days.at(3, "13:00", "15:00") });
	put({ summary: "Gym", ...days.at(-20, "07:00", "08:00"), recurrence: ["RRULE:FREQ=WEEKLY;BYDAY=MO,WE,FR"] });
	put({
		summary: "Quarterly numbers",
		description: "Numbers first, then what we make of them.",
		...days.at(3, "11:00", "12:00"),
		attendees: [answer(GRACE, "accepted", "Grace Kim"), answer(ADA, "needsAction", "Ada Berg")],
		...meet("qnp-ykds-vra"),
	});
}

function seedHolidays(world: World, owner: Account, readers: readonly Account[], days: Days): void {
	const holidays = createCalendar(world, owner, {
		id: "holidays@group.v.calendar.google.com",
		summary: "Company holidays",
		timeZone: "UTC",
		createdBy: null,
		colorId: "14",
	});
	// Google tells of no changes in such calendars.
	holidays.pushSupported = false;
	add(world, owner, holidays.id, { summary: "Company day", ...days.allDay(17), transparency: "transparent" });
	add(world, owner, holidays.id, { summary: "Office closed", ...days.allDay(-10), transparency: "transparent" });
	for (const reader of readers) open(world, holidays, reader, "reader");
}

function open(world: World, calendar: Calendar, reader: Account, role: "freeBusyReader" | "reader" | "writer"): void {
	share(world, calendar, reader.email, role);
	listCalendar(world, reader, calendar, { selected: true });
}
