import { randomUUID } from "node:crypto";
import { type CalendarEvent, originalStartKey, type Participant, parseCalendar } from "@kalends/model";
import { type CalendarProvider, googleProvider, type RemoteCalendar, type RemoteResource } from "@kalends/providers";
import { nodeTransport } from "@kalends/providers/testing";
import { createCalendar, DEFAULT_CLIENT, issueAccessToken, listCalendar, share, startSandbox } from "@kalends/sandbox";
import { afterAll, afterEach, expect, test } from "vitest";
import { GoogleAccount } from "./support/google-account.ts";

const sandbox = await startSandbox({ quotas: { perMinutePerUser: null, perMinutePerProject: null } });
afterAll(() => sandbox.close());
const { world } = sandbox;
const provider: CalendarProvider = googleProvider({ apiUrl: new URL(sandbox.url) });
const { writer, push } = provider;
if (writer === null || push === undefined) throw new Error("Google is written to and pushes");
afterEach(() => {
	world.faults.clear();
	world.mails.length = 0;
});

/** One person's connection as the server has it. */
class Person {
	readonly account: GoogleAccount;
	#token: string;
	/** How often a refused token was replaced. */
	renewed = 0;

	constructor(name: string) {
		this.account = new GoogleAccount(sandbox, `${name}@example.com`);
		this.#token = this.account.token();
	}

	useScopes(...scopes: readonly string[]): void {
		const grant = { clientId: DEFAULT_CLIENT.clientId, email: this.account.email, scopes };
		this.#token = issueAccessToken(world, grant);
	}

