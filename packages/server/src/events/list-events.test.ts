import { expandSeries, instantOf, originalStartKey } from "@kalends/model";
import fc from "fast-check";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createApiKey } from "../accounts/api-keys.ts";
import { buildApp } from "../http/app.ts";
import { at, createSyncFixture, event, type SyncFixture } from "../sync/testing.ts";
import { TEST_NOW } from "../testing/services.ts";
import { eventEndpoints } from "./endpoints.ts";
import { CALENDAR } from "./listed-calendar.ts";
import type { WireEvent } from "./schemas.ts";

let fixture: SyncFixture;
let app: FastifyInstance;
let headers: { authorization: string };
let calendarId: string;

beforeAll(async () => {
	fixture = await createSyncFixture();
	const calendar = fixture.control.createCalendar("ada", { name: "Work" });
	for (const [uid, events] of Object.entries(CALENDAR)) fixture.control.putEvents(calendar, uid, events);
	await fixture.sync("first");
	const { services, userId } = fixture;
	const { key } = await createApiKey(services, { userId, name: "test", scopes: ["read"] });
	headers = { authorization: `Bearer ${key}` };
	app = await buildApp(services, eventEndpoints, { verifyResponses: true });
	const row = await services.db
		.selectFrom("calendars")
		.select("id")
		.where("user_id", "=", userId)
		.executeTakeFirstOrThrow();
	calendarId = row.id;
});
afterAll(async () => {
	await app?.close();
	await fixture?.close();
});

async function get(path: string) {
	const answer = await app.inject({ method: "GET", url: path, headers });
	return {
		status: answer.statusCode,
		body: answer.json() as { data: WireEvent[]; next_cursor: string | null } & Record<string, unknown>,
	};
}

/** Every page of a list. */
async function list(query: string, limit = 200): Promise<WireEvent[]> {
	const events: WireEvent[] = [];
	let cursor: string | null = null;
	do {
		const suffix: string = cursor === null ? "" : `&cursor=${cursor}`;
		const { status, body } = await get(`/v1/events?${query}&limit=${limit}${suffix}`);
		expect(status, JSON.stringify(body)).toBe(200);
		events.push(...body.data);
		cursor = body.next_cursor;
	} while (cursor !== null);
	return events;
}

const titles = (events: readonly WireEvent[]) => events.map((one) => one.title);

/** What the model alone says the list must hold, as `at, all-day first, title, original start`. */
function expected(from: number, to: number, zone: string, showCancelled: boolean): string[] {
	const rows: { at: number; allDay: boolean; text: string }[] = [];
	for (const events of Object.values(CALENDAR)) {
		const master = events.find((one) => one.recurrence_id === null) ?? null;
		const overrides = events.filter((one) => one.recurrence_id !== null);
		const { occurrences } = expandSeries({ master, overrides }, { from, to }, { floatingZone: zone });
		for (const one of occurrences) {
			if (one.event.status === "cancelled" && !showCancelled) continue;
			const start = instantOf(one.start, zone);
			rows.push({
				at: start,
				allDay: one.start.type === "date",
				text: `${new Date(start).toISOString()} ${one.event.title} ${originalStartKey(one.original_start)}`,
			});
		}
	}
	return rows
		.sort((a, b) => a.at - b.at || Number(b.allDay) - Number(a.allDay) || (a.text < b.text ? -1 : 1))
		.map((row) => row.text);
}

function found(events: readonly WireEvent[], zone: string): string[] {
	return events.map((one) => {
		const start = instantOfWire(one.start, zone);
		const slot = one.recurring_event_id === null ? slotOfWire(one) : one.id.slice(one.id.indexOf(".") + 1);
		return `${new Date(start).toISOString()} ${one.title} ${slot}`;
	});
}

function slotOfWire(one: WireEvent): string {
	const slot = one.original_start ?? one.start;
	if ("date" in slot) return slot.date.replaceAll("-", "");
	if (slot.time_zone === null) return slot.date_time.replaceAll(/[-:]/g, "");
	return Temporal.Instant.from(slot.date_time).toString().replaceAll(/[-:]/g, "");
}

