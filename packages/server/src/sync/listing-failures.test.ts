import { type CalendarListing, ProviderFailure } from "@kalends/providers";
import { afterEach, expect, it } from "vitest";
import { createSyncFixture, event, type SyncFixture, storedState } from "./testing.ts";

let fixture: SyncFixture;
afterEach(() => fixture.close());

/** What the provider lists; changed by each test. */
let relist: (listing: CalendarListing) => CalendarListing;

async function twoCalendars() {
	relist = (listing) => listing;
	fixture = await createSyncFixture({
		wrap: (provider) => ({
			...provider,
			listCalendars: async (context) => relist(await provider.listCalendars(context)),
		}),
	});
	const [good, bad] = ["Good", "Bad"].map((name) => fixture.control.createCalendar("ada", { name }));
	if (good === undefined || bad === undefined) throw new Error("no calendars");
	for (const id of [good, bad]) fixture.control.putEvents(id, `first of ${id}`, [event({ uid: `first of ${id}` })]);
	await fixture.sync();
	return { good, bad };
}

async function statuses() {
	const rows = await fixture.services.db
		.selectFrom("calendars")
		.select(["name", "status", "status_reason"])
		.orderBy("id")
		.execute();
	return rows.map((row) => [row.name, row.status, row.status_reason]);
}

const stateOf = async (runId: string) =>
	fixture.services.db.selectFrom("runs").select(["state", "created"]).where("id", "=", runId).executeTakeFirstOrThrow();

it("a calendar that could not be listed has failed, is not gone, and costs the others nothing", async () => {
	const { good, bad } = await twoCalendars();
	const failure = new ProviderFailure("forbidden", { reason: "access_denied", message: "403" });
	relist = ({ calendars }) => ({
		calendars: calendars.filter(({ id }) => id !== bad),
		failures: [{ idPrefix: bad, failure }],
	});
	fixture.control.putEvents(good, "more", [event({ uid: "more" })]);
	expect(await stateOf(await fixture.sync())).toEqual({ state: "failed", created: 1 });
	expect(await statuses()).toEqual([
		["Good", "active", null],
		["Bad", "error", "access_denied"],
	]);
	expect((await storedState(fixture)).events).toHaveLength(3);
	relist = (listing) => listing;
	expect(await stateOf(await fixture.sync())).toEqual({ state: "done", created: 0 });
	expect(await statuses()).toEqual([
		["Good", "active", null],
		["Bad", "active", null],
	]);
});

it("calendars follow an account that has moved, with their events", async () => {
	await twoCalendars();
	const before = await storedState(fixture);
	const ids = await fixture.services.db.selectFrom("calendars").select("id").orderBy("id").execute();
	relist = ({ calendars }) => ({
		calendars: calendars.map((calendar) => ({ ...calendar, id: `/elsewhere/${calendar.id}`, version: null })),
		moved: true,
	});
	const pull = fixture.services.providers.get("caldav")?.pull;
	const moved = {
		...fixture.services.providers.get("caldav"),
		pull: (...[calendar, ...rest]: Parameters<NonNullable<typeof pull>>) =>
			pull?.({ ...calendar, id: calendar.id.replace("/elsewhere/", "") }, ...rest),
	};
	const run = await fixture.makeRun();
	await fixture.perform(run, { ...fixture.services, providers: new Map([["caldav", moved as never]]) });
	expect(await stateOf(run)).toEqual({ state: "done", created: 0 });
	expect(await fixture.services.db.selectFrom("calendars").select("id").orderBy("id").execute()).toEqual(ids);
	expect((await storedState(fixture)).events).toEqual(before.events);
});
