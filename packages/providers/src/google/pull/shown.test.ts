import { expect, test } from "vitest";
import { GoogleClient, SINGLE } from "../testing/client.ts";

test("an event is read anew once more than its times is shown, and once no more is, although it has not changed", async () => {
	const client = new GoogleClient();
	client.store.insert(SINGLE, { id: "single1" });
	for (const role of ["freeBusyReader", "owner", "freeBusyReader"]) {
		client.store.role = role;
		expect((await client.pull()).flatMap(({ changed }) => changed.map(({ id }) => id))).toEqual(["single1"]);
	}
	expect((await client.pull()).flatMap(({ unchanged }) => unchanged)).toEqual(["single1"]);
});

test("private events are read anew once all of them is shown, although they have not changed, and no others", async () => {
	const client = new GoogleClient();
	client.store.insert({ ...SINGLE, visibility: "private" }, { id: "hidden1" });
	client.store.insert(SINGLE, { id: "open1" });
	client.store.role = "reader";
	await client.pull();
	client.store.role = "writer";
	expect(await client.pull()).toMatchObject([
		{ mode: "full", changed: [{ id: "hidden1" }], unchanged: ["open1"], complete: true },
	]);
	expect(await client.pull()).toMatchObject([{ mode: "delta", changed: [], removed: [] }]);
});
