import { expandSeries } from "@kalends/model";
import { describe, expect, it } from "vitest";
import { at, event } from "../sync/testing.ts";
import { MOST_OCCURRENCES, occurrenceRows, occurrenceWindow, type StoredSeries } from "./occurrence-rows.ts";

const window = occurrenceWindow(Date.parse("2026-12-10T15:00:00Z"));

function rowsOf(series: Omit<StoredSeries, "calendarId" | "id">, range = window) {
	const stored: StoredSeries = { id: "evt_1", calendarId: "cal_1", ...series };
	if (series.kind !== "master") return occurrenceRows(stored, null, range);
	const expansion = expandSeries({ master: series.event, overrides: series.overrides.map((one) => one.event) }, range, {
		floatingZone: "UTC",
		limits: { maxOccurrences: MOST_OCCURRENCES },
	});
	return occurrenceRows(stored, expansion, range);
}

it("cuts the window at midnights, 30 days back and 400 ahead", () => {
	expect([new Date(window.from).toISOString(), new Date(window.to).toISOString()]).toEqual([
		"2026-11-10T00:00:00.000Z",
		"2028-01-14T00:00:00.000Z",
	]);
});

describe("a single", () => {
	it("has its row wherever it lies in time", () => {
		const start = { type: "date", date: "1999-12-31" } as const;
		const end = { type: "date", date: "2000-01-01" } as const;
		expect(rowsOf({ kind: "single", event: event({ uid: "u", start, end, busy: false }), overrides: [] })).toEqual([
			{
				event_id: "evt_1",
				source_event_id: "evt_1",
				series_id: "evt_1",
				calendar_id: "cal_1",
				kind: "date",
				starts_at: "1999-12-31T00:00:00Z",
				ends_at: "2000-01-01T00:00:00Z",
				cancelled: false,
				busy: false,
				starts_local: "1999-12-31",
				ends_local: "2000-01-01",
			},
		]);
	});

	it("that floats keeps its wall clock, read as UTC", () => {
		const start = { type: "floating", local: "2026-12-24T18:00:00" } as const;
		const [row] = rowsOf({ kind: "single", event: event({ uid: "u", start, end: start }), overrides: [] });
		expect(row).toMatchObject({
			kind: "floating",
			starts_at: "2026-12-24T18:00:00Z",
			starts_local: "2026-12-24T18:00:00",
		});
	});
});

describe("a series", () => {
	const master = event({ uid: "u", start: at(1), end: at(1, 10), recurrence: ["RRULE:FREQ=DAILY;COUNT=4"] });
	const override = (day: number, patch: Parameters<typeof event>[0]) => ({
		id: `evt_1.202612${String(day).padStart(2, "0")}T090000Z`,
		event: event({ recurrence_id: at(day), ...patch }),
	});

	it("has a row for each instance, overrides with their own content under the id of their slot", () => {
		const moved = override(2, { uid: "u", start: at(20), end: at(20, 10), status: "cancelled" });
		const rows = rowsOf({ kind: "master", event: master, overrides: [moved] });
		expect(rows.map((row) => [row.event_id, row.source_event_id, row.starts_local, row.cancelled])).toEqual([
			["evt_1.20261201T090000Z", "evt_1", "2026-12-01T09:00:00", false],
			["evt_1.20261203T090000Z", "evt_1", "2026-12-03T09:00:00", false],
			["evt_1.20261204T090000Z", "evt_1", "2026-12-04T09:00:00", false],
			["evt_1.20261202T090000Z", "evt_1.20261202T090000Z", "2026-12-20T09:00:00", true],
		]);
	});

	it("keeps a row for an override beyond the window", () => {
		const far = { type: "zoned", local: "2035-01-01T09:00:00", zone: "UTC", instant: "2035-01-01T09:00:00Z" } as const;
		const rows = rowsOf({
			kind: "master",
			event: master,
			overrides: [override(2, { uid: "u", start: far, end: far })],
		});
		expect(rows.find((row) => row.starts_at.startsWith("2035"))?.event_id).toBe("evt_1.20261202T090000Z");
	});

	it("is cut off where it has more instances than are kept", () => {
		const often = event({ uid: "u", start: at(1), end: at(1), recurrence: ["RRULE:FREQ=HOURLY"] });
		expect(rowsOf({ kind: "master", event: often, overrides: [] })).toHaveLength(MOST_OCCURRENCES);
	});
});
