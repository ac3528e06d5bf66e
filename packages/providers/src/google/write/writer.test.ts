import type { CalendarEvent } from "@kalends/model";
import { expect, test } from "vitest";
import type { RemoteResource } from "../../port/provider.ts";
import type { ResourceDraft } from "../../port/writer.ts";
import { answer } from "../../testing/google/google-side.ts";
import { GoogleClient, SINGLE, WEEKLY } from "../testing/client.ts";
import { idOf } from "./identity.ts";

const ME = { email: "person@example.com", self: true, organizer: true, responseStatus: "accepted" };
const ANN = { email: "ann@example.com", responseStatus: "needsAction", additionalGuests: 1 };
const MEETING = { ...SINGLE, attendees: [ME, ANN] };

async function stored(body: object, id = "event1"): Promise<{ client: GoogleClient; resource: RemoteResource }> {
	const client = new GoogleClient();
	client.store.insert(body as Readonly<Record<string, unknown>>, { id });
	const resource = await client.read(id);
	client.asked.length = 0;
	return { client, resource };
}

/** Updates what was read; answers the writes that it took, in short. */
async function update(
	{ client, resource }: { client: GoogleClient; resource: RemoteResource },
	change: (event: CalendarEvent) => Partial<CalendarEvent>,
	responseOnly = false,
) {
	const wanted = resource.events.map((event) => ({ ...event, ...change(event) }));
	const updated = await client.writer.update(client.calendar, resource, wanted, { responseOnly }, client.context);
	return { updated, writes: client.asked.filter(({ method }) => method !== "GET") };
}

const draftOf = (events: readonly CalendarEvent[], raw: string | null = null): ResourceDraft => ({
	key: "res01kxyz",
	events,
	raw,
});
const create = (client: GoogleClient, draft: ResourceDraft) =>
	client.writer.create(client.calendar, draft, client.context);

test("patches what has changed and no more, where the event is still as it was", async () => {
	const scene = await stored({ ...SINGLE, extendedProperties: { private: { theirs: "1" }, shared: { too: "2" } } });
	const { writes, updated } = await update(scene, () => ({ location: "Hall", description: "" }));
	expect(writes).toEqual([
		{
			method: "PATCH",
			path: "events/event1",
			query: { sendUpdates: "none" },
			ifMatch: scene.resource.etag,
			body: { location: "Hall" },
		},
	]);
	expect(JSON.parse(updated.raw)).toMatchObject({
		location: "Hall",
		extendedProperties: { private: { theirs: "1" }, shared: { too: "2" } },
	});
});

const MEET = {
	hangoutLink: "https://meet.google.com/abc-defg-hij",
	conferenceData: {
		conferenceId: "abc-defg-hij",
		createRequest: { requestId: "r", status: { statusCode: "success" } },
		conferenceSolution: { key: { type: "hangoutsMeet" }, name: "Google Meet", iconUri: "https://icons.example/meet" },
		entryPoints: [{ entryPointType: "video", uri: "https://meet.google.com/abc-defg-hij" }],
	},
};

test("a conference is taken away, also one that is still being made", async () => {
	const pending = { conferenceData: { createRequest: { requestId: "r", status: { statusCode: "pending" } } } };
	for (const conference of [MEET, pending]) {
		const { writes } = await update(await stored({ ...SINGLE, ...conference }), () => ({ conference: null }));
		expect(writes).toMatchObject([{ method: "PATCH", body: { conferenceData: null } }]);
	}
	const { writes } = await update(await stored(SINGLE), () => ({ conference: null }));
	expect(writes).toEqual([]);
});

test("of a conference that another takes the place of, nothing stays beside it", async () => {
	const { writes } = await update(await stored({ ...SINGLE, ...MEET }), () => ({
		conference: { url: "https://zoom.us/j/1", provider: "zoom" },
	}));
	expect(writes).toMatchObject([
		{
			body: {
				conferenceData: {
					conferenceId: null,
					createRequest: null,
					conferenceSolution: { key: { type: "addOn" }, name: "zoom", iconUri: null },
					entryPoints: [{ entryPointType: "video", uri: "https://zoom.us/j/1" }],
				},
			},
		},
	]);
});

test.each([
	[429, "rateLimitExceeded"],
	[403, "rateLimitExceeded"],
	[403, "userRateLimitExceeded"],
])(
	"a write that came too soon after others (%i %s) is sent again, each time after a longer pause",
	async (code, reason) => {
		const { client, resource } = await stored(SINGLE);
		const pauses: number[] = [];
		const context = { ...client.context, random: () => 1, pause: async (ms: number) => void pauses.push(ms) };
		let left = 0;
		client.instead = (request) =>
			request.method !== "GET" && left-- > 0 ? client.refuse(request, code, reason) : null;
		const { writer, calendar } = client;
		left = 2;
		const [event] = resource.events;
		if (event === undefined) throw new Error("an event is needed");
		const patched = await writer.update(
			calendar,
			resource,
			[{ ...event, title: "New" }],
			{ responseOnly: false },
			context,
		);
		left = 1;
		await writer.remove(calendar, patched, context);
		left = 1;
		const made = await writer.create(calendar, draftOf([{ ...event, uid: "u2" }]), context);
		expect(made.events).toMatchObject([{ title: "Single" }]);
		expect(pauses).toEqual([1_000, 2_000, 1_000, 1_000]);
		left = 4;
		const fails = writer.update(calendar, made, [{ ...event, title: "Newer" }], { responseOnly: false }, context);
		await expect(fails).rejects.toMatchObject({ kind: "rate_limited" });
	},
);

