import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { at, createSyncFixture, event, type SyncFixture } from "../sync/testing.ts";
import { occurrenceWindow } from "./occurrence-rows.ts";
import { rollWindow } from "./roll-window.ts";

const DAY = 86_400_000;

describe("rollWindow", () => {
	let fixture: SyncFixture;
	const roll = () => rollWindow(fixture.services, new AbortController().signal);
	const starts = async () => {
		const rows = await fixture.services.db
			.selectFrom("occurrences")
			.select(["event_id", "starts_at"])
			.where("user_id", "=", fixture.userId)
			.orderBy("starts_at")
			.execute();
		return rows.map((row) => row.starts_at.getTime());
	};

	beforeAll(async () => {
		fixture = await createSyncFixture();
		const calendar = fixture.control.createCalendar("ada", { name: "Work" });
		fixture.control.putEvents(calendar, "weekly", [
			event({ uid: "weekly", recurrence: ["RRULE:FREQ=WEEKLY"] }),
			event({ uid: "weekly", recurrence_id: at(9), start: at(9, 15), end: at(9, 16), title: "Moved" }),
		]);
		fixture.control.putEvents(calendar, "ended", [event({ uid: "ended", recurrence: ["RRULE:FREQ=DAILY;COUNT=5"] })]);
		fixture.control.putEvents(calendar, "single", [event({ uid: "single" })]);
		await fixture.sync("first");
	});
	afterAll(() => fixture.close());

	it("leaves what reaches to the end of the window alone", async () => {
		expect(await roll()).toBe(0);
	});

	it("moves endless series on and leaves the others, and says nothing in the feed", async () => {
		const changes = () => fixture.services.db.selectFrom("changes").select("seq").execute();
		const said = await changes();
		fixture.clock.advance(100 * DAY);
		expect(await roll()).toBe(1);
		const after = await starts();
		const { to } = occurrenceWindow(fixture.clock.now());
		expect(Math.max(...after)).toBeLessThan(to);
		expect(Math.max(...after)).toBeGreaterThanOrEqual(to - 7 * DAY);
		// The single, the five of the ended series, and the override, which keeps its row outside the window.
		expect(after.filter((one) => one < fixture.clock.now() - 31 * DAY)).toHaveLength(7);
		expect(await changes()).toEqual(said);
		expect(await roll()).toBe(0);
	});
});
