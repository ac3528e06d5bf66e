import { seededRandom } from "@kalends/model";
import { type Radicale, startRadicale } from "@kalends/providers/testing";
import { afterAll, beforeAll, beforeEach, expect, it, onTestFailed } from "vitest";
import { type CalendarBody, connect, type EventBody, listAll, sync } from "./support/api.ts";
import { type ChaosProxy, startChaosProxy } from "./support/chaos-proxy.ts";
import { ADA, connectGoogle, startWithGoogle, type WithGoogle } from "./support/google.ts";
import { type OtherClient, otherClient } from "./support/other-client.ts";
import { persist } from "./support/persist.ts";
import { untilNothingWaits } from "./support/two-sides.ts";
import { until } from "./support/until.ts";

const SEED = Number(process.env.KALENDS_STORM_SEED ?? 1);
const EVENTS = Number(process.env.KALENDS_STORM_EVENTS ?? 12);
const STEPS = 4;
/** Who edit at the same time, each their own events. */
const PEOPLE = 3;
/** Each of a chain of moves may have waited its turn and then for its next attempt. */
const CHAINS_MS = 480_000;

const STORM = [
	{ kind: "lose_answer", rate: 0.15 },
	{ kind: "status", status: 503, reason: "backendError", rate: 0.15 },
	{ kind: "status", status: 429, reason: "rateLimitExceeded", retryAfter: 1, rate: 0.05 },
	{ kind: "truncate", rate: 0.05 },
] as const;

let both: WithGoogle;
let radicale: Radicale;
let proxy: ChaosProxy;
let other: OtherClient;

beforeAll(async () => {
	const accounts = [{ email: ADA, timeZone: "Europe/Berlin" }];
	const quotas = { perMinutePerUser: null, perMinutePerProject: null };
	both = await startWithGoogle({ accounts, quotas }, { env: { KALENDS_POLL_INTERVAL: "2" } });
	radicale = await startRadicale();
	proxy = await startChaosProxy(radicale.url, seededRandom(SEED));
});
afterAll(async () => {
	await both?.stop();
	await proxy?.stop();
	await radicale?.stop();
});
beforeEach(() => onTestFailed(() => void process.stderr.write(both.kalends.story())));

/** An event as its person left it; null: deleted. */
interface Left {
	readonly title: string;
	readonly calendarId: string;
}

it("what moves among calendars of two providers, while answers are lost, ends in one of them, as it was left", {
	timeout: 900_000,
}, async () => {
	const { kalends } = both;
	for (const summary of ["Family", "Team"]) await both.inGoogle("POST", "calendars", { summary });
	const google = await connectGoogle(kalends);
	other = otherClient(radicale, await radicale.createCalendar("shared"));
	const account = { username: radicale.username, password: "any" };
	const { id: caldav } = await connect(kalends, { provider: "caldav", url: proxy.url.href, ...account });
	const calendars = (await listAll<Calendar>(kalends, "/v1/calendars")).filter(({ access }) => access !== "read");
	expect(calendars).toHaveLength(4);
	for (const [index, fault] of STORM.entries()) {
		await both.control("POST", "/faults", { ...fault, path: "/events", seed: SEED * 10 + index });
	}
	proxy.setFaultRate(0.2);

	const left = new Map<string, Left | null>();
	const random = seededRandom(SEED + 1);
	const anyCalendar = () => calendars[Math.floor(random() * calendars.length)]?.id ?? "";
	const numbers = Array.from({ length: EVENTS }, (_, index) => index);
	const person = async () => {
		for (let n = numbers.shift(); n !== undefined; n = numbers.shift()) {
			const name = `Event ${n};`;
			const isSeries = n % 2 === 1;
			const scope = isSeries ? "?scope=all" : "";
			const day = Temporal.PlainDate.from("2028-06-01").add({ days: n % 20 });
			let event = await persist<EventBody>(() => kalends, "POST", "/v1/events", {
				calendar_id: anyCalendar(),
				title: name,
				start: { date_time: `${day}T09:00:00`, time_zone: "Europe/Berlin" },
				end: { date_time: `${day}T09:30:00`, time_zone: "Europe/Berlin" },
				...(isSeries ? { recurrence: ["RRULE:FREQ=DAILY;COUNT=3"] } : {}),
				...(n % 3 === 0 ? {} : { participants: [{ email: "guest@example.org" }] }),
			});
			for (let step = 0; step < STEPS && event !== null; step++) {
				const change = random() < 0.65 ? { calendar_id: anyCalendar() } : { title: `${name} ${step}` };
				event = await persist<EventBody>(() => kalends, "PATCH", `/v1/events/${event.id}${scope}`, change);
			}
			if (event === null) throw new Error(`${name} is gone, and nobody deleted it`);
			const isDeleted = n % 5 === 4;
			if (isDeleted) await persist(() => kalends, "DELETE", `/v1/events/${event.id}${scope}`);
			left.set(name, isDeleted ? null : { title: event.title, calendarId: event.calendar_id });
		}
	};
	await Promise.all(Array.from({ length: PEOPLE }, person));

	await both.control("DELETE", "/faults");
	proxy.setFaultRate(0);
	await untilNothingWaits(kalends, CHAINS_MS);
	for (const id of [google, caldav]) {
		await until("a sync to end well", async () => (await sync(kalends, id)).state === "done");
	}
	const there = await foundAtProviders(calendars);
	const wanted = [...left].flatMap(([, one]) => (one === null ? [] : [one]));
	expect(there.sort(byTitle)).toEqual(wanted.sort(byTitle));
	const { stdout } = await kalends.command("verify", "--json");
	const { connections } = JSON.parse(stdout) as { connections: { error: unknown; differences: unknown[] }[] };
	expect(connections.map(({ error, differences }) => ({ error, differences }))).toEqual([
		{ error: null, differences: [] },
		{ error: null, differences: [] },
	]);
});

type Calendar = CalendarBody & { readonly provider_calendar_id: string; readonly access: string };

/** Every event that the providers have, a series once, read past Kalends. */
async function foundAtProviders(calendars: readonly Calendar[]): Promise<Left[]> {
	const found: Left[] = [];
	for (const { id: calendarId, provider, provider_calendar_id } of calendars) {
		if (provider === "google") {
			const path = `calendars/${encodeURIComponent(provider_calendar_id)}/events?maxResults=2500`;
			const { items } = await both.inGoogle<{ items: { summary: string; recurringEventId?: string }[] }>("GET", path);
			const masters = items.filter(({ recurringEventId }) => recurringEventId === undefined);
			found.push(...masters.map(({ summary }) => ({ title: summary, calendarId })));
			continue;
		}
		for (const { events } of (await other.list()).values()) {
			found.push({ title: events[0]?.properties.SUMMARY ?? "", calendarId });
		}
	}
	return found;
}

function byTitle(a: Left, b: Left): number {
	return a.title < b.title ? -1 : 1;
}
