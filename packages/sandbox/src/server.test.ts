import { afterAll, beforeAll, expect, test } from "vitest";
import { type Sandbox, startSandbox } from "./server.ts";
import { googleClient, refusal } from "./testing/google-client.ts";

let sandbox: Sandbox;
beforeAll(async () => {
	sandbox = await startSandbox({ accounts: [{ email: "ada@example.com", timeZone: "Europe/Berlin" }] });
});
afterAll(() => sandbox.close());

test("an event that was inserted is read, changed, listed and deleted", async () => {
	const { events } = googleClient(sandbox, "ada@example.com");
	const body = {
		summary: "Breakfast",
		start: { dateTime: "2026-12-05T09:00:00+01:00" },
		end: { dateTime: "2026-12-05T10:00:00+01:00" },
	};
	const { data: made } = await events.insert({ calendarId: "primary", requestBody: body });
	const at = { calendarId: "ada@example.com", eventId: made.id ?? "" };
	expect((await events.get(at)).data).toEqual(made);
	const { data: patched } = await events.patch({ ...at, requestBody: { summary: "Brunch" } });
	expect(patched).toMatchObject({ id: made.id, summary: "Brunch", start: { dateTime: "2026-12-05T09:00:00+01:00" } });
	expect((await events.list({ calendarId: "primary" })).data.items).toEqual([patched]);
	await events.delete(at);
	expect(await refusal(events.delete(at))).toEqual({ status: 410, reason: "deleted" });
});