function instantOfWire(time: WireEvent["start"], zone: string): number {
	if ("date" in time) return Temporal.PlainDate.from(time.date).toZonedDateTime(zone).epochMilliseconds;
	if (time.time_zone === null)
		return Temporal.PlainDateTime.from(time.date_time).toZonedDateTime(zone).epochMilliseconds;
	return Temporal.Instant.from(time.date_time).epochMilliseconds;
}

describe("GET /v1/events", () => {
	it("equals the model's own expansion, in any range and zone, page size and however far from the window", async () => {
		const day = 86_400_000;
		await fc.assert(
			fc.asyncProperty(
				fc.integer({ min: -9 * 365, max: 5 * 365 }),
				fc.integer({ min: 1, max: 90 }),
				fc.integer({ min: 0, max: 86_399 }),
				fc.constantFrom("UTC", "Europe/Berlin", "Pacific/Kiritimati", "Pacific/Pago_Pago", "America/New_York"),
				fc.integer({ min: 60, max: 200 }),
				fc.boolean(),
				async (start, days, seconds, zone, limit, cancelled) => {
					const from = Math.floor(TEST_NOW / day) * day + start * day + seconds * 1000;
					const to = from + days * day;
					const query = `from=${new Date(from).toISOString()}&to=${new Date(to).toISOString()}&time_zone=${zone}&show_cancelled=${cancelled}`;
					const events = await list(query, limit);
					const shown = found(events, zone);
					expect([...shown].sort()).toEqual(expected(from, to, zone, cancelled).sort());
					const keys = events.map((one) => ({ at: instantOfWire(one.start, zone), allDay: one.all_day, id: one.id }));
					const sorted = keys.toSorted(
						(a, b) => a.at - b.at || Number(b.allDay) - Number(a.allDay) || (a.id < b.id ? -1 : 1),
					);
					expect(keys).toEqual(sorted);
					expect(new Set(events.map((one) => one.id)).size).toBe(events.length);
				},
			),
			{ numRuns: 40 },
		);
	});

	it("puts all-day events first at the reader's midnight, floating ones at the reader's wall clock", async () => {
		const query = "from=2026-12-02&to=2026-12-03&calendar_id=";
		const berlin = await list(`${query}${calendarId}&time_zone=Europe/Berlin`);
		expect(titles(berlin).slice(0, 1)).toEqual(["Sabbatical"]);
		expect(titles(berlin).slice(1, 3).sort()).toEqual(["Birthday", "Holiday"]);
		expect(titles(berlin).at(-1)).toBe("Pill");
		expect(berlin.at(-1)?.start).toEqual({ date_time: "2026-12-02T23:30:00", time_zone: null });
	});

	it("excludes what ends at from and what starts at to", async () => {
		const only = async (from: string, to: string) => titles(await list(`from=${from}&to=${to}&q=zebra`));
		expect(await only("2026-12-02T10:00:00Z", "2026-12-02T11:00:00Z")).toEqual([]);
		expect(await only("2026-12-02T08:00:00Z", "2026-12-02T09:00:00Z")).toEqual([]);
		expect(await only("2026-12-02T09:59:59Z", "2026-12-02T11:00:00Z")).toEqual(["Zebra lunch"]);
		expect(await only("2026-12-02T08:00:00Z", "2026-12-02T09:00:01Z")).toEqual(["Zebra lunch"]);
	});

	it("has a moment in the range that begins with it, and in no other", async () => {
		const only = async (from: string, to: string) => titles(await list(`from=${from}&to=${to}&q=alarm`));
		expect(await only("2026-12-03T09:00:00Z", "2026-12-03T10:00:00Z")).toEqual(["Alarm"]);
		expect(await only("2026-12-03T08:00:00Z", "2026-12-03T09:00:00Z")).toEqual([]);
		expect(await only("2026-12-03T09:00:01Z", "2026-12-03T10:00:00Z")).toEqual([]);
	});

	it("finds text whatever its case, in the stretch that is materialised and beyond", async () => {
		expect(titles(await list("from=2026-12-01&to=2026-12-31&q=ZEBRA"))).toEqual(["Zebra lunch"]);
		expect(titles(await list("from=2026-12-01&to=2026-12-31&q=straße"))).toEqual(["Zebra lunch"]);
		expect(titles(await list("from=2023-01-01&to=2023-01-31&q=stand-UP"))).toHaveLength(5);
		expect(titles(await list("from=2026-12-01&to=2030-01-01&q=moved out"))).toEqual(["Moved out of the window"]);
		expect(titles(await list("from=2026-12-01&to=2026-12-31&q=%25"))).toEqual([]);
	});

	it("leaves cancelled ones out unless asked", async () => {
		const range = "from=2026-12-01&to=2026-12-31&q=";
		expect(await list(`${range}called`)).toEqual([]);
		expect((await list(`${range}called&show_cancelled=true`)).map((one) => one.status)).toEqual(["cancelled"]);
	});

	it("narrows to nothing, rather than fail, for ids that are not the user's", async () => {
		expect(await list("from=2026-12-01&to=2026-12-31&calendar_id=cal_unknown")).toEqual([]);
		expect(await list("from=2026-12-01&to=2026-12-31&connection_id=con_unknown")).toEqual([]);
		expect(await list(`from=2026-12-01&to=2026-12-03&connection_id=${fixture.connectionId}`)).not.toEqual([]);
	});

	it("hides calendars that are not selected", async () => {
		const { db } = fixture.services;
		const select = (selected: boolean) =>
			db.updateTable("calendars").set({ selected }).where("user_id", "=", fixture.userId).execute();
		await select(false);
		expect(await list("from=2026-12-01&to=2026-12-31")).toEqual([]);
		await select(true);
		expect(await list("from=2026-12-01&to=2026-12-31")).not.toEqual([]);
	});

	it.each([
		["from=yesterday", "from"],
		["from=2026-13-01", "from"],
		["from=2026-12-02&to=2026-12-01", "to"],
		["from=2020-01-01&to=2026-12-01", "to"],
		["time_zone=Mars/Olympus", "time_zone"],
		["limit=0", "limit"],
		["limit=201", "limit"],
		["cursor=nonsense", "cursor"],
		["show_cancelled=maybe", "show_cancelled"],
		[`q=${"x".repeat(201)}`, "q"],
	])("refuses %s and names the field", async (query, field) => {
		const { status, body } = await get(`/v1/events?${query}`);
		expect(status).toBe(400);
		expect(body).toMatchObject({ errors: [{ field }] });
		expect(body.fix).toEqual(expect.any(String));
	});

	it("keeps pages in place while events come and go", async () => {
		const first = await get("/v1/events?from=2026-12-01&to=2026-12-31&limit=20");
		const seen = first.body.data;
		const calendar = await fixture.services.db
			.selectFrom("calendars")
			.select("provider_calendar_id")
			.where("user_id", "=", fixture.userId)
			.executeTakeFirstOrThrow();
		const before = await list("from=2026-12-01&to=2026-12-31");
		fixture.control.putEvents(calendar.provider_calendar_id, "early", [
			event({ uid: "early", title: "Early", start: at(1, 1), end: at(1, 2) }),
		]);
		fixture.control.remove(calendar.provider_calendar_id, "single");
		await fixture.sync();
		const rest: WireEvent[] = [];
		let cursor = first.body.next_cursor;
		while (cursor !== null) {
			const page = await get(`/v1/events?from=2026-12-01&to=2026-12-31&limit=20&cursor=${cursor}`);
			rest.push(...page.body.data);
			cursor = page.body.next_cursor;
		}
		const ids = [...seen, ...rest].map((one) => one.id);
		const still = before.filter((one) => one.ical_uid !== "single" || seen.some((other) => other.id === one.id));
		expect(ids).toEqual(still.map((one) => one.id));
		fixture.control.remove(calendar.provider_calendar_id, "early");
		fixture.control.putEvents(calendar.provider_calendar_id, "single", CALENDAR.single ?? []);
		await fixture.sync();
	});
});