test("a write of which nobody knows whether it was done is not sent again at once", async () => {
	const { client, resource } = await stored(SINGLE);
	const context = { ...client.context, pause: async () => {} };
	client.instead = (request) => (request.method === "GET" ? null : client.refuse(request, 503, "backendError"));
	const [event] = resource.events;
	if (event === undefined) throw new Error("an event is needed");
	const write = client.writer.create(client.calendar, draftOf([{ ...event, uid: "u2" }]), context);
	await expect(write).rejects.toMatchObject({ kind: "unavailable" });
	expect(client.asked.filter(({ method }) => method === "POST")).toHaveLength(1);
});

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
		participants: [
			{ email: "x@example.com", name: null, response: "needs_action", optional: false, organizer: false, self: false },
		],
	}));
	expect(invited.writes).toMatchObject([
		{ query: { sendUpdates: "all" }, body: { attendees: [{ email: "x@example.com" }] } },
	]);
	const scene = await stored(MEETING);
	await scene.client.writer.remove(scene.client.calendar, scene.resource, scene.client.context);
	expect(scene.client.asked).toMatchObject([{ method: "DELETE", query: { sendUpdates: "all" }, ifMatch: '"1"' }]);
});

test("guests are told by whoever calls, where that says so; of others' events the organizer is by Google", async () => {
	const telling = async (body: object, work: (scene: Awaited<ReturnType<typeof stored>>) => Promise<unknown>) => {
		const scene = await stored(body);
		await work(scene);
		return scene.client.asked.filter(({ method }) => method !== "GET").map(({ query }) => query.sendUpdates);
	};
	const change = async ({ client, resource }: Awaited<ReturnType<typeof stored>>) => {
		const wanted = resource.events.map((event) => ({ ...event, title: "New" }));
		const context = { ...client.context, tellsGuests: true };
		return client.writer.update(client.calendar, resource, wanted, { responseOnly: false }, context);
	};
	const remove = async ({ client, resource }: Awaited<ReturnType<typeof stored>>) =>
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
	const [event] = (await stored(MEETING)).resource.events;
	if (event === undefined) throw new Error("no event");
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
	const [master] = scene.resource.events;
	if (master === undefined) throw new Error("there is no series");
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

test("a conference is asked for by the same request while it is the same wish", async () => {
	const scene = await stored(SINGLE);
	const asked = () => ({ conference: { url: "", provider: null, create: true as const } });
	const first = await update(scene, asked);
	const again = { ...scene, resource: { ...scene.resource } };
	scene.client.asked.length = 0;
	await expect(update(again, asked)).rejects.toMatchObject({ kind: "precondition_failed" });
	const [one, other] = [first.writes[0], scene.client.asked.find(({ method }) => method === "PATCH")];
	expect(one?.body).toEqual(other?.body);
	expect(one?.body).toMatchObject({
		conferenceData: {
			createRequest: { conferenceSolutionKey: { type: "hangoutsMeet" }, requestId: expect.any(String) },
		},
	});
});

test("what is created has an id made of its key, in the letters that Google takes", () => {
	expect(idOf("res01kxyz")).toMatch(/^[a-v0-9]{5,64}$/);
	expect(idOf("")).toMatch(/^[a-v0-9]{5}$/);
	const keys = ["a", "b", "aa", "ab", "res1", "res2", "z".repeat(40)];
	expect(new Set(keys.map(idOf)).size).toBe(keys.length);
});

test("the id that the answer has is the one that counts, and what was made is found by its mark", async () => {
	const client = new GoogleClient({ ownIds: true });
	const { resource } = await stored(SINGLE);
	const made = await create(client, draftOf(resource.events));
	expect(made.id).not.toBe(idOf("res01kxyz"));
	expect(await client.writer.findCreated(client.calendar, draftOf(resource.events), client.context)).toEqual(made);
	expect(client.asked.at(-1)).toMatchObject({ query: { privateExtendedProperty: "kalendsKey=res01kxyz" } });
});

test("what was made and deleted again is not made once more", async () => {
	const client = new GoogleClient();
	const { resource } = await stored(SINGLE);
	const draft = draftOf(resource.events);
	const made = await create(client, draft);
	client.store.remove(made.id);
	const find = () => client.writer.findCreated(client.calendar, draft, client.context);
	await expect(find()).rejects.toMatchObject({ kind: "gone" });
	await expect(create(client, draft)).rejects.toMatchObject({ kind: "precondition_failed" });
	expect(client.store.get(made.id)).toMatchObject({ status: "cancelled" });
});

test("a new series that was cut off is finished by whoever looks for it", async () => {
	const source = new GoogleClient();
	source.store.insert(WEEKLY, { id: "weekly" });
	source.store.patch("weekly_20260309T090000Z", { summary: "Own" });
	const { events } = await source.read("weekly");
	const client = new GoogleClient();
	client.instead = (request) => (request.method === "PATCH" ? answer(request, 503, null) : null);
	await expect(create(client, draftOf(events))).rejects.toMatchObject({ kind: "unavailable" });
	client.instead = null;
	const cutOff = await client.read(idOf("res01kxyz"));
	expect(cutOff.events).toHaveLength(1);
	expect(cutOff.draftKey).toBeUndefined();
	const found = await client.writer.findCreated(client.calendar, draftOf(events), client.context);
	expect(found?.events.map(({ title }) => title)).toEqual(["Weekly", "Own"]);
	expect(found?.draftKey).toBe("res01kxyz");
	expect(JSON.parse(found?.raw ?? "").event.extendedProperties.private).toEqual({ kalendsKey: "res01kxyz" });
	client.asked.length = 0;
	expect(await client.writer.findCreated(client.calendar, draftOf(events), client.context)).toEqual(found);
	expect(client.asked.map(({ method }) => method)).toEqual(["GET", "GET"]);
});

test("what is restored keeps what no field knows, but for what was Kalends's own", async () => {
	const raw = {
		...SINGLE,
		id: "old",
		etag: '"1"',
		extendedProperties: { private: { theirs: "1", kalendsKey: "old" }, shared: { too: "2" } },
		source: { title: "Ticket", url: "https://example.com/1" },
		guestsCanModify: true,
		eventType: "focusTime",
		focusTimeProperties: { chatStatus: "doNotDisturb" },
		locked: true,
	};
	const { resource } = await stored(SINGLE);
	const client = new GoogleClient();
	await create(client, draftOf(resource.events, JSON.stringify(raw)));
	expect(client.asked[0]?.body).toMatchObject({
		id: idOf("res01kxyz"),
		extendedProperties: { private: { theirs: "1", kalendsKey: "res01kxyz" }, shared: { too: "2" } },
		source: { title: "Ticket", url: "https://example.com/1" },
		guestsCanModify: true,
		eventType: "focusTime",
		focusTimeProperties: { chatStatus: "doNotDisturb" },
	});
	expect(client.asked[0]?.body).not.toHaveProperty("locked");
	await expect(create(new GoogleClient(), draftOf(resource.events, "BEGIN:VCALENDAR"))).resolves.toBeDefined();
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

test.each([
	["a birthday", { eventType: "birthday" }, { location: "Hall" }, "event_protected"],
	["an event made of a mail", { eventType: "fromGmail" }, { title: "New" }, "event_protected"],
	["locked fields", { locked: true }, { title: "New" }, "event_protected"],
	["an all-day focus time", { eventType: "focusTime" }, { busy: false }, "event_kind_restricted"],
	[
		"a busy working location",
		{ eventType: "workingLocation", transparency: "transparent" },
		{ busy: true },
		"event_kind_restricted",
	],
	[
		"a private event of which only the time is shown",
		{ summary: null, visibility: "private", organizer: { email: "x@example.com" } },
		{ title: "New" },
		"read_only",
	],
] as const)("%s is refused before anything is sent", async (_, body, change, reason) => {
	const scene = await stored({ ...SINGLE, ...body });
	await expect(update(scene, () => change)).rejects.toMatchObject({ kind: "forbidden", reason });
	expect(scene.client.asked).toEqual([]);
});

test.each([
	["a birthday's colour", { eventType: "birthday" }, { color: "#dc2127" }],
	["whether an event made of a mail is shown as busy", { eventType: "fromGmail" }, { busy: false }],
	["the colour of what is locked", { locked: true }, { color: "#dc2127" }],
] as const)("%s can be changed", async (_, body, change) => {
	const scene = await stored({ ...SINGLE, ...body });
	expect((await update(scene, () => change)).writes).toHaveLength(1);
});

test("Google's refusals keep their reason", async () => {
	const scene = await stored(MEETING);
	scene.client.instead = (request) => scene.client.refuse(request, 403, "forbiddenForNonOrganizer");
	await expect(update(scene, () => ({ title: "New" }))).rejects.toMatchObject({ reason: "not_the_organizer" });
	scene.client.instead = (request) => scene.client.refuse(request, 404, "notFound");
	await expect(update(scene, () => ({ title: "New" }))).rejects.toMatchObject({ kind: "not_found" });
});
