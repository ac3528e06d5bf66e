import { expect, test } from "vitest";
import { SINGLE } from "../testing/client.ts";
import { baseOf, draftOf, MEETING, stored, update } from "../testing/writing.ts";

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
		const event = baseOf(resource);
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
	const event = baseOf(resource);
	const write = client.writer.create(client.calendar, draftOf([{ ...event, uid: "u2" }]), context);
	await expect(write).rejects.toMatchObject({ kind: "unavailable" });
	expect(client.asked.filter(({ method }) => method === "POST")).toHaveLength(1);
});

test("Google's refusals keep their reason", async () => {
	const scene = await stored(MEETING);
	scene.client.instead = (request) => scene.client.refuse(request, 403, "forbiddenForNonOrganizer");
	await expect(update(scene, () => ({ title: "New" }))).rejects.toMatchObject({ reason: "not_the_organizer" });
	scene.client.instead = (request) => scene.client.refuse(request, 404, "notFound");
	await expect(update(scene, () => ({ title: "New" }))).rejects.toMatchObject({ kind: "not_found" });
});