describe("a series too dense to be expanded at once", () => {
	it("is listed whole, page by page, among the others", async () => {
		const calendar = await fixture.services.db
			.selectFrom("calendars")
			.select("provider_calendar_id")
			.where("user_id", "=", fixture.userId)
			.executeTakeFirstOrThrow();
		const dense = event({
			uid: "dense",
			title: "Tick",
			start: at(1, 0),
			end: at(1, 0),
			recurrence: ["RRULE:FREQ=MINUTELY;COUNT=16000"],
		});
		fixture.control.putEvents(calendar.provider_calendar_id, "dense", [dense]);
		await fixture.sync();
		const events = await list("from=2026-11-30&to=2026-12-20", 200);
		expect(events.filter((one) => one.title === "Tick")).toHaveLength(16_000);
		expect(events.filter((one) => one.title === "Zebra lunch")).toHaveLength(1);
		expect(new Set(events.map((one) => one.id)).size).toBe(events.length);
		const starts = events.map((one) => instantOfWire(one.start, "UTC"));
		expect(starts).toEqual(starts.toSorted((a, b) => a - b));
		fixture.control.remove(calendar.provider_calendar_id, "dense");
		await fixture.sync();
	});
});

describe("GET /v1/events/upcoming", () => {
	it("begins with what is under way and ends after seven days", async () => {
		const { body } = await get("/v1/events/upcoming?limit=200");
		expect(titles(body.data)[0]).toBe("Sabbatical");
		const starts = body.data.map((one) => instantOfWire(one.start, "UTC"));
		expect(Math.max(...starts)).toBeLessThan(TEST_NOW + 7 * 86_400_000);
		expect(Math.max(...starts)).toBeGreaterThan(TEST_NOW + 6 * 86_400_000);
	});

	it("begins elsewhere when told", async () => {
		const { body } = await get("/v1/events/upcoming?from=2029-12-07&days=1&q=moved");
		expect(titles(body.data)).toEqual(["Moved out of the window"]);
	});
});

