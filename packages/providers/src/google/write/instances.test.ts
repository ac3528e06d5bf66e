import { expect, test } from "vitest";
import { GoogleClient, SINGLE, WEEKLY } from "../testing/client.ts";
import { stored, update } from "../testing/writing.ts";

test("an occurrence that is taken out is cancelled by itself, and the series is left alone", async () => {
	const scene = await stored(WEEKLY);
	const { writes, updated } = await update(scene, ({ recurrence }) => ({
		recurrence: [...(recurrence ?? []), "EXDATE:20260309T090000Z"],
	}));
	expect(writes).toMatchObject([
		{
			method: "PATCH",
			path: "events/event1_20260309T090000Z",
			body: { status: "cancelled" },
			ifMatch: expect.any(String),
		},
	]);
	expect(updated.events[0]?.recurrence).toEqual(["RRULE:FREQ=WEEKLY;COUNT=5", "EXDATE:20260309T090000Z"]);
});

test("a series is not removed where an exception of it has changed", async () => {
	const client = new GoogleClient();
	client.store.insert(WEEKLY, { id: "weekly" });
	client.store.patch("weekly_20260309T090000Z", { summary: "Own" });
	const resource = await client.read("weekly");
	client.store.patch("weekly_20260309T090000Z", { summary: "Changed" });
	const remove = () => client.writer.remove(client.calendar, resource, client.context);
	await expect(remove()).rejects.toMatchObject({ kind: "precondition_failed" });
	await client.writer.remove(client.calendar, await client.read("weekly"), client.context);
	expect(await client.writer.read(client.calendar, "weekly", client.context)).toBeNull();
	await remove();
});

test("an exception that was made meanwhile is not written over", async () => {
	const client = new GoogleClient();
	client.store.insert(WEEKLY, { id: "weekly" });
	const resource = await client.read("weekly");
	client.store.patch("weekly_20260309T090000Z", { summary: "Theirs" });
	const wanted = resource.events.map((event) => ({
		...event,
		recurrence: [...(event.recurrence ?? []), "EXDATE:20260309T090000Z"],
	}));
	const writing = client.writer.update(client.calendar, resource, wanted, { responseOnly: false }, client.context);
	await expect(writing).rejects.toMatchObject({ kind: "precondition_failed" });
	expect((await client.read("weekly")).events.map(({ title }) => title)).toEqual(["Weekly", "Theirs"]);
});

test("an occurrence that one was invited to alone is changed and removed by itself", async () => {
	const client = new GoogleClient();
	const slot = { dateTime: "2026-03-09T09:00:00Z", timeZone: "UTC" };
	client.store.insert(
		{ ...SINGLE, recurringEventId: "theirs", originalStartTime: slot },
		{ id: "theirs_20260309T090000Z" },
	);
	const resource = await client.read("theirs_20260309T090000Z");
	const changed = await update({ client, resource }, () => ({ color: "#dc2127" }));
	expect(changed.updated.events).toMatchObject([
		{ color: "#dc2127", recurrence_id: { instant: "2026-03-09T09:00:00Z" } },
	]);
	await client.writer.remove(client.calendar, changed.updated, client.context);
	expect(await client.writer.read(client.calendar, resource.id, client.context)).toBeNull();
});
