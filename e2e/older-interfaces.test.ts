import { afterAll, beforeAll, expect, test } from "vitest";
import { type ConnectionBody, type ListBody, untilSynced } from "./support/api.ts";
import { type Browser, openBrowser, type Page } from "./support/browser.ts";
import { ADA, startWithGoogle, type WithGoogle } from "./support/google.ts";
import { until } from "./support/until.ts";

/** In order: what a client of the older interfaces does, against the sandbox's Google. */
let both: WithGoogle;

beforeAll(async () => {
	both = await startWithGoogle({ seed: "demo" }, { env: { KALENDS_SIGNUP: "open", KALENDS_POLL_INTERVAL: "1" } });
});
afterAll(() => both.stop());

interface Imported {
	readonly id: string;
	readonly title: string;
	readonly start: string;
	readonly all_day: boolean;
}

interface Older {
	readonly id: string;
	readonly participants: readonly string[];
	readonly start_time: string;
	readonly google_calendar_event_id: string | null;
}

interface GoogleEvent {
	readonly id: string;
	readonly summary: string;
	readonly status: string;
	readonly start: { readonly dateTime: string };
	readonly attendees?: readonly { readonly email: string }[];
}

/** From the first address to what the callback answers. */
async function allow(address: string, email: string, browser: Browser = openBrowser()): Promise<Page> {
	let page = await browser.open(new URL(address, both.kalends.url));
	if (page.title === "Choose an account") page = await browser.press(page, { name: "account", value: email });
	return browser.press(page, { name: "do", value: "allow" });
}

const inGoogle = (id: string | null) => both.inGoogle<GoogleEvent>("GET", `calendars/primary/events/${id}`);

test("/rest/v1/calendar/: who is not signed in signs in with Google, and is answered the events", async () => {
	const browser = openBrowser();
	const page = await allow("/rest/v1/calendar/init/", "grace@example.org", browser);
	expect([page.status, page.url.pathname]).toEqual([200, "/rest/v1/calendar/redirect/"]);
	const events = JSON.parse(page.html) as Imported[];
	expect(events.map(({ title }) => title)).toContain("Board call");
	expect(page.html).not.toMatch(/ya29|refresh_token/);
	const session = JSON.parse((await browser.open(`${both.kalends.url}/api/auth/get-session`)).html);
	expect(session.user).toMatchObject({ email: "grace@example.org", role: "user" });
	const again = openBrowser();
	await allow("/rest/v1/calendar/init", "grace@example.org", again);
	const other = JSON.parse((await again.open(`${both.kalends.url}/api/auth/get-session`)).html);
	expect(other.user.id).toBe(session.user.id);
});

test.each([
	["/api/google-auth/", "/oauth2callback/"],
	["/api/calendar/google/authorize/", "/api/calendar/google/callback/"],
])("%s hands out an address, %s says which connection it was", async (authorize, callback) => {
	const { authorization_url } = await both.kalends.request<{ authorization_url: string }>("GET", authorize);
	const page = await allow(authorization_url, ADA);
	expect([page.status, page.url.pathname]).toEqual([200, callback]);
	const answer = JSON.parse(page.html) as { connection_id: string };
	const { data } = await both.kalends.request<ListBody<ConnectionBody>>("GET", "/v1/connections");
	expect(answer).toEqual({ message: expect.stringContaining(ADA), connection_id: data[0]?.id });
	await untilSynced(both.kalends, answer.connection_id);
});

const GUESTS = ["grace@example.org", "noor@example.net"];
let made: Older;

