import { afterEach, beforeEach, expect, test } from "vitest";
import { createTestPerson } from "../../testing/people.ts";
import { createWritingFixture, meeting, type WritingFixture } from "../testing.ts";

let fixture: WritingFixture;
beforeEach(async () => {
	fixture = await createWritingFixture();
});
afterEach(() => fixture.close());

interface Listed {
	readonly id: string;
	readonly version: number;
	readonly event: { readonly title: string };
}

async function listed(query = ""): Promise<{ data: Listed[]; next_cursor: string | null }> {
	const { status, body } = await fixture.call("GET", `/v1/events/deleted${query}`);
	expect(status).toBe(200);
	return body;
}

const titles = async () => (await listed()).data.map(({ event }) => event.title);

async function remove(id: string): Promise<void> {
	fixture.clock.advance(60_000);
	expect((await fixture.call("DELETE", `/v1/events/${id}?scope=all`)).status).toBe(204);
}

test("what was deleted is listed, the latest first, page by page, until it is brought back; to nobody else", async () => {
	expect(await listed()).toEqual({ data: [], next_cursor: null });
	const [lunch, series] = [
		await fixture.bring(meeting({ uid: "u1", title: "Lunch" })),
		await fixture.bring(meeting({ uid: "u2", title: "Daily", recurrence: ["RRULE:FREQ=DAILY;COUNT=5"] })),
	];
	await fixture.bring(meeting({ uid: "u3", title: "Stays" }));
	await remove(lunch);
	await remove(series);
	const first = await listed("?limit=1");
	expect(first.data).toMatchObject([
		{ id: series, actor: { type: "api_key" }, event: { title: "Daily", recurrence: ["RRULE:FREQ=DAILY;COUNT=5"] } },
	]);
	const second = await listed(`?limit=1&cursor=${first.next_cursor}`);
	expect(second).toMatchObject({ data: [{ id: lunch, event: { title: "Lunch" } }], next_cursor: null });
	const { headers } = await createTestPerson(fixture.services);
	const others = await fixture.app.inject({ method: "GET", url: "/v1/events/deleted", headers });
	expect(others.json().data).toEqual([]);
	const [entry] = second.data;
	const restored = await fixture.call("POST", `/v1/events/${lunch}/restore`, { version: entry?.version });
	expect(restored).toMatchObject({ status: 200, body: { title: "Lunch" } });
	expect(await titles()).toEqual(["Daily"]);
	await remove(lunch);
	expect(await titles()).toEqual(["Lunch", "Daily"]);
});

test("what moved to another calendar, and what cannot be written back, is not", async () => {
	const { db } = fixture.services;
	const id = await fixture.bring(meeting());
	await remove(id);
	expect(await titles()).toEqual(["Meeting"]);
	const {
		version: _,
		raw: __,
		...deleted
	} = await db
		.selectFrom("event_versions")
		.selectAll()
		.where("event_id", "=", id)
		.where("action", "=", "deleted")
		.executeTakeFirstOrThrow();
	const arrived = {
		...deleted,
		event_id: fixture.services.newId("evt"),
		calendar_id: fixture.services.newId("cal"),
		version: 1,
		action: "created" as const,
		actor: JSON.stringify(deleted.actor),
		fields: JSON.stringify(deleted.fields),
		events: JSON.stringify(deleted.events),
	};
	await db.insertInto("event_versions").values(arrived).execute();
	expect(await titles()).toEqual([]);
	await db.deleteFrom("event_versions").where("event_id", "=", arrived.event_id).execute();
	expect(await titles()).toEqual(["Meeting"]);
	await db.updateTable("calendars").set({ access: "read" }).execute();
	expect(await titles()).toEqual([]);
});
