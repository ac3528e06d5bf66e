import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type CalendarBody, type ConnectionBody, type EventBody, type ListBody, listAll, sync } from "./support/api.ts";
import { openBrowser } from "./support/browser.ts";
import { ADA, connectGoogle, consent, startWithGoogle, type WithGoogle } from "./support/google.ts";
import { until } from "./support/until.ts";

// Longer than `until` is patient, so that what is waited for in vain is named.
vi.setConfig({ testTimeout: 240_000 });

/** In order: one person's way from the consent page to the day on which the consent is taken back. */
let both: WithGoogle;
let connection: string;

const ZONE = "Europe/Berlin";
/** The demo's week is the one that it is started in. */
const TODAY = Temporal.Now.plainDateISO(ZONE);
const MONDAY = TODAY.subtract({ days: TODAY.dayOfWeek - 1 });
const WEEK = `from=${MONDAY}&to=${MONDAY.add({ days: 7 })}&time_zone=${ZONE}`;
/** RFC 3339 with its offset. */
const at = (day: number, time: string): string =>
	MONDAY.add({ days: day })
		.toZonedDateTime({ timeZone: ZONE, plainTime: time })
		.toString({ timeZoneName: "never", smallestUnit: "second" });

beforeAll(async () => {
	both = await startWithGoogle({ seed: "demo" }, { env: { KALENDS_POLL_INTERVAL: "1" } });
	connection = await connectGoogle(both.kalends);
}, 240_000);
afterAll(() => both.stop());

const eventsOf = (query: string): Promise<EventBody[]> => listAll<EventBody>(both.kalends, `/v1/events?${query}`);

interface GoogleEvent {
	readonly id: string;
	readonly summary: string;
	readonly attendees?: readonly { readonly email: string }[];
}

test("the person chooses an account, allows, and finds the week there", async () => {
	const calendars = await listAll<CalendarBody & { access: string }>(both.kalends, "/v1/calendars");
	expect(Object.fromEntries(calendars.map(({ name, access }) => [name, access]))).toEqual({
		[ADA]: "owner",
		Family: "owner",
		"Team Orion": "write",
		"grace@example.org": "free_busy",
		"Company holidays": "read",
	});
	const week = await eventsOf(WEEK);
	const titles = week.map(({ title }) => title);
	expect(titles.filter((title) => title.startsWith("Stand-up"))).toHaveLength(5);
	expect(titles).toEqual(
		expect.arrayContaining(["Dentist", "Weekend at the lake", "Out of office", "Quarterly numbers"]),
	);
	const moved = week.find(({ title }) => title === "Stand-up (after the plant visit)");
	expect(moved?.start.date_time).toBe(at(2, "11:15"));
	// Of Grace's own calendar, when she is busy and nothing else.
	expect(titles).not.toContain("Board call");
});

test("an event that is made here is in Google with its guests", async () => {
	const made = await both.kalends.request<EventBody>("POST", "/v1/events", {
		title: "Coffee with Grace",
		start: { date_time: at(3, "10:00"), time_zone: ZONE },
		end: { date_time: at(3, "10:30"), time_zone: ZONE },
		participants: [{ email: "grace@example.org" }],
	});
	const { provider_event_id: id } = await untilWritten(made.id);
	const there = await both.inGoogle<GoogleEvent>("GET", `calendars/primary/events/${id}`);
	expect(there).toMatchObject({ summary: "Coffee with Grace", start: { dateTime: at(3, "10:00") } });
	expect(there.attendees?.map(({ email }) => email)).toContain("grace@example.org");
	const { items } = await both.inGoogle<{ items: GoogleEvent[] }>(
		"GET",
		"calendars/primary/events?q=Coffee",
		undefined,
		"grace@example.org",
	);
	expect(items.map(({ summary }) => summary)).toEqual(["Coffee with Grace"]);
});

test("what another client changes is here by a push message", async () => {
	await until("the calendar's channel to be open", async () => isWatched(ADA));
	const before = (await connectionBody()).last_push_at;
	await rename("Dentist", "Dentist (moved)");
	await until("the new title", async () => (await eventsOf(WEEK)).some(({ title }) => title === "Dentist (moved)"));
	// Polling may have been faster than the message.
	await until("the push message", async () => (await connectionBody()).last_push_at !== before);
});

test("with every message lost, polling finds it", async () => {
	await both.control("PATCH", "/settings", { push: { lossRate: 1 } });
	await rename("Lunch with Noor", "Lunch without Noor");
	await until("the new title", async () => (await eventsOf(WEEK)).some(({ title }) => title === "Lunch without Noor"));
	await both.control("PATCH", "/settings", { push: { lossRate: 0 } });
});

