import { afterEach, expect, it } from "vitest";
import { createSyncFixture, event, type SyncFixture, storedState } from "../sync/testing.ts";
import { keepHouse } from "./housekeeping.ts";

let fixture: SyncFixture;
afterEach(() => fixture.close());

it("drops changes and runs that are older than 30 days, remembers up to where, and nothing else", async () => {
	fixture = await createSyncFixture();
	const calendar = fixture.control.createCalendar("ada");
	await fixture.sync();
	fixture.clock.advance(29 * 86_400_000);
	fixture.control.putEvents(calendar, "u1", [event({ uid: "u1" })]);
	const recent = await fixture.sync();
	await keepHouse(fixture.services);
	expect((await storedState(fixture)).changes.map((change) => change.seq)).toEqual([1, 2, 3]);

	fixture.clock.advance(2 * 86_400_000);
	await keepHouse(fixture.services);
	const { changes, events } = await storedState(fixture);
	expect(changes.map((change) => change.seq)).toEqual([3]);
	expect(events).toHaveLength(1);
	const { db } = fixture.services;
	expect(await db.selectFrom("change_counters").select(["last_seq", "pruned_to"]).execute()).toEqual([
		{ last_seq: 3, pruned_to: 2 },
	]);
	expect(await db.selectFrom("runs").select("id").execute()).toEqual([{ id: recent }]);
});
