import { createCalendar, listCalendar, share } from "@kalends/sandbox";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type CalendarBody, type EventBody, listAll } from "./support/api.ts";
import { ADA, connectGoogle, startWithGoogle, type WithGoogle } from "./support/google.ts";

/** A calendar of somebody else's, of which more or less is shown as time goes by. */

const GRACE = "grace@example.com";
const SERIES = 30;
const RANGE = "from=2027-01-01&to=2027-03-01";

let both: WithGoogle;
beforeAll(async () => {
	const accounts = [ADA, GRACE].map((email) => ({ email, timeZone: "UTC" }));
	both = await startWithGoogle({ accounts, quotas: { perMinutePerUser: null, perMinutePerProject: null } });
});
afterAll(() => both.stop());

test("from times alone to all of it and back: each event once, as it may be seen, and nothing waits for a decision", {
	timeout: 120_000,
}, async () => {
	const { kalends, google, inGoogle } = both;
	const { world } = google;
	const [ada, grace] = [ADA, GRACE].map((email) => world.accounts.get(email));
	if (ada === undefined || grace === undefined) throw new Error("nobody there");
	const theirs = createCalendar(world, grace, { summary: "Grace", timeZone: "UTC", createdBy: null });
	for (let index = 0; index < SERIES; index++) {
		const at = (hour: string) => ({ dateTime: `2027-01-04T${hour}:00:00Z`, timeZone: "UTC" });
		const times = { start: at("09"), end: at("10") };
		const event = { summary: `Secret ${index}`, ...times, recurrence: ["RRULE:FREQ=WEEKLY;COUNT=3"] };
		await inGoogle("POST", `calendars/${encodeURIComponent(theirs.id)}/events`, event, GRACE);
	}
	share(world, theirs, ADA, "freeBusyReader");
	listCalendar(world, ada, theirs, {});
	const connection = await connectGoogle(kalends);
	for (const role of ["freeBusyReader", "reader", "freeBusyReader", "writer"] as const) {
		share(world, theirs, ADA, role);
		await kalends.request("POST", `/v1/connections/${connection}/sync?wait=true`);
		const calendars = await listAll<CalendarBody & { status: string }>(kalends, "/v1/calendars");
		const calendar = calendars.find(({ name }) => name === "Grace");
		expect(calendar).toMatchObject({ status: "active" });
		const events = await listAll<EventBody>(kalends, `/v1/events?${RANGE}&calendar_id=${calendar?.id}`);
		const secrets = events.filter(({ title }) => title.startsWith("Secret"));
		const isShown = role !== "freeBusyReader";
		expect([role, events.length, secrets.length]).toEqual([role, 3 * SERIES, isShown ? 3 * SERIES : 0]);
	}
});