test("nothing changed costs one request for each calendar, and writes nothing", async () => {
	await sync(both.kalends, connection);
	const { last_seq } = await both.kalends.request<{ last_seq: number }>("GET", "/v1/changes?limit=1");
	// Five calendars, and their list. A sync that joins another, or is joined, does all of it once more.
	const run = await until("a sync that is none but its own", async () => {
		const run = await sync(both.kalends, connection);
		return run.requests === 6 && run;
	});
	expect(run).toMatchObject({ state: "done", created: 0, updated: 0, deleted: 0 });
	const after = await both.kalends.request<{ last_seq: number }>("GET", "/v1/changes?limit=1");
	expect(after.last_seq).toBe(last_seq);
});

test("sync tokens and access tokens that end are made good without the person", async () => {
	await both.control("POST", "/sync-tokens/expire", {});
	await both.control("POST", "/tokens/expire", {});
	await rename("Dentist (moved)", "Dentist");
	await sync(both.kalends, connection);
	expect((await eventsOf(WEEK)).some(({ title }) => title === "Dentist")).toBe(true);
	expect(await verified()).toBe(true);
});

test("a box that is not ticked leaves the connection limited and says which one", async () => {
	const untick = ["https://www.googleapis.com/auth/calendar.events"];
	const page = await consent(both.kalends, { email: "sam@example.com", untick });
	expect(page.html).toContain("View and edit events on all your calendars");
	const { data } = await both.kalends.request<ListBody<ConnectionBody & { account: string }>>("GET", "/v1/connections");
	const limited = data.find(({ account }) => account === "sam@example.com");
	expect(limited).toMatchObject({ status: "limited" });
	expect(limited?.status_detail).toContain("View and edit events on all your calendars");
});

test("the person can say no, and nothing is connected", async () => {
	const page = await consent(both.kalends, { email: "grace@example.org", cancel: true });
	expect(page.status).toBeGreaterThanOrEqual(400);
	const { data } = await both.kalends.request<ListBody<ConnectionBody & { account: string }>>("GET", "/v1/connections");
	expect(data.map(({ account }) => account)).not.toContain("grace@example.org");
});

test("a redirect URI that is not registered ends on Google's own page", async () => {
	const url = new URL(`${both.google.url}/o/oauth2/v2/auth`);
	url.search = new URLSearchParams({
		client_id: "sandbox.apps.googleusercontent.com",
		redirect_uri: `${both.kalends.url}/connect/google/callback/`,
		response_type: "code",
		scope: "openid",
	}).toString();
	const page = await openBrowser().open(url);
	expect([page.status, page.title]).toEqual([400, "Error 400: redirect_uri_mismatch"]);
});

test("between two of her calendars Google moves an event itself, though the answer is lost; its guests hear nothing", async () => {
	const family = await calendarId("Family");
	const made = await both.kalends.request<EventBody & Written>("POST", "/v1/events", {
		title: "Picnic",
		start: { date_time: at(5, "12:00"), time_zone: ZONE },
		end: { date_time: at(5, "14:00"), time_zone: ZONE },
		participants: [{ email: "grace@example.org" }],
	});
	const { provider_event_id: id } = await untilWritten(made.id);
	const told = both.google.world.mails.length;
	await both.control("POST", "/faults", { kind: "lose_answer", method: "POST", path: "/move", count: 1 });
	const moved = await both.kalends.request<EventBody>("PATCH", `/v1/events/${made.id}`, { calendar_id: family });
	expect(await untilWritten(moved.id)).toMatchObject({
		provider_event_id: id,
		ical_uid: made.ical_uid,
		calendar_id: family,
	});
	const { items } = await both.inGoogle<{ items: GoogleEvent[] }>("GET", "users/me/calendarList");
	const place = items.find(({ summary }) => summary === "Family")?.id ?? "";
	const there = await both.inGoogle<GoogleEvent>("GET", `calendars/${encodeURIComponent(place)}/events/${id}`);
	expect(there.attendees?.map(({ email }) => email)).toContain("grace@example.org");
	expect(both.google.world.mails.slice(told).map(({ to, kind }) => `${kind} ${to}`)).toEqual([]);
	await sync(both.kalends, connection);
	expect((await eventsOf(WEEK)).filter(({ title }) => title === "Picnic").map((event) => event.id)).toEqual([moved.id]);
	expect(await verified()).toBe(true);
});

test("what Google does not move stays where it is, and says why", async () => {
	const out = (await eventsOf(WEEK)).find(({ title }) => title === "Out of office");
	if (out === undefined) throw new Error("nobody is out of office");
	const answer = await both.kalends.fetch("PATCH", `/v1/events/${out.id}`, { calendar_id: await calendarId("Family") });
	expect([answer.status, await answer.json()]).toMatchObject([422, { event_id: out.id, reason: "event_not_movable" }]);
	const stays = async () => (await eventsOf(WEEK)).filter(({ title }) => title === "Out of office");
	expect(await stays()).toMatchObject([{ id: out.id, calendar_id: out.calendar_id, sync: { state: "failed" } }]);
	await both.kalends.request("POST", `/v1/events/${out.id}/sync`, { action: "discard" });
	expect(await stays()).toMatchObject([{ id: out.id, sync: { state: "synced" } }]);
	expect(await verified()).toBe(true);
});

