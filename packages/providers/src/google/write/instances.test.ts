import { type EventDateTime, instantOf, utcAt } from "@kalends/model";
import { expect, test } from "vitest";
import { GoogleClient, SINGLE, WEEKLY } from "../testing/client.ts";
import { ANN, baseOf, create, draftOf, ME, stored, update } from "../testing/writing.ts";

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

test("an occurrence that was changed and that the rule no longer gives goes along where its series is made anew", async () => {
	const client = new GoogleClient({ keepsStrays: true });
	client.store.insert({ ...WEEKLY, attendees: [ME, ANN] }, { id: "weekly" });
	client.store.patch("weekly_20260330T090000Z", { summary: "Own" });
	client.store.patch("weekly", { recurrence: ["RRULE:FREQ=WEEKLY;COUNT=2"] });
	const { events } = await client.read("weekly");
	expect(events.map(({ title }) => title)).toEqual(["Weekly", "Own"]);
	const made = await create(client, draftOf(events));
	expect(made.events.map(({ title, recurrence_id }) => [title, recurrence_id])).toEqual([
		["Weekly", null],
		["Own", expect.objectContaining({ instant: "2026-03-30T09:00:00Z" })],
	]);
	expect(baseOf(made).recurrence).toEqual(["RRULE:FREQ=WEEKLY;COUNT=2", "RDATE:20260330T090000Z"]);
	expect(made.draftKey).toBe("res01kxyz");
});

test("an occurrence that was changed and that the rule no longer gives moves with all of its series", async () => {
	const client = new GoogleClient({ keepsStrays: true });
	client.store.insert(WEEKLY, { id: "weekly" });
	client.store.patch("weekly_20260330T090000Z", { summary: "Own" });
	client.store.patch("weekly", { recurrence: ["RRULE:FREQ=WEEKLY;COUNT=2", "EXDATE:20260330T100000Z"] });
	const resource = await client.read("weekly");
	const hour = (time: EventDateTime) => ({ ...time, ...utcAt(instantOf(time, "UTC") + 3_600_000) });
	const { updated } = await update({ client, resource }, ({ start, end, recurrence_id }) => ({
		start: hour(start),
		end: hour(end),
		recurrence_id: recurrence_id === null ? null : hour(recurrence_id),
	}));
	expect(updated.events.map(({ title, start }) => [title, start])).toMatchObject([
		["Weekly", { instant: "2026-03-02T10:00:00Z" }],
		["Own", { instant: "2026-03-30T10:00:00Z" }],
	]);
	expect(baseOf(updated).recurrence).toEqual(["RRULE:FREQ=WEEKLY;COUNT=2", "RDATE:20260330T100000Z"]);
});
