import { describe, expect, test } from "vitest";
import { ProviderFailure } from "../port/failure.ts";
import type { RemoteCalendar } from "../port/provider.ts";
import type { WriteContext } from "../port/writer.ts";
import { fixture } from "./fixture-events.ts";
import { memoryProvider } from "./memory-provider.ts";
import { readBody } from "./memory-store.ts";
import { nodeTransport } from "./node-transport.ts";

async function setUp(properties: Partial<RemoteCalendar> = {}) {
	const { provider, control } = memoryProvider();
	const credentials = control.addAccount("ada@example.org", "pw");
	const calendarId = control.createCalendar("ada@example.org", properties);
	const person = { email: "ada@home.example", name: "Ada" };
	const http = nodeTransport();
	const context: WriteContext = {
		http,
		credentials,
		settings: {},
		now: () => Date.UTC(2026, 0, 1),
		random: () => 0,
		person,
	};
	const [calendar] = (await provider.listCalendars(context)).calendars;
	const { writer } = provider;
	if (calendar === undefined || writer === null) throw new Error("cannot write");
	return { writer, control, context, calendarId, calendar };
}

const eventsOf = (uid: string, title = uid) => {
	const resource = readBody(uid, "", fixture({ uid, title }).ics, null, "");
	if (resource === null) throw new Error("unreadable");
	return resource.events;
};
const draft = (key: string) => ({ key, events: eventsOf(`uid-${key}`), raw: null });
const down = new ProviderFailure("unavailable", { reason: "server_error", message: "down" });

describe("the in-memory writer", () => {
	test("fails before the effect, and after it", async () => {
		const { writer, control, context, calendar, calendarId } = await setUp();
		control.failNext("create", down);
		await expect(writer.create(calendar, draft("a"), context)).rejects.toBe(down);
		expect(await writer.findCreated(calendar, draft("a"), context)).toBeNull();
		control.loseAnswer("create", down);
		await expect(writer.create(calendar, draft("a"), context)).rejects.toBe(down);
		expect(await writer.findCreated(calendar, draft("a"), context)).toEqual(control.resources(calendarId)[0]);
		expect(control.performed.map(({ operation, id }) => `${operation} ${id}`)).toEqual(["create a"]);
		expect(control.calls).toMatchObject({ create: 2, find_created: 2 });
		const [made] = control.resources(calendarId);
		if (made === undefined) throw new Error("nothing was made");
		await writer.remove(calendar, made, context);
		await expect(writer.findCreated(calendar, draft("a"), context)).rejects.toMatchObject({ kind: "gone" });
	});

	test.each(["before", "after"] as const)("holds a write %s its effect", async (when) => {
		const { writer, control, context, calendar, calendarId } = await setUp();
		const gate = control.holdWrites("create", when);
		const creating = writer.create(calendar, draft("a"), context);
		await gate.reached;
		expect(control.resources(calendarId)).toHaveLength(when === "before" ? 0 : 1);
		gate.release();
		expect(await creating).toEqual(control.resources(calendarId)[0]);
	});

	test("refuses calendars that are not the account's to write", async () => {
		const { writer, context, calendar } = await setUp({ access: "read" });
		await expect(writer.create(calendar, draft("a"), context)).rejects.toMatchObject({
			kind: "forbidden",
			reason: "read_only",
		});
	});

	test("the other side changes what the writer made", async () => {
		const { writer, control, context, calendar, calendarId } = await setUp();
		const made = await writer.create(calendar, draft("a"), context);
		control.put(calendarId, "uid-a", fixture({ uid: "uid-a", title: "Theirs" }).ics);
		expect((await writer.read(calendar, "a", context))?.events).toMatchObject([{ title: "Theirs" }]);
		await expect(writer.remove(calendar, made, context)).rejects.toMatchObject({ kind: "precondition_failed" });
		control.remove(calendarId, "uid-a");
		await writer.remove(calendar, made, context);
		expect(control.performed).toHaveLength(1);
	});

	test("tells no etag where what is stored is not what was sent", async () => {
		const { writer, control, context, calendar } = await setUp();
		control.setRewrites(true);
		expect(await writer.create(calendar, draft("a"), context)).toMatchObject({ id: "a", etag: null });
		const stored = await writer.read(calendar, "a", context);
		expect(stored?.etag).not.toBeNull();
		expect(stored?.raw).toContain("X-STORED-BY");
	});

	test("the account calls its meetings", async () => {
		const { writer, context, calendar } = await setUp();
		const guest = { email: "bob@example.org", name: null, response: "needs_action", optional: false } as const;
		const [event] = eventsOf("uid-m");
		if (event === undefined) throw new Error("no event");
		const events = [{ ...event, participants: [{ ...guest, organizer: false, self: false }] }];
		const made = await writer.create(calendar, { key: "m", events, raw: null }, context);
		expect(made.events[0]?.participants).toMatchObject([
			{ email: "ada@example.org", organizer: true, self: true },
			{ email: "bob@example.org", organizer: false },
		]);
	});
});
