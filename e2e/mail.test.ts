import { join } from "node:path";
import { startRadicale } from "@kalends/providers/testing";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type MailServer, startMailServer } from "../packages/server/src/notify/testing.ts";
import { type CalendarBody, connect, type EventBody, listAll } from "./support/api.ts";
import { startChaosProxy } from "./support/chaos-proxy.ts";
import { ADA, connectGoogle, startWithGoogle, type WithGoogle } from "./support/google.ts";
import { type Kalends, startKalends } from "./support/kalends.ts";

/** The whole product with a real mail server and a sandbox of Google: guests are told once, by Kalends, whatever is killed. */

let server: MailServer;
let running: WithGoogle | null = null;
let again: Kalends | null = null;
beforeAll(async () => {
	server = await startMailServer();
});
afterEach(async () => {
	server.at = () => {};
	server.received.length = 0;
	await again?.dispose();
	await running?.stop();
	again = null;
	running = null;
});
afterAll(() => server.close());

const env = () => ({ SMTP_URL: server.url, MAIL_FROM: "Calendar <calendar@kalends.example>" });
const unlimited = { seed: "demo", quotas: { perMinutePerUser: null, perMinutePerProject: null } } as const;
const recipients = () => server.received.map(({ envelope }) => envelope.to.join()).toSorted();

const body = {
	title: "Planning",
	start: { date_time: "2027-03-03T09:00:00+01:00", time_zone: "Europe/Berlin" },
	end: { date_time: "2027-03-03T10:00:00+01:00", time_zone: "Europe/Berlin" },
	participants: [{ email: "guest1@example.net" }, { email: "guest2@example.net" }],
};

test("guests of an event in Google are mailed by Kalends alone", { timeout: 120_000 }, async () => {
	running = await startWithGoogle(unlimited, { env: env() });
	const { kalends, google } = running;
	const connection = await connectGoogle(kalends);
	const settings = await kalends.request("GET", "/v1/mail-settings");
	expect(settings).toMatchObject({
		enabled: true,
		connections: [{ connection_id: connection, invitations_by: "kalends" }],
	});
	const { id } = await kalends.request<{ id: string }>("POST", "/v1/events", body);
	await expect.poll(recipients, { timeout: 30_000 }).toEqual(["guest1@example.net", "guest2@example.net"]);
	expect(server.received[0]?.message.replyTo).toMatchObject([{ address: ADA }]);
	expect(server.received[0]?.calendar?.text).toContain(`ORGANIZER`);
	// For them it is the same event wherever Google keeps it.
	const calendars = await listAll<CalendarBody>(kalends, "/v1/calendars");
	const calendar_id = calendars.find(({ name }) => name === "Family")?.id;
	const moved = await kalends.request<EventBody>("PATCH", `/v1/events/${id}`, { calendar_id });
	expect(moved.calendar_id).toBe(calendar_id);
	await kalends.request("DELETE", `/v1/events/${moved.id}`);
	await expect.poll(() => server.received.length, { timeout: 30_000 }).toBe(4);
	expect(server.received.slice(2).map(({ calendar }) => calendar?.text.includes("METHOD:CANCEL"))).toEqual([
		true,
		true,
	]);
	expect(google.world.mails.filter(({ to }) => to.startsWith("guest"))).toEqual([]);
});

test.each([
	["it is looked up", false],
	["a sync brings it", true],
])(
	"guests have one event where Google's answer to its creation was lost and %s",
	{
		timeout: 120_000,
	},
	async (_, isPulled) => {
		running = await startWithGoogle(unlimited, { env: env() });
		const { kalends, control } = running;
		const connection = await connectGoogle(kalends);
		await control("POST", "/faults", { kind: "lose_answer", count: 1, method: "POST", path: "/events?" });
		if (isPulled)
			await control("POST", "/faults", { kind: "status", status: 503, rate: 1, method: "GET", path: "/events/" });
		const { id } = await kalends.request<{ id: string }>("POST", "/v1/events", body);
		if (isPulled) await kalends.request("POST", `/v1/connections/${connection}/sync?wait=true`);
		await control("DELETE", "/faults");
		await expect.poll(recipients, { timeout: 30_000 }).toEqual(["guest1@example.net", "guest2@example.net"]);
		await kalends.request("PATCH", `/v1/events/${id}`, { title: "Moved" });
		await expect.poll(() => server.received.length, { timeout: 30_000 }).toBe(4);
		const { ical_uid } = await kalends.request<{ ical_uid: string }>("GET", `/v1/events/${id}`);
		const uids = server.received.map(({ calendar }) => /^UID:(.*?)\r?$/m.exec(calendar?.text ?? "")?.[1]);
		expect(uids).toEqual([ical_uid, ical_uid, ical_uid, ical_uid]);
	},
);