test("POST /api/events/: in Google with its guests, who are all mailed, and its id is stored", async () => {
	await both.control("DELETE", "/mails");
	made = await both.kalends.request<Older>("POST", "/api/events/", {
		participants: GUESTS,
		start_time: "2030-03-04T10:00:00",
		end_time: "2030-03-04T11:00:00",
		time_zone: "Europe/Berlin",
		title: "Kick-off",
		description: "First steps",
		location: "Room 4",
	});
	expect(made).toEqual({
		id: expect.stringMatching(/^evt_/),
		participants: GUESTS,
		start_time: "2030-03-04T10:00:00+01:00",
		end_time: "2030-03-04T11:00:00+01:00",
		time_zone: "Europe/Berlin",
		title: "Kick-off",
		description: "First steps",
		location: "Room 4",
		google_calendar_event_id: expect.stringMatching(/^[a-v0-9]{5,}$/),
	});
	const there = await inGoogle(made.google_calendar_event_id);
	expect(there).toMatchObject({ summary: "Kick-off", location: "Room 4", description: "First steps" });
	expect(there.attendees?.map(({ email }) => email).toSorted()).toEqual(GUESTS.toSorted());
	const mails = await both.control<{ to: string }[]>("GET", "/mails");
	expect(mails.map(({ to }) => to).toSorted()).toEqual(GUESTS.toSorted());
});

test("PUT, PATCH and DELETE reach Google; a change there is here after /api/calendar/sync/", async () => {
	const url = `/api/events/${made.id}/`;
	await both.kalends.request("PATCH", url, { start_time: "2030-03-04T09:30:00Z" });
	expect((await inGoogle(made.google_calendar_event_id)).start.dateTime).toBe("2030-03-04T10:30:00+01:00");
	const put = await both.kalends.request<Older>("PUT", url, { ...made, title: "Kick-off 2" });
	expect(put).toEqual({ ...made, title: "Kick-off 2" });
	expect(await inGoogle(made.google_calendar_event_id)).toMatchObject({ summary: "Kick-off 2" });
	const body = { summary: "Kick-off 3" };
	await both.inGoogle("PATCH", `calendars/primary/events/${made.google_calendar_event_id}`, body);
	const { synced } = await both.kalends.request<{ synced: unknown[] }>("POST", "/api/calendar/sync/");
	expect(synced).toEqual([
		{
			connection_id: expect.stringMatching(/^con_/),
			created: expect.any(Number),
			updated: expect.any(Number),
			deleted: expect.any(Number),
		},
	]);
	expect(await both.kalends.request("GET", url)).toMatchObject({ title: "Kick-off 3" });
	expect((await both.kalends.fetch("DELETE", url)).status).toBe(204);
	expect(await inGoogle(made.google_calendar_event_id)).toMatchObject({ status: "cancelled" });
});

test("what is next, and the calendars of the account", async () => {
	const rows = await both.kalends.request<{ id: string; calendar_name: string; provider: string }[]>(
		"GET",
		"/api/calendar/connections/",
	);
	expect(rows.map(({ calendar_name }) => calendar_name)).toEqual(expect.arrayContaining([ADA, "Team Orion"]));
	expect(new Set(rows.map(({ provider }) => provider))).toEqual(new Set(["google"]));
	const next = await both.kalends.request<{ start_time: string }[]>("GET", "/api/calendar/events/upcoming/?days=30");
	expect(next.length).toBeGreaterThan(0);
	const [{ id } = { id: "" }] = rows;
	await both.kalends.request("POST", `/api/calendar/connections/${id}/disconnect/`);
	expect(await both.kalends.request("GET", "/api/calendar/connections/")).toEqual([]);
	const hers = () => [...both.google.world.oauth.grants.values()].filter(({ email }) => email === ADA);
	await until("the consent to be given back", async () => hers().length === 0);
});

test("every call of Google was metered", async () => {
	const metrics = await (await both.kalends.fetch("GET", "/metrics")).text();
	for (const kind of ["read", "write"]) {
		expect(metrics).toMatch(
			new RegExp(`kalends_provider_calls_total\\{provider="google",kind="${kind}",outcome="sent"\\} [1-9]`),
		);
	}
	expect(metrics).toMatch(/kalends_provider_budget_used_ratio\{provider="google"\} 0\.\d+/);
	expect(metrics).not.toContain('outcome="held"');
});
