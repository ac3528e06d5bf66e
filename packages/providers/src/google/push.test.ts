import { expect, test } from "vitest";
import { answer } from "../testing/google/google-side.ts";
import { GoogleClient, provider } from "./testing/client.ts";

const CHANNEL = {
	id: "channel-1",
	token: "secret",
	address: new URL("https://kalends.example.com/push/google"),
	expiresAt: Date.UTC(2026, 0, 22),
};

function pushOf() {
	if (provider.push === undefined) throw new Error("the provider has no push");
	return provider.push;
}

test("watches events of a calendar and the list of calendars, for as long as Google says", async () => {
	const client = new GoogleClient();
	const expiration = String(Date.UTC(2026, 0, 18));
	client.instead = (request) => answer(request, 200, { id: "channel-1", resourceId: "res-1", expiration });
	const channel = { id: "channel-1", resourceId: "res-1", expiresAt: Date.UTC(2026, 0, 18) };
	expect(await pushOf().watch(client.calendar, CHANNEL, client.context)).toEqual(channel);
	expect(await pushOf().watch(null, CHANNEL, client.context)).toEqual(channel);
	const body = {
		id: "channel-1",
		type: "web_hook",
		address: "https://kalends.example.com/push/google",
		token: "secret",
		expiration: String(CHANNEL.expiresAt),
	};
	expect(client.asked).toMatchObject([
		{ method: "POST", path: "events/watch", body },
		{ method: "POST", path: "users/me/calendarList/watch", body },
	]);
});

test("without an expiration in the answer, what was asked for holds", async () => {
	const client = new GoogleClient();
	client.instead = (request) => answer(request, 200, { resourceId: "res-1" });
	expect(await pushOf().watch(client.calendar, CHANNEL, client.context)).toMatchObject({
		id: "channel-1",
		expiresAt: CHANNEL.expiresAt,
	});
	client.instead = (request) => answer(request, 200, {});
	await expect(pushOf().watch(client.calendar, CHANNEL, client.context)).rejects.toMatchObject({ kind: "unavailable" });
});

test("a calendar that has no push says so", async () => {
	const client = new GoogleClient();
	client.instead = (request) => client.refuse(request, 400, "pushNotSupportedForRequestedResource");
	const failure = { kind: "invalid", reason: "push_unsupported" };
	await expect(pushOf().watch(client.calendar, CHANNEL, client.context)).rejects.toMatchObject(failure);
	client.store.role = "freeBusyReader";
	client.asked.length = 0;
	await expect(pushOf().watch(client.calendar, CHANNEL, client.context)).rejects.toMatchObject(failure);
	expect(client.asked).toEqual([]);
});

test("a channel that is gone counts as stopped", async () => {
	const client = new GoogleClient();
	const channel = { id: "channel-1", resourceId: "res-1", expiresAt: 0 };
	for (const status of [204, 404, 410]) {
		client.instead = (request) => answer(request, status, null);
		await pushOf().stop(channel, client.context);
	}
	expect(client.asked[0]).toMatchObject({ path: "channels/stop", body: { id: "channel-1", resourceId: "res-1" } });
	client.instead = (request) => answer(request, 503, null);
	await expect(pushOf().stop(channel, client.context)).rejects.toMatchObject({ kind: "unavailable" });
});
