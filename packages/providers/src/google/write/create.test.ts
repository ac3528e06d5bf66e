import { expect, test } from "vitest";
import { answer } from "../../testing/google/google-side.ts";
import { GoogleClient, SINGLE, WEEKLY } from "../testing/client.ts";
import { create, draftOf, stored } from "../testing/writing.ts";
import { idOf } from "./identity.ts";

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
