import { expect, test } from "vitest";
import { ADA, daily, googleClient, refusal, stage, timed } from "../../testing/google-client.ts";

const sandbox = await stage();
const { events } = googleClient(sandbox, ADA);
const calendarId = "primary";

async function series(requestBody = daily()) {
	const { data } = await events.insert({ calendarId, requestBody });
	const id = data.id ?? "";
	const at = { calendarId, eventId: id };
	const starts = async (query = {}) =>
		((await events.instances({ ...at, ...query })).data.items ?? []).map(({ start }) => start?.dateTime ?? start?.date);
	return { id, at, data, starts, instance: (day: number) => ({ calendarId, eventId: `${id}_2026120${day}T090000Z` }) };
}

const on = (day: number, hour = "10") => `2026-12-0${day}T${hour}:00:00+01:00`;

test("a series has instances, each an event of its own", async () => {
	const { id, at, starts, instance } = await series();
	expect(await starts()).toEqual([on(1), on(2), on(3), on(4), on(5)]);
	expect(await starts({ timeMin: "2026-12-03T09:30:00Z", timeMax: "2026-12-05T09:00:00Z" })).toEqual([on(4)]);
	const { data } = await events.instances({ ...at, originalStart: "2026-12-02T10:00:00+01:00" });
	expect(data.items).toMatchObject([
		{
			id: instance(2).eventId,
			recurringEventId: id,
			originalStartTime: { dateTime: on(2), timeZone: "UTC" },
			status: "confirmed",
		},
	]);
	expect(data.items?.[0]).not.toHaveProperty("recurrence");
	expect((await events.get(instance(2))).data).toEqual(data.items?.[0]);
	expect(await refusal(events.get(instance(9)))).toBe("404 notFound");
	const single = await events.insert({ calendarId, requestBody: timed(3) });
	expect(await refusal(events.instances({ calendarId, eventId: single.data.id ?? "" }))).toBe("404 notFound");
});

test("an exception keeps the slot that it was made for, and its own content", async () => {
	const { id, at, starts, instance, data: master } = await series();
	const moved = { start: { dateTime: "2026-12-02T15:00:00Z" }, end: { dateTime: "2026-12-02T16:00:00Z" } };
	const { data } = await events.patch({ ...instance(2), requestBody: { ...moved, summary: "Later" } });
	expect(data).toMatchObject({
		id: instance(2).eventId,
		recurringEventId: id,
		summary: "Later",
		originalStartTime: { dateTime: on(2) },
		start: { dateTime: on(2, "16") },
		iCalUID: master.iCalUID,
	});
	expect(await starts()).toEqual([on(1), on(2, "16"), on(3), on(4), on(5)]);
	expect((await events.get(at)).data.etag).toBe(master.etag);
	const { data: listed } = await events.list({ calendarId, iCalUID: master.iCalUID ?? "" });
	expect(listed.items?.map((event) => event.id).sort()).toEqual([id, data.id]);
});

test("a cancelled instance stays a part of the series, with its slot and nothing more", async () => {
	const { id, at, starts, instance, data: master } = await series();
	await events.delete(instance(2));
	await events.patch({ ...instance(3), requestBody: { status: "cancelled" } });
	expect(await starts()).toEqual([on(1), on(4), on(5)]);
	expect((await events.instances({ ...at, showDeleted: true })).data.items).toHaveLength(5);
	const { data } = await events.list({ calendarId, iCalUID: master.iCalUID ?? "" });
	const cancelled = data.items?.filter(({ status }) => status === "cancelled");
	expect(cancelled?.map(({ id: each }) => each)).toEqual([instance(2).eventId, instance(3).eventId]);
	expect(Object.keys(cancelled?.[0] ?? {}).sort()).toEqual(
		["etag", "id", "kind", "originalStartTime", "recurringEventId", "status"].sort(),
	);
	expect(cancelled?.[0]).toMatchObject({ recurringEventId: id, originalStartTime: { dateTime: on(2) } });
	expect(await refusal(events.delete(instance(2)))).toBe("410 deleted");
	await events.patch({ ...instance(2), requestBody: { status: "confirmed" } });
	expect(await starts()).toEqual([on(1), on(2), on(4), on(5)]);
});

