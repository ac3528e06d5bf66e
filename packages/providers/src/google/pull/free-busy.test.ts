import { expect, test } from "vitest";
import { GoogleClient } from "../testing/client.ts";

const BUSY = {
	start: { dateTime: "2026-01-20T09:00:00Z" },
	end: { dateTime: "2026-01-20T10:00:00Z" },
	recurringEventId: "hidden",
	originalStartTime: { dateTime: "2026-01-20T09:00:00Z" },
	organizer: null,
} as const;

test("only times are shown: each occurrence by itself, in a window whose beginning stays", async () => {
	const client = new GoogleClient();
	client.store.role = "freeBusyReader";
	client.store.insert(BUSY, { id: "hidden_20260120T090000Z" });
	expect(await client.pull()).toMatchObject([{ mode: "full", complete: true }]);
	expect(client.asked).toMatchObject([
		{ query: { singleEvents: "true", timeMin: "2025-12-15T00:00:00Z", timeMax: "2027-02-19T00:00:00Z" } },
	]);
	const resource = client.mirror.get("hidden_20260120T090000Z");
	expect(resource?.events).toMatchObject([{ title: "Busy", recurrence_id: null, recurrence: null, busy: true }]);

	client.store.insert({ ...BUSY, originalStartTime: undefined }, { id: "other" });
	expect(await client.pull()).toMatchObject([
		{ mode: "full", unchanged: ["hidden_20260120T090000Z"], changed: [{ id: "other" }], complete: true },
	]);
	expect(client.asked).toMatchObject([{ query: { timeMin: "2025-12-15T00:00:00Z" } }]);
	client.store.remove("other");
	await client.pull();
	expect([...client.mirror.keys()]).toEqual(["hidden_20260120T090000Z"]);
});