test.each([
	[400, "invalid"],
	[403, "forbidden"],
])("a series whose new part Google refuses by %i is put back there and here", async (status, reason) => {
	const title = `Choir ${status}`;
	const made = await both.kalends.request<EventBody>("POST", "/v1/events", {
		title,
		start: { date_time: at(0, "18:00"), time_zone: ZONE },
		end: { date_time: at(0, "19:00"), time_zone: ZONE },
		recurrence: ["RRULE:FREQ=DAILY;COUNT=6"],
	});
	await untilWritten(made.id);
	// On either side of the cut, one that does not take place.
	for (const day of [1, 4]) {
		const slot = Temporal.Instant.from(at(day, "18:00")).toString().replaceAll(/[-:]/g, "");
		await both.kalends.request("DELETE", `/v1/events/${made.id}.${slot}?scope=this`);
	}
	await untilWritten(made.id);
	const before = await eventsOf(WEEK);
	const occurrence = before.filter((event) => event.title === title).at(2);
	if (occurrence === undefined) throw new Error("the week has no such series");
	const rules = async () => {
		const { items } = await both.inGoogle<{ items: (GoogleEvent & { recurrence?: string[] })[] }>(
			"GET",
			`calendars/primary/events?q=${encodeURIComponent(title)}`,
		);
		return items.flatMap(({ recurrence }) => recurrence ?? []);
	};
	const rulesBefore = await rules();
	await both.control("POST", "/faults", { kind: "status", status, reason, method: "POST", path: "/events" });
	const answer = await both.kalends.fetch("PATCH", `/v1/events/${occurrence.id}?scope=following`, { title: "Refused" });
	await both.control("DELETE", "/faults");
	expect(answer.status).toBe(422);
	expect(await answer.json()).toMatchObject({ code: "provider_refused" });
	await until("the series to be whole in Google", async () => `${await rules()}` === `${rulesBefore}`);
	await sync(both.kalends, connection);
	const shown = ({ id, title, start }: EventBody) => ({ id, title, start });
	expect((await eventsOf(WEEK)).map(shown)).toEqual(before.map(shown));
	expect(await verified()).toBe(true);
});

test("a consent that is taken back at Google asks the person to sign in again, and keeps what is here", async () => {
	const before = (await eventsOf(WEEK)).length;
	await both.control("POST", "/consents/revoke", { account: ADA });
	await both.kalends.fetch("POST", `/v1/connections/${connection}/sync?wait=true`);
	await until("reauth_required", async () => (await connectionBody()).status === "reauth_required");
	expect((await eventsOf(WEEK)).length).toBe(before);
	expect(await connectGoogle(both.kalends)).toBe(connection);
	// While it syncs again it says so.
	await until("the connection to work again", async () => (await connectionBody()).status === "active");
});

test("disconnecting gives the consent back", async () => {
	await both.kalends.request("DELETE", `/v1/connections/${connection}`);
	const hers = [...both.google.world.oauth.grants.values()].filter(({ email }) => email === ADA);
	expect(hers).toEqual([]);
	expect((await eventsOf(WEEK)).every((event) => "connection_id" in event && event.connection_id !== connection)).toBe(
		true,
	);
});

/** Are its events told of? */
const isWatched = (calendarId: string) =>
	[...both.google.world.channels.values()].some(
		({ watched }) => watched.type === "events" && watched.calendarId === calendarId,
	);

interface Written {
	readonly provider_event_id: string;
	readonly sync: { readonly state: string };
}

/** Where the machine is busy, a request may be answered before Google has. */
const untilWritten = (id: string) =>
	until(`${id} to be in Google`, async () => {
		const event = await both.kalends.request<EventBody & Written>("GET", `/v1/events/${id}`);
		return event.sync.state === "synced" && event;
	});

async function calendarId(name: string): Promise<string> {
	const calendars = await listAll<CalendarBody>(both.kalends, "/v1/calendars");
	const found = calendars.find((calendar) => calendar.name === name);
	if (found === undefined) throw new Error(`there is no calendar ${name}`);
	return found.id;
}

async function rename(from: string, to: string): Promise<void> {
	const query = encodeURIComponent(from);
	const { items } = await both.inGoogle<{ items: GoogleEvent[] }>("GET", `calendars/primary/events?q=${query}`);
	const event = items.find(({ summary }) => summary === from);
	if (event === undefined) throw new Error(`there is no ${from} in Google`);
	await both.inGoogle("PATCH", `calendars/primary/events/${event.id}`, { summary: to });
}

const connectionBody = () =>
	both.kalends.request<ConnectionBody & { last_push_at: string | null }>("GET", `/v1/connections/${connection}`);

async function verified(): Promise<boolean> {
	const { exitCode, stdout } = await both.kalends.command("verify", connection);
	if (exitCode !== 0) throw new Error(stdout);
	return true;
}
