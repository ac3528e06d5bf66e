import { expect, test } from "vitest";
import type { RemoteCalendar } from "../../port/provider.ts";
import { GoogleClient, SINGLE, WEEKLY } from "../testing/client.ts";

function scene(body: object) {
	const client = new GoogleClient();
	const family = client.side.addCalendar("Family");
	client.store.insert(body as Readonly<Record<string, unknown>>, { id: "event1" });
	const to: RemoteCalendar = { ...client.calendar, id: family.id, primary: false };
	const move = async () => {
		const resource = await client.read("event1");
		client.asked.length = 0;
		return client.writer.move?.(client.calendar, resource, to, client.context);
	};
	return { client, family, move };
}

test("is one request, on no condition, and tells no guest", async () => {
	const guests = [{ email: "ann@example.com", responseStatus: "accepted" }];
	const { client, family, move } = scene({ ...SINGLE, attendees: guests });
	const moved = await move();
	expect(client.asked).toEqual([
		{
			method: "POST",
			path: "events/event1/move",
			query: { destination: family.id, sendUpdates: "none" },
			ifMatch: null,
			body: null,
		},
	]);
	expect(moved).toMatchObject({
		id: "event1",
		etag: family.get("event1")?.etag,
		events: [{ uid: "event1@google.com" }],
	});
	expect(JSON.parse(moved?.raw ?? "")).toMatchObject({
		organizer: { email: family.id, self: true },
		attendees: guests,
	});
});

test("of a series asks for what came along", async () => {
	const { client, move } = scene(WEEKLY);
	client.store.patch("event1_20260309T090000Z", { summary: "Special" });
	expect((await move())?.events.map(({ title }) => title)).toEqual(["Weekly", "Special"]);
	expect(client.asked.map(({ method, query }) => [method, query.iCalUID])).toEqual([
		["POST", undefined],
		["GET", "event1@google.com"],
	]);
});

test.each(["outOfOffice", "focusTime", "workingLocation", "birthday", "fromGmail"])(
	"an event of type %s is not even asked for",
	async (eventType) => {
		const { client, move } = scene({ ...SINGLE, eventType });
		await expect(move()).rejects.toMatchObject({ kind: "forbidden", reason: "event_not_movable" });
		expect(client.asked).toEqual([]);
	},
);

test.each([
	[403, "forbiddenForNonOrganizer", "forbidden", "not_the_organizer"],
	[403, "cannotChangeOrganizerOfInstance", "forbidden", "not_the_organizer"],
	[403, "requiredAccessLevel", "forbidden", "read_only"],
	[400, "eventTypeRestriction", "forbidden", "event_not_movable"],
	[400, "invalid", "invalid", "event_refused"],
	[404, "notFound", "not_found", "resource_gone"],
	[409, "duplicate", "invalid", "already_exists"],
	[409, "conflict", "unavailable", "server_error"],
	[410, "deleted", "gone", "resource_gone"],
	[412, "conditionNotMet", "precondition_failed", "changed_meanwhile"],
	[500, "backendError", "unavailable", "server_error"],
])("%i %s", async (status, answer, kind, reason) => {
	const { client, move } = scene(SINGLE);
	client.instead = (request) => (request.method === "POST" ? client.refuse(request, status, answer) : null);
	await expect(move()).rejects.toMatchObject({ kind, reason });
	expect(client.asked).toHaveLength(1);
});
