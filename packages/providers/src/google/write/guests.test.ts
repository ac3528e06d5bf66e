import type { CalendarEvent } from "@kalends/model";
import { guest } from "@kalends/model/testing";
import { expect, test } from "vitest";
import { GoogleClient, SINGLE, WEEKLY } from "../testing/client.ts";
import { ANN, baseOf, draftOf, ME, MEETING, type Stored, stored, update } from "../testing/writing.ts";

test("guests are told of what they see, and of nothing else", async () => {
	const seen = await update(await stored(MEETING), () => ({ title: "New" }));
	expect(seen.writes).toMatchObject([{ query: { sendUpdates: "all" }, body: { summary: "New" } }]);
	const own = await update(await stored(MEETING), () => ({
		color: "#dc2127",
		reminders: { use_default: true, overrides: [] },
		visibility: "private",
		busy: false,
	}));
	expect(own.writes).toMatchObject([{ query: { sendUpdates: "none" } }]);
	const invited = await update(await stored(SINGLE), () => ({
		participants: [guest("x@example.com")],
	}));
	expect(invited.writes).toMatchObject([
		{ query: { sendUpdates: "all" }, body: { attendees: [{ email: "x@example.com" }] } },
	]);
	const scene = await stored(MEETING);
	await scene.client.writer.remove(scene.client.calendar, scene.resource, scene.client.context);
	expect(scene.client.asked).toMatchObject([{ method: "DELETE", query: { sendUpdates: "all" }, ifMatch: '"1"' }]);
});

test("guests are told by whoever calls, where that says so; of others' events the organizer is by Google", async () => {
	const telling = async (body: object, work: (scene: Stored) => Promise<unknown>) => {
		const scene = await stored(body);
		await work(scene);
		return scene.client.asked.filter(({ method }) => method !== "GET").map(({ query }) => query.sendUpdates);
	};
	const change = async ({ client, resource }: Stored) => {
		const wanted = resource.events.map((event) => ({ ...event, title: "New" }));
		const context = { ...client.context, tellsGuests: true };
		return client.writer.update(client.calendar, resource, wanted, { responseOnly: false }, context);
	};
	const remove = async ({ client, resource }: Stored) =>
		client.writer.remove(client.calendar, resource, { ...client.context, tellsGuests: true });
	expect(await telling(MEETING, change)).toEqual(["none"]);
	expect(await telling(MEETING, remove)).toEqual(["none"]);
	const invitation = {
		...SINGLE,
		organizer: { email: "boss@example.com", self: false },
		attendees: [
			{ email: "boss@example.com", organizer: true },
			{ ...ME, organizer: false },
		],
	};
	expect(await telling(invitation, remove)).toEqual(["all"]);
	const client = new GoogleClient();
	const event = baseOf((await stored(MEETING)).resource);
	await client.writer.create(client.calendar, draftOf([event]), { ...client.context, tellsGuests: true });
	expect(client.asked.find(({ method }) => method === "POST")?.query).toMatchObject({ sendUpdates: "none" });
});

test("an answer changes the person's own entry of the list and nothing else", async () => {
	const scene = await stored({
		...MEETING,
		attendees: [{ ...ME, organizer: false, responseStatus: "needsAction" }, ANN],
	});
	const answered = await update(
		scene,
		({ participants }) => ({
			title: "not this",
			participants: participants.map((each) => (each.self ? { ...each, response: "declined", comment: "ill" } : each)),
		}),
		true,
	);
	expect(answered.writes).toMatchObject([
		{
			method: "PATCH",
			query: { sendUpdates: "all" },
			body: { attendees: [{ email: ME.email, self: true, responseStatus: "declined", comment: "ill" }, ANN] },
		},
	]);
	expect(Object.keys(answered.writes[0]?.body as object)).toEqual(["attendees"]);
	expect(answered.updated.events[0]?.title).toBe("Single");
});

test("of a list that Google does not show whole the own entry goes alone, and the rest cannot be changed", async () => {
	const body = { ...MEETING, attendees: [{ ...ME, responseStatus: "needsAction" }], attendeesOmitted: true };
	const accept = ({ participants }: CalendarEvent): Partial<CalendarEvent> => ({
		participants: participants.map((each) => ({ ...each, response: "accepted" })),
	});
	const { writes } = await update(await stored(body), accept, true);
	expect(writes[0]?.body).toEqual({ attendees: [ME], attendeesOmitted: true });
	await expect(update(await stored(body), accept)).rejects.toMatchObject({ reason: "event_refused" });
});

test("one occurrence is answered by an exception of its own", async () => {
	const scene = await stored({ ...WEEKLY, attendees: [{ ...ME, responseStatus: "needsAction" }, ANN] });
	const master = baseOf(scene.resource);
	const slot = { type: "zoned", local: "2026-03-09T09:00:00", zone: "UTC", instant: "2026-03-09T09:00:00Z" } as const;
	const override: CalendarEvent = {
		...master,
		recurrence: null,
		recurrence_id: slot,
		start: slot,
		end: { ...slot, local: "2026-03-09T10:00:00", instant: "2026-03-09T10:00:00Z" },
		participants: master.participants.map((each) => (each.self ? { ...each, response: "declined" } : each)),
	};
	const { client, resource } = scene;
	const wanted = [master, override];
	const updated = await client.writer.update(client.calendar, resource, wanted, { responseOnly: true }, client.context);
	const [write] = client.asked.filter(({ method }) => method === "PATCH");
	expect(write).toMatchObject({ path: "events/event1_20260309T090000Z", query: { sendUpdates: "all" } });
	expect(Object.keys(write?.body as object)).toEqual(["attendees"]);
	expect(updated.events).toHaveLength(2);
});