test("exceptions whose slots are gone go with them; the others stay", async () => {
	const { at, starts, instance } = await series();
	await events.patch({ ...instance(2), requestBody: { summary: "Kept" } });
	await events.patch({ ...instance(5), requestBody: { summary: "Lost" } });
	await events.patch({ ...at, requestBody: { recurrence: ["RRULE:FREQ=DAILY;COUNT=3"] } });
	expect(await starts()).toEqual([on(1), on(2), on(3)]);
	expect((await events.get(instance(2))).data.summary).toBe("Kept");
	expect((await events.get(instance(5))).data.status).toBe("cancelled");
	await events.patch({ ...at, requestBody: { recurrence: ["RRULE:FREQ=DAILY;COUNT=6"] } });
	expect((await events.get(instance(5))).data).toMatchObject({ status: "confirmed", summary: "Event of 1" });
	expect(await starts({ showDeleted: true })).toEqual([on(1), on(2), on(3), on(4), on(5), on(6)]);
	await events.patch({ ...instance(5), requestBody: { summary: "Anew" } });
	await events.patch({ ...at, requestBody: { recurrence: null } });
	expect((await events.get(instance(2))).data.status).toBe("cancelled");
	expect((await events.get(at)).data).not.toHaveProperty("recurrence");
});

test("a deleted series takes its exceptions along", async () => {
	const { at, instance } = await series();
	await events.patch({ ...instance(2), requestBody: { summary: "Changed" } });
	const { data: before } = await events.list({ calendarId });
	await events.delete(at);
	expect((await events.get(instance(2))).data.status).toBe("cancelled");
	expect(await refusal(events.instances(at))).toBe("410 deleted");
	const { data } = await events.list({ calendarId, syncToken: before.nextSyncToken ?? "" });
	expect(data.items?.map(({ id, status }) => [id, status]).sort()).toEqual([
		[at.eventId, "cancelled"],
		[instance(2).eventId, "cancelled"],
	]);
});

test("EXDATE, RDATE and clocks that change", async () => {
	const lines = ["RRULE:FREQ=WEEKLY;COUNT=3", "EXDATE;TZID=Europe/Berlin:20261018T090000", "RDATE:20261020T100000Z"];
	const berlin = (time: string) => ({ dateTime: `2026-10-11T${time}:00`, timeZone: "Europe/Berlin" });
	const { starts } = await series({ start: berlin("09:00"), end: berlin("10:00"), recurrence: lines });
	expect(await starts()).toEqual([
		"2026-10-11T09:00:00+02:00",
		"2026-10-20T12:00:00+02:00",
		"2026-10-25T09:00:00+01:00",
	]);
	const days = { start: { date: "2026-12-01" }, end: { date: "2026-12-02" }, recurrence: ["RRULE:FREQ=DAILY;COUNT=2"] };
	const allDay = await series(days);
	expect(await allDay.starts()).toEqual(["2026-12-01", "2026-12-02"]);
	const second = { calendarId, eventId: `${allDay.id}_20261202` };
	expect((await events.get(second)).data.originalStartTime).toEqual({ date: "2026-12-02" });
});

test("singleEvents lists instances in place of their series", async () => {
	const { id, instance } = await series();
	await events.delete(instance(2));
	await events.patch({ ...instance(4), requestBody: { summary: "Changed" } });
	const query = { calendarId, timeMin: "2026-12-01T00:00:00Z", timeMax: "2026-12-07T00:00:00Z", singleEvents: true };
	const { data } = await events.list({ ...query, orderBy: "startTime" });
	const own = data.items?.filter(({ recurringEventId }) => recurringEventId === id);
	expect(own?.map((event) => event.id)).toEqual([1, 3, 4, 5].map((day) => instance(day).eventId));
	expect(data.items?.some((event) => event.id === id)).toBe(false);
	expect(own?.[2]?.summary).toBe("Changed");
	expect(await refusal(events.list({ calendarId, orderBy: "startTime" }))).toBe("400 badRequest");
});

test("a series needs a zone, and rules that are some", async () => {
	const zoneless = { start: { dateTime: "2026-12-01T09:00:00Z" }, end: { dateTime: "2026-12-01T10:00:00Z" } };
	expect(await refusal(series(daily(zoneless)))).toBe("400 required");
	for (const recurrence of [["RRULE:FREQ=SOMETIMES"], ["DTSTART:20261201T090000Z"], ["nonsense"]]) {
		expect(await refusal(series(timed(1, { recurrence })))).toBe("400 invalid");
	}
});
