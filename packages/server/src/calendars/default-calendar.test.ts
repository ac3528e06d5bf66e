import { memoryProvider } from "@kalends/providers/testing";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { CalendarStatus } from "../db/schema.ts";
import { createTestPerson } from "../testing/people.ts";
import { createTestServices, type TestServices } from "../testing/services.ts";
import { defaultCalendarId } from "./default-calendar.ts";

let made: TestServices;
let userId: string;
beforeEach(async () => {
	const caldav = memoryProvider({ id: "caldav" }).provider;
	const google = memoryProvider({ id: "google" }).provider;
	const ics = memoryProvider({ id: "ics" }).provider;
	made = await createTestServices({
		providers: new Map([
			["caldav", caldav],
			["google", google],
			["ics", ics],
		]),
	});
	userId = (await createTestPerson(made.services)).userId;
});
afterEach(() => made.close());

const found = () => defaultCalendarId(made.services, made.services.db, userId);

async function add(
	provider: "caldav" | "google" | "ics",
	parts: {
		is_primary?: boolean;
		access?: "read" | "write" | "owner";
		status?: CalendarStatus;
		selected?: boolean;
	} = {},
	owner = userId,
): Promise<string> {
	const { db, newId, now } = made.services;
	const [connection_id, id, at] = [newId("con"), newId("cal"), new Date(now())];
	const common = { user_id: owner, status_since: at, created_at: at };
	await db
		.insertInto("connections")
		.values({
			...common,
			id: connection_id,
			provider,
			name: "",
			account: id,
			status: "active",
			credentials: Buffer.of(0),
		})
		.execute();
	await db
		.insertInto("calendars")
		.values({ ...common, id, connection_id, provider_calendar_id: id, name: id, access: "owner", ...parts })
		.execute();
	// Ids are in the order in which they are made only from one millisecond to the next.
	made.clock.advance(1);
	return id;
}

it("is the first that can be written, a primary one before others, Google's before other primary ones", async () => {
	expect(await found()).toBeNull();
	await add("ics", { is_primary: true });
	await add("caldav", { is_primary: true, access: "read" });
	await add("caldav", { is_primary: true, status: "gone" });
	await add("google", { is_primary: true, selected: false });
	const { userId: other } = await createTestPerson(made.services);
	await add("google", { is_primary: true }, other);
	expect(await found()).toBeNull();

	const first = await add("caldav", { access: "write" });
	await add("google");
	expect(await found()).toBe(first);
	const primary = await add("caldav", { is_primary: true });
	await add("caldav", { is_primary: true });
	expect(await found()).toBe(primary);
	const google = await add("google", { is_primary: true });
	await add("google", { is_primary: true });
	expect(await found()).toBe(google);
});
