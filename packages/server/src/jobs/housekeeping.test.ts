import { afterEach, expect, it } from "vitest";
import { createSyncFixture, event, type SyncFixture, storedState } from "../sync/testing.ts";
import { keepHouse } from "./housekeeping.ts";

let fixture: SyncFixture;
afterEach(() => fixture.close());

it("drops changes, history and runs that are older than 30 days, remembers up to where, and nothing else", async () => {
	fixture = await createSyncFixture();
	const calendar = fixture.control.createCalendar("ada");
	await fixture.sync();
	fixture.clock.advance(29 * 86_400_000);
	fixture.control.putEvents(calendar, "u1", [event({ uid: "u1" })]);
	const recent = await fixture.sync();
	const { userId } = fixture;
	const common = { user_id: userId, event_id: "evt_1", calendar_id: "cal_1", events: "[]" };
	const noted = { ...common, action: "updated", actor: JSON.stringify({ type: "provider" }) } as const;
	await fixture.services.db
		.insertInto("event_versions")
		.values([
			{ ...noted, version: 1, at: new Date(fixture.services.now() - 29 * 86_400_000) },
			{ ...noted, version: 2, at: new Date(fixture.services.now()) },
		])
		.execute();
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
	const versions = db.selectFrom("event_versions").select("version").where("event_id", "=", "evt_1");
	expect(await versions.execute()).toEqual([{ version: 2 }]);
	expect(await db.selectFrom("runs").select("id").execute()).toEqual([{ id: recent }]);
});
