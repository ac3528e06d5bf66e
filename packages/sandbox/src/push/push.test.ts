import { randomUUID } from "node:crypto";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeEach, expect, test, vi } from "vitest";
import { sendMessages } from "../control/actions.ts";
import { ADA, BOB, googleClient, refusal, stage, timed } from "../testing/google-client.ts";

const sandbox = await stage();
const { world } = sandbox;
const ada = googleClient(sandbox, ADA);
const calendarId = "primary";

let answers: number[] = [];
let got: IncomingHttpHeaders[] = [];
const receiver = createServer((request, response) => {
	got.push(request.headers);
	response.writeHead(answers.shift() ?? 200).end();
});
await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
afterAll(() => {
	receiver.closeAllConnections();
	receiver.close();
});
const address = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/push`;

beforeEach(() => {
	answers = [];
	got = [];
	Object.assign(world.push, { lossRate: 0, delay: 0, copies: 1, httpsOnly: false });
	world.push.deliveries.length = 0;
	world.channels.clear();
});

const channel = (more = {}) => ({ id: randomUUID(), type: "web_hook", address, ...more });
const watch = async (more = {}) => (await ada.events.watch({ calendarId, requestBody: channel(more) })).data;
const insert = () => ada.events.insert({ calendarId, requestBody: timed(5) });
const states = () => got.map((headers) => headers["x-goog-resource-state"]);
const until = (count: number) => vi.waitFor(() => expect(got).toHaveLength(count));

test("a channel says hello, then tells of each change in headers alone", async () => {
	const made = await watch({ token: "secret" });
	expect(made).toMatchObject({ kind: "api#channel", token: "secret" });
	expect(made.resourceUri).toContain("/calendar/v3/calendars/primary/events?alt=json");
	const week = 7 * 86_400_000;
	expect(Number(made.expiration)).toBeLessThanOrEqual(world.clock.now() + week);
	await until(1);
	await insert();
	await until(2);
	expect(got[0]).toMatchObject({
		"x-goog-channel-id": made.id,
		"x-goog-channel-token": "secret",
		"x-goog-resource-id": made.resourceId,
		"x-goog-resource-uri": made.resourceUri,
		"x-goog-resource-state": "sync",
		"x-goog-message-number": "1",
		"x-goog-channel-expiration": new Date(Number(made.expiration)).toUTCString(),
		"content-length": "0",
	});
	expect(states()).toEqual(["sync", "exists"]);
	expect(Number(got[1]?.["x-goog-message-number"])).toBeGreaterThan(1);
});

test("lists of calendars and guests' calendars are watched too", async () => {
	await ada.calendarList.watch({ requestBody: channel() });
	await googleClient(sandbox, BOB).events.watch({ calendarId, requestBody: channel() });
	await until(2);
	await ada.calendars.insert({ requestBody: { summary: "New" } });
	await until(3);
	expect(got[2]?.["x-goog-resource-uri"]).toContain("/users/me/calendarList");
	await ada.events.insert({ calendarId, requestBody: timed(5, { attendees: [{ email: BOB }] }) });
	await until(4);
});

test("a stopped channel and one that has ended say nothing", async () => {
	const [stopped, ended] = [await watch(), await watch({ expiration: String(world.clock.now() + 60_000) })];
	await until(2);
	const stop = { id: stopped.id ?? "", resourceId: stopped.resourceId ?? "" };
	const bob = googleClient(sandbox, BOB);
	expect(await refusal(bob.channels.stop({ requestBody: stop }))).toBe("404 notFound");
	expect(await refusal(ada.channels.stop({ requestBody: { ...stop, resourceId: "other" } }))).toBe("404 notFound");
	await ada.channels.stop({ requestBody: stop });
	expect(await refusal(ada.channels.stop({ requestBody: stop }))).toBe("404 notFound");
	await insert();
	await until(3);
	expect(got[2]?.["x-goog-channel-id"]).toBe(ended.id);
	world.clock.advance(61_000);
	const last = await watch();
	await until(4);
	await insert();
	await until(5);
	expect(got[4]?.["x-goog-channel-id"]).toBe(last.id);
});

test("a message is sent again where the receiver says that it failed, and else not", async () => {
	answers = [503, 500, 200];
	await watch();
	await until(1);
	await vi.waitFor(() => {
		world.clock.advance(10_000);
		expect(world.push.deliveries).toHaveLength(1);
	});
	expect(world.push.deliveries[0]).toMatchObject({ state: "sync", attempts: 3, status: 200, outcome: "delivered" });
	answers = [403];
	await insert();
	await vi.waitFor(() => expect(world.push.deliveries).toHaveLength(2));
	expect(world.push.deliveries[1]).toMatchObject({ attempts: 1, status: 403, outcome: "refused" });
});

test("messages get lost, come twice, or late, where that is asked for", async () => {
	await watch();
	await until(1);
	world.push.lossRate = 1;
	await insert();
	expect(world.push.deliveries.at(-1)).toMatchObject({ outcome: "lost", attempts: 0 });
	Object.assign(world.push, { lossRate: 0, copies: 2, delay: 3_600_000 });
	await insert();
	expect(got).toHaveLength(1);
	world.clock.advance(3_600_000);
	await until(3);
	expect(got[1]?.["x-goog-message-number"]).toBe(got[2]?.["x-goog-message-number"]);
});

test("of thousands of messages a few are under way at once, and all arrive", async () => {
	await watch();
	await until(1);
	const connections = new Set<unknown>();
	const count = (socket: unknown) => void connections.add(socket);
	receiver.on("connection", count);
	sendMessages(world, { calendar: ADA, times: 2000 });
	await vi.waitFor(() => expect(got).toHaveLength(2001), 20_000);
	receiver.off("connection", count);
	// A connection may be replaced now and then.
	expect(connections.size).toBeLessThan(100);
	expect(world.push.deliveries.every(({ outcome, attempts }) => outcome === "delivered" && attempts === 1)).toBe(true);
});

test("a channel that cannot be is refused", async () => {
	const { id } = await watch();
	const refused: readonly [object, string][] = [
		[{ id }, "400 channelIdNotUnique"],
		[{ id: "with spaces" }, "400 channelIdInvalid"],
		[{ type: "pigeon" }, "400 channelTypeInvalid"],
		[{ address: "ftp://example.com" }, "400 push.webhookUrlNotHttps"],
		[{ token: "t".repeat(257) }, "400 channelTokenTooLong"],
		[{ expiration: "1000" }, "400 channelExpired"],
	];
	for (const [more, reason] of refused) expect(await refusal(watch(more))).toBe(reason);
	world.push.httpsOnly = true;
	expect(await refusal(watch())).toBe("400 push.webhookUrlNotHttps");
	world.push.httpsOnly = false;
	const calendar = world.calendars.get(ADA);
	if (calendar !== undefined) calendar.pushSupported = false;
	expect(await refusal(watch())).toBe("400 pushNotSupportedForRequestedResource");
	if (calendar !== undefined) calendar.pushSupported = true;
	const far = await watch({ expiration: String(world.clock.now() + 400 * 86_400_000) });
	expect(Number(far.expiration)).toBeLessThanOrEqual(world.clock.now() + world.push.longestLife);
	const short = await watch({ params: { ttl: "60" } });
	expect(Number(short.expiration)).toBeLessThanOrEqual(world.clock.now() + 60_000);
});
