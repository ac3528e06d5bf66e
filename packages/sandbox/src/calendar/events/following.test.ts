import type { calendar_v3 } from "@googleapis/calendar";
import fc from "fast-check";
import { expect, test } from "vitest";
import { daily, googleClient, stage, timed } from "../../testing/google-client.ts";
import { createAccount } from "../../world/create-account.ts";

const sandbox = await stage();
const { world } = sandbox;
type Api = calendar_v3.Calendar["events"];
type Event = calendar_v3.Schema$Event;

const calendarId = "primary";
const GUEST = "guest";
const RULES = ["RRULE:FREQ=DAILY;COUNT=4", "RRULE:FREQ=DAILY;COUNT=6", "RRULE:FREQ=DAILY;INTERVAL=2;COUNT=3"];

const operation = fc.record({
	/** Of which event, and of which of its instances. */
	at: fc.nat({ max: 3 }),
	day: fc.integer({ min: 1, max: 6 }),
	kind: fc.constantFrom(
		...(["insert", "series", "rename", "rule", "single", "shift", "delete", "revive", "invite"] as const),
		...(["move_one", "cancel_one", "restore_one", "decline"] as const),
	),
});
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

/** A list of events that is kept up to date by sync tokens alone. */
class Follower {
	readonly #events: Api;
	readonly #singleEvents: boolean;
	readonly #mirror = new Map<string, Event>();
	#syncToken: string | null = null;

	constructor(events: Api, singleEvents: boolean) {
		this.#events = events;
		this.#singleEvents = singleEvents;
	}

	async check(): Promise<void> {
		const since = await this.#list(this.#syncToken === null ? {} : { syncToken: this.#syncToken });
		for (const event of since.events) {
			if (event.status === "cancelled") this.#mirror.delete(event.id ?? "");
			else this.#mirror.set(event.id ?? "", event);
		}
		this.#syncToken = since.syncToken;
		const now = (await this.#list({})).events.filter(({ status }) => status !== "cancelled");
		expect([...this.#mirror.values()].sort(byId)).toEqual(now.sort(byId));
	}

	async #list(query: object): Promise<{ readonly events: Event[]; readonly syncToken: string }> {
		const events: Event[] = [];
		let pageToken: string | undefined;
		for (;;) {
			const page = { calendarId, singleEvents: this.#singleEvents, maxResults: 3, ...query };
			const { data } = await this.#events.list(pageToken === undefined ? page : { ...page, pageToken });
			events.push(...(data.items ?? []));
			if (data.nextPageToken == null) return { events, syncToken: data.nextSyncToken ?? "" };
			pageToken = data.nextPageToken;
		}
	}
}

const byId = (a: Event, b: Event) => ((a.id ?? "") < (b.id ?? "") ? -1 : 1);

/** Performs what can be performed; what Google refuses changes nothing. */
async function perform(owner: Api, guest: Api, ids: string[], { at, day, kind }: Operation, guestEmail: string) {
	const eventId = ids[at % Math.max(1, ids.length)] ?? "";
	const instance = { calendarId, eventId: `${eventId}_2026120${day}T090000Z` };
	const it = { calendarId, eventId };
	const hours = (hour: string) => ({ dateTime: `2026-12-0${day}T${hour}:00:00Z`, timeZone: "UTC" });
	const insert = async (requestBody: Event) => {
		ids.push((await owner.insert({ calendarId, requestBody })).data.id ?? "");
	};
	const patch = (requestBody: Event) => owner.patch({ ...it, requestBody });
	const attendees = [{ email: guestEmail }];
	switch (kind) {
		case "insert":
			return await insert(timed(day));
		case "series":
			return await insert(daily(day % 2 === 0 ? { attendees } : {}));
		case "rename":
			return await patch({ summary: `Renamed ${day}` });
		case "rule":
			return await patch({ recurrence: [RULES[day % RULES.length] ?? ""] });
		case "single":
			return await patch({ recurrence: null });
		case "shift":
			return await patch({ start: hours("11"), end: hours("12") });
		case "delete":
			return await owner.delete(it);
		case "revive":
			return await patch({ status: "confirmed" });
		case "invite":
			return await patch({ attendees: day % 2 === 0 ? attendees : [] });
		case "move_one":
			return await owner.patch({ ...instance, requestBody: { start: hours("15"), end: hours("16") } });
		case "cancel_one":
			return await owner.delete(instance);
		case "restore_one":
			return await owner.patch({ ...instance, requestBody: { status: "confirmed" } });
		case "decline":
			return await guest.patch({
				...instance,
				requestBody: { attendees: [{ email: guestEmail, responseStatus: "declined" }] },
			});
	}
}

let people = 0;

test("who follows by sync tokens has what a full listing has, with instances and without", {
	timeout: 120_000,
}, async () => {
	await fc.assert(
		fc.asyncProperty(fc.array(operation, { minLength: 2, maxLength: 12 }), async (operations) => {
			people += 1;
			const [email, guestEmail] = [`owner${people}@example.com`, `${GUEST}${people}@example.com`];
			createAccount(world, { email });
			createAccount(world, { email: guestEmail });
			const owner = googleClient(sandbox, email).events;
			const guest = googleClient(sandbox, guestEmail).events;
			const followers = [owner, guest].flatMap((api) => [new Follower(api, false), new Follower(api, true)]);
			const ids: string[] = [];
			for (const each of operations) {
				await perform(owner, guest, ids, each, guestEmail).catch((error: { status?: number }) => {
					if (![400, 403, 404, 410].includes(error.status ?? 0)) throw error;
				});
				for (const follower of followers) await follower.check();
			}
		}),
		{ numRuns: 25 },
	);
});