test("guests hear of a move between calendars of CalDAV once, of one that is refused nothing", {
	timeout: 120_000,
}, async () => {
	const radicale = await startRadicale();
	const proxy = await startChaosProxy(radicale.url, () => 1);
	again = await startKalends({ env: env() });
	const kalends = again;
	try {
		for (const name of ["first", "second"]) await radicale.createCalendar(name);
		const { username } = radicale;
		await connect(kalends, { provider: "caldav", url: proxy.url.href, username, password: "any" });
		const [from, to] = await listAll<CalendarBody>(kalends, "/v1/calendars");
		const made = await kalends.request<EventBody>("POST", "/v1/events", { ...body, calendar_id: from?.id });
		await expect.poll(recipients, { timeout: 30_000 }).toEqual(["guest1@example.net", "guest2@example.net"]);
		server.received.length = 0;
		proxy.refuseCreations(403);
		const refused = await kalends.fetch("PATCH", `/v1/events/${made.id}`, { calendar_id: to?.id });
		expect([refused.status, await refused.json()]).toMatchObject([422, { event_id: made.id }]);
		proxy.refuseCreations(null);
		const moved = await kalends.request<EventBody>("POST", `/v1/events/${made.id}/sync`, { action: "retry" });
		expect([moved.calendar_id, moved.ical_uid === made.ical_uid]).toEqual([to?.id, false]);
		const told = () =>
			server.received
				.map(({ envelope, calendar }) => {
					const method = /^METHOD:(\w+)/m.exec(calendar?.text ?? "")?.[1];
					const uid = calendar?.text.replaceAll("\r\n ", "").includes(`UID:${made.ical_uid}`) ? "old" : "new";
					return `${envelope.to.join()} ${method} ${uid}`;
				})
				.toSorted();
		const each = (guest: string) => [`${guest} CANCEL old`, `${guest} REQUEST new`];
		await expect
			.poll(told, { timeout: 30_000 })
			.toEqual([...each("guest1@example.net"), ...each("guest2@example.net")]);
		const { stdout } = await kalends.command("verify", "--json");
		expect(JSON.parse(stdout)).toMatchObject({ connections: [{ error: null, differences: [] }] });
		const { data } = await kalends.request<{ data: unknown[] }>("GET", "/v1/mails");
		expect(data).toHaveLength(6);
	} finally {
		await kalends.dispose();
		again = null;
		await proxy.stop();
		await radicale.stop();
	}
});

test("a server that is killed while it mails goes on after its start; nobody's mail is lost", {
	timeout: 180_000,
}, async () => {
	running = await startWithGoogle(unlimited, { env: env() });
	const { kalends } = running;
	await connectGoogle(kalends);
	const started = kalends.process.spawnargs.join(" ");
	expect(started).toContain(join("cli", "main.ts"));
	const killed = Promise.withResolvers<void>();
	let seen = 0;
	server.at = async (step) => {
		if (step !== "taken" || ++seen !== 2) return;
		await kalends.stop("SIGKILL");
		killed.resolve();
	};
	const participants = Array.from({ length: 5 }, (_, index) => ({ email: `guest${index}@example.net` }));
	await kalends.request("POST", "/v1/events", { ...body, participants });
	await killed.promise;
	server.at = () => {};
	const { port } = new URL(kalends.url);
	again = await startKalends({
		dataDir: kalends.dataDir,
		port: Number(port),
		env: { ...env(), KALENDS_URL: kalends.url },
	});
	const wanted = participants.map(({ email }) => email);
	await expect.poll(() => [...new Set(recipients())], { timeout: 90_000 }).toEqual(wanted);
	const log = async () => {
		const { data } = await (again ?? kalends).request<{ data: { state: string; message_id: string }[] }>(
			"GET",
			"/v1/mails",
		);
		return data;
	};
	await expect
		.poll(async () => (await log()).map(({ state }) => state), { timeout: 90_000 })
		.toEqual(wanted.map(() => "sent"));
	const ids = server.received.map(({ message }) => message.messageId);
	expect(new Set(ids)).toEqual(new Set((await log()).map(({ message_id }) => message_id)));
	expect(ids.length).toBeLessThanOrEqual(wanted.length + 1);
});
