import { afterEach, expect, test, vi } from "vitest";
import { showCalendar } from "./examples/page.ts";
import { connectGoogleCalendar, getCalendarConnections, getUpcomingEvents, Kalends, syncCalendar } from "./index.ts";
import { type ScriptedAnswer, scripted } from "./testing.ts";

afterEach(() => vi.unstubAllGlobals());

/** A page of the server's, with what the server answers. */
function openPage(...answers: ScriptedAnswer[]) {
	const { options, requests } = scripted(...answers);
	const assign = vi.fn();
	vi.stubGlobal("fetch", options.fetch);
	vi.stubGlobal("document", {});
	vi.stubGlobal("location", { pathname: "/settings", search: "?tab=calendars", assign });
	return { requests, assign };
}

const page = (...data: object[]) => Response.json({ data, next_cursor: null });
const CONSENT = { authorization_url: "https://k.example/connect/google?ticket=t" };
const RUN = { run: { id: "run_1", created: 3, error: null } };

test("connecting sends the browser to the consent page, and back to where it was", async () => {
	const { requests, assign } = openPage(Response.json(CONSENT), Response.json(CONSENT));
	expect(await connectGoogleCalendar()).toBe(CONSENT.authorization_url);
	expect(assign).toHaveBeenCalledExactlyOnceWith(CONSENT.authorization_url);
	expect(requests[0]).toMatchObject({
		method: "POST",
		url: "/v1/connections/authorize",
		body: { provider: "google", return_to: "/settings?tab=calendars" },
	});
	await connectGoogleCalendar({ navigate: false, returnTo: "/", access: "read" });
	expect(assign).toHaveBeenCalledTimes(1);
	expect(requests[1]?.body).toEqual({ provider: "google", return_to: "/", access: "read" });
});

test("in a program the address is answered, for the person's browser", async () => {
	const { options, requests } = scripted(Response.json(CONSENT));
	expect(await connectGoogleCalendar({ client: new Kalends(options) })).toBe(CONSENT.authorization_url);
	expect(requests[0]?.body).toEqual({ provider: "google" });
});

test("syncing takes a connection, a calendar, or all that are not paused", async () => {
	const { options, requests } = scripted(
		Response.json(RUN),
		Response.json({ id: "cal_1", connection_id: "con_2" }),
		Response.json(RUN),
		page({ id: "con_3", status: "active" }, { id: "con_4", status: "paused" }),
		Response.json(RUN),
	);
	const client = new Kalends(options);
	expect(await syncCalendar("con_1", { client })).toEqual([RUN.run]);
	await syncCalendar("cal_1", { client });
	await syncCalendar(undefined, { client });
	const synced = requests.filter(({ method }) => method === "POST").map(({ url }) => url);
	expect(synced).toEqual(
		["con_1", "con_2", "con_3"].map((id) => `https://k.example/v1/connections/${id}/sync?wait=true`),
	);
});

test("connections and upcoming events come whole, over all their pages", async () => {
	const { options, requests } = scripted(
		Response.json({ data: [{ id: "con_1" }], next_cursor: "b" }),
		page({ id: "con_2" }),
		page({ id: "evt_1" }, { id: "evt_2" }),
	);
	const client = new Kalends(options);
	expect(await getCalendarConnections({ client })).toEqual([{ id: "con_1" }, { id: "con_2" }]);
	expect(await getUpcomingEvents({ days: 3, limit: 1 }, { client })).toEqual([{ id: "evt_1" }]);
	expect(requests[2]?.url).toBe("https://k.example/v1/events/upcoming?limit=1&days=3");
});

test("the example of a page shows what there is, or connects first", async () => {
	const first = openPage(page(), Response.json(CONSENT));
	await showCalendar(() => {});
	expect(first.assign).toHaveBeenCalledOnce();
	const lines: string[] = [];
	const google = { id: "con_1", provider: "google", status: "active" };
	openPage(page(google), page(google), Response.json(RUN), page({ title: "Lunch" }));
	await showCalendar((line) => lines.push(line));
	expect(lines).toEqual(["3 new", "Lunch"]);
});
