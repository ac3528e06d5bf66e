import { expect, test } from "vitest";
import { ADA, BOB, googleClient, refusal, stage, timed } from "../../testing/google-client.ts";

const sandbox = await stage();
const { events } = googleClient(sandbox, ADA);
const calendarId = "primary";

const asking = (requestId: string, type = "hangoutsMeet") => ({
	conferenceData: { createRequest: { requestId, conferenceSolutionKey: { type } } },
});

test("a conference that is asked for is pending, then made, for the guests too", async () => {
	const requestBody = timed(5, { ...asking("one"), attendees: [{ email: BOB }] });
	const { data } = await events.insert({ calendarId, conferenceDataVersion: 1, requestBody });
	expect(data.conferenceData).toEqual({
		createRequest: {
			requestId: "one",
			conferenceSolutionKey: { type: "hangoutsMeet" },
			status: { statusCode: "pending" },
		},
	});
	const { data: before } = await events.list({ calendarId });
	sandbox.world.clock.advance(1000);
	const at = { calendarId, eventId: data.id ?? "" };
	const { data: made } = await events.get(at);
	expect(made.conferenceData?.createRequest?.status?.statusCode).toBe("success");
	expect(made.hangoutLink).toMatch(/^https:\/\/meet\.google\.com\/[a-z]{3}-[a-z]{4}-[a-z]{3}$/);
	expect(made.conferenceData?.entryPoints).toMatchObject([{ entryPointType: "video", uri: made.hangoutLink }]);
	expect(made.etag).not.toBe(data.etag);
	const { data: since } = await events.list({ calendarId, syncToken: before.nextSyncToken ?? "" });
	expect(since.items).toEqual([made]);
	expect((await googleClient(sandbox, BOB).events.get(at)).data.hangoutLink).toBe(made.hangoutLink);

	const again = await events.patch({ ...at, conferenceDataVersion: 1, requestBody: asking("one") });
	expect(again.data.conferenceData).toEqual(made.conferenceData);
	const another = await events.patch({ ...at, conferenceDataVersion: 1, requestBody: asking("two") });
	expect(another.data.conferenceData?.createRequest?.status?.statusCode).toBe("pending");
});

test("who does not know of conferences neither makes nor loses one", async () => {
	const { data } = await events.insert({ calendarId, requestBody: timed(5, asking("three")) });
	expect(data).not.toHaveProperty("conferenceData");
	const at = { calendarId, eventId: data.id ?? "" };
	await events.patch({ ...at, conferenceDataVersion: 1, requestBody: asking("four") });
	sandbox.world.clock.advance(1000);
	const { data: kept } = await events.update({ ...at, requestBody: timed(6) });
	expect(kept.hangoutLink).toBeDefined();
	const { data: gone } = await events.update({ ...at, conferenceDataVersion: 1, requestBody: timed(6) });
	expect(gone).not.toHaveProperty("hangoutLink");
	expect(gone).not.toHaveProperty("conferenceData");
});

test("what nobody makes fails, and nonsense is refused", async () => {
	const insert = (body: object) => events.insert({ calendarId, conferenceDataVersion: 1, requestBody: timed(5, body) });
	const { data } = await insert(asking("five", "addOn"));
	sandbox.world.clock.advance(1000);
	const { data: failed } = await events.get({ calendarId, eventId: data.id ?? "" });
	expect(failed.conferenceData?.createRequest?.status?.statusCode).toBe("failure");
	expect(await refusal(insert(asking("six", "telephone")))).toBe("400 invalid");
	expect(await refusal(insert({ conferenceData: { createRequest: {} } }))).toBe("400 required");
});