describe("GET /v1/events/{id}", () => {
	it("answers every listed event as it was listed, also outside the window", async () => {
		for (const range of [
			"from=2026-12-01&to=2026-12-10",
			"from=2022-01-01&to=2022-02-01",
			"from=2029-12-01&to=2029-12-10",
		]) {
			for (const one of await list(`${range}&show_cancelled=true`)) {
				expect((await get(`/v1/events/${one.id}`)).body).toEqual(one);
			}
		}
	});

	it("answers a series by its master, with its rule", async () => {
		const [one] = await list("from=2026-12-25&to=2026-12-31&q=stand-up");
		expect(one?.recurring_event_id).toEqual(expect.any(String));
		const { status, body } = await get(`/v1/events/${one?.recurring_event_id}`);
		expect(status).toBe(200);
		expect(body).toMatchObject({
			recurring_event_id: null,
			original_start: null,
			recurrence: ["RRULE:FREQ=WEEKLY", expect.stringContaining("EXDATE")],
		});
	});

	it.each(["evt_nothing", "evt_nothing.20261201T000000Z", "x"])("answers 404 for %s", async (id) => {
		expect((await get(`/v1/events/${id}`)).status).toBe(404);
	});

	it("answers 404 for slots that the series does not have", async () => {
		const [one] = await list("from=2026-12-25&to=2026-12-31&q=stand-up");
		expect(one?.recurring_event_id).toEqual(expect.any(String));
		for (const slot of ["20261214T083000Z", "20261215T083000Z", "20261207", "20261207T083000", "rubbish"]) {
			expect((await get(`/v1/events/${one?.recurring_event_id}.${slot}`)).status).toBe(404);
		}
	});
});