	expireToken(): void {
		world.oauth.accessTokens.delete(this.#token);
	}

	get context() {
		return {
			http: nodeTransport(),
			tokens: {
				get: async (rejected?: string) => {
					if (rejected === this.#token) {
						this.renewed += 1;
						this.#token = this.account.token();
					}
					return this.#token;
				},
			},
			credentials: {},
			settings: {},
			now: () => world.clock.now(),
			random: () => 0.5,
			person: { email: this.account.email, name: null },
		};
	}

	async calendar(id = this.account.email): Promise<RemoteCalendar> {
		const { calendars } = await provider.listCalendars(this.context);
		const found = calendars.find((each) => each.id === id);
		if (found === undefined) throw new Error(`no calendar ${id}`);
		return found;
	}

	/** Everything in a calendar, by a pull without a cursor. */
	async pull(id?: string): Promise<readonly RemoteResource[]> {
		const nothing = { etags: async () => new Map<string, string>(), bodies: async () => new Map<string, string>() };
		const found: RemoteResource[] = [];
		for await (const page of provider.pull(await this.calendar(id), null, nothing, this.context)) {
			found.push(...page.changed);
		}
		return found;
	}

	async create(event: CalendarEvent): Promise<RemoteResource> {
		const draft = { key: randomUUID().replaceAll("-", ""), events: [event], raw: null };
		return await writerOf().create(await this.calendar(), draft, this.context);
	}

	async update(resource: RemoteResource, events: readonly CalendarEvent[], responseOnly = false) {
		return await writerOf().update(await this.calendar(), resource, events, { responseOnly }, this.context);
	}
}

function writerOf() {
	if (writer === null) throw new Error("Google is written to");
	return writer;
}

let people = 0;
const person = () => new Person(`person${++people}`);

function event(title: string, lines: readonly string[] = [], changes: Partial<CalendarEvent> = {}): CalendarEvent {
	const text = ["BEGIN:VCALENDAR", "BEGIN:VEVENT", `UID:${title}`, `SUMMARY:${title}`];
	const times = ["DTSTART;TZID=Europe/Berlin:20261207T090000", "DTEND;TZID=Europe/Berlin:20261207T100000"];
	const { groups } = parseCalendar([...text, ...times, ...lines, "END:VEVENT", "END:VCALENDAR"].join("\r\n"));
	const [found] = groups.flatMap((group) => group.events);
	if (found === undefined) throw new Error("no event");
	return { ...found, ...changes };
}

const guest = (email: string): Participant => ({
	...{ email, name: null, response: "needs_action", optional: false, organizer: false, self: false },
});

const answered = (events: readonly CalendarEvent[], email: string, response: Participant["response"]) =>
	events.map((each) => ({
		...each,
		participants: each.participants.map((one) => (one.email === email ? { ...one, response } : one)),
	}));

const responseOf = (events: readonly CalendarEvent[] | undefined, email: string, day?: string) =>
	events
		?.find(({ recurrence_id: id }) => (id === null ? day === undefined : originalStartKey(id) === day))
		?.participants.find((each) => each.email === email)?.response;

test("an invitation reaches the guest by mail and calendar, and the answer comes back", async () => {
	const [ada, bob] = [person(), person()];
	const [hers, his] = [ada.account.email, bob.account.email];
	const made = await ada.create(event("Planning", [], { participants: [guest(his), guest("out@example.net")] }));
	const mails = world.mails.map(({ kind, to }) => `${kind} ${to}`);
	expect(mails.sort()).toEqual([`invitation out@example.net`, `invitation ${his}`].sort());
	const [invitation] = await bob.pull();
	expect(invitation?.events[0]).toMatchObject({ title: "Planning" });
	expect(invitation?.events[0]?.participants).toContainEqual(expect.objectContaining({ email: his, self: true }));
	expect(invitation?.events[0]?.participants).toContainEqual(expect.objectContaining({ email: hers, organizer: true }));
	if (invitation === undefined) return;
	await bob.update(invitation, answered(invitation.events, his, "accepted"), true);
	const [after] = await ada.pull();
	expect(after?.id).toBe(made.id);
	expect(responseOf(after?.events, his)).toBe("accepted");
	if (after === undefined) return;
	await ada.update(after, [{ ...event("Moved"), participants: after.events[0]?.participants ?? [] }]);
	expect((await bob.pull())[0]?.events[0]?.title).toBe("Moved");
	const refused = bob.update(invitation, [{ ...event("Mine"), participants: [] }]);
	await expect(refused).rejects.toMatchObject({ name: "ProviderFailure", kind: "precondition_failed" });
});

test("one occurrence of a series is answered alone", async () => {
	const [ada, bob] = [person(), person()];
	const his = bob.account.email;
	await ada.create(event("Daily", ["RRULE:FREQ=DAILY;COUNT=3"], { participants: [guest(his)] }));
	const [invitation] = await bob.pull();
	const [master] = invitation?.events ?? [];
	if (invitation === undefined || master === undefined) throw new Error("not invited");
	const time = (hour: number) => ({
		...({ type: "zoned", zone: "Europe/Berlin" } as const),
		local: `2026-12-08T${String(hour).padStart(2, "0")}:00:00`,
		instant: `2026-12-08T${String(hour - 1).padStart(2, "0")}:00:00Z`,
	});
	const one = { ...master, recurrence: null, recurrence_id: time(9), start: time(9), end: time(10) };
	const wanted = [master, ...answered([one], his, "declined")];
	await bob.update(invitation, wanted, true);
	const [after] = await ada.pull();
	expect(responseOf(after?.events, his)).toBe("needs_action");
	expect(responseOf(after?.events, his, "20261208T080000Z")).toBe("declined");
});

test("a conference is asked for, and there when Google has made it", async () => {
	const ada = person();
	const conference = { url: "", provider: null, create: true as const };
	const made = await ada.create(event("Call", [], { conference }));
	expect(made.events[0]?.conference).toMatchObject({ create: true });
	world.clock.advance(1000);
	const [after] = await ada.pull();
	expect(after?.events[0]?.conference).toMatchObject({ url: expect.stringContaining("https://meet.google.com/") });
	if (after === undefined) return;
	const renamed = await ada.update(after, [{ ...(after.events[0] ?? event("x")), title: "Renamed" }]);
	expect(renamed.events[0]).toMatchObject({ title: "Renamed", conference: after.events[0]?.conference });
});

test("calendars of others: only times, only reading, or gone", async () => {
	const [ada, bob] = [person(), person()];
	const owner = world.accounts.get(ada.account.email);
	const reader = world.accounts.get(bob.account.email);
	if (owner === undefined || reader === undefined) throw new Error("nobody there");
	const team = createCalendar(world, owner, { summary: "Team", timeZone: "UTC", createdBy: null });
	const day = new Date(world.clock.now() + 86_400_000).toISOString().slice(0, 10).replaceAll("-", "");
	const times = [`DTSTART:${day}T090000Z`, `DTEND:${day}T100000Z`];
	const text = ["BEGIN:VCALENDAR", "BEGIN:VEVENT", "UID:x", "SUMMARY:Secret", ...times, "RRULE:FREQ=DAILY;COUNT=2"];
	await ada.account.put(team.id, "x", [...text, "END:VEVENT", "END:VCALENDAR"].join("\r\n"));
	share(world, team, bob.account.email, "freeBusyReader");
	listCalendar(world, reader, team, {});
	expect((await bob.calendar(team.id)).access).toBe("free_busy");
	const seen = await bob.pull(team.id);
	expect(seen).toHaveLength(2);
	expect(JSON.stringify(seen)).not.toContain("Secret");

	share(world, team, bob.account.email, "reader");
	expect((await bob.calendar(team.id)).access).toBe("read");
	const [series] = await bob.pull(team.id);
	expect(series?.events[0]).toMatchObject({ title: "Secret", recurrence: ["RRULE:FREQ=DAILY;COUNT=2"] });
	const calendar = await bob.calendar(team.id);
	const draft = { key: "readonly1", events: [event("Mine")], raw: null };
	await expect(writerOf().create(calendar, draft, bob.context)).rejects.toMatchObject({ kind: "forbidden" });
	share(world, team, bob.account.email, null);
	await expect(bob.calendar(team.id)).rejects.toThrow("no calendar");
	await expect(writerOf().read(calendar, series?.id ?? "", bob.context)).resolves.toBeNull();
});

test("channels are opened and stopped", async () => {
	const ada = person();
	const request = () => ({
		id: randomUUID(),
		token: "secret",
		address: new URL("https://kalends.invalid/push/google"),
		expiresAt: world.clock.now() + 86_400_000,
	});
	for (const calendar of [await ada.calendar(), null]) {
		const channel = await push.watch(calendar, request(), ada.context);
		expect(world.channels.get(channel.id)).toMatchObject({ resourceId: channel.resourceId, token: "secret" });
		await push.stop(channel, ada.context);
		expect(world.channels.has(channel.id)).toBe(false);
		await push.stop(channel, ada.context);
	}
	const quiet = world.calendars.get(ada.account.email);
	if (quiet !== undefined) quiet.pushSupported = false;
	const refused = push.watch(await ada.calendar(), request(), ada.context);
	await expect(refused).rejects.toMatchObject({ kind: "invalid", reason: "push_unsupported" });
});

test("a token that has ended is renewed within the call", async () => {
	const ada = person();
	ada.expireToken();
	await ada.create(event("After"));
	expect(ada.renewed).toBe(1);
});

test("what Google says when it cannot, is understood", async () => {
	const ada = person();
	const strike = async (status: number, reason?: string, retryAfter?: number) => {
		world.faults.clear();
		const more = { ...(reason === undefined ? {} : { reason }), ...(retryAfter === undefined ? {} : { retryAfter }) };
		world.faults.add({ kind: "status", status, ...more });
		return await ada.calendar().catch((error: unknown) => error);
	};
	expect(await strike(403, "userRateLimitExceeded")).toMatchObject({ kind: "rate_limited", reason: "rate_limited" });
	expect(await strike(429, undefined, 7)).toMatchObject({ kind: "rate_limited", retryAfter: 7 });
	expect(await strike(403, "quotaExceeded")).toMatchObject({ kind: "rate_limited", reason: "quota_exceeded" });
	expect(await strike(503)).toMatchObject({ kind: "unavailable", reason: "server_error" });
	expect(await strike(403, "accessNotConfigured")).toMatchObject({ kind: "forbidden", reason: "api_disabled" });
	world.faults.clear();
	for (const kind of ["drop", "truncate"] as const) {
		world.faults.add({ kind });
		expect(await ada.calendar().catch((error: unknown) => error)).toMatchObject({ kind: "unavailable" });
		world.faults.clear();
	}
	const calendar = await ada.calendar();
	ada.useScopes("https://www.googleapis.com/auth/calendar.events.readonly");
	const draft = { key: "noscope01", events: [event("Mine")], raw: null };
	await expect(writerOf().create(calendar, draft, ada.context)).rejects.toMatchObject({ kind: "scope_missing" });
});
