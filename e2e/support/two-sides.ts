import { seededRandom } from "@kalends/model";
import type { RealServer } from "@kalends/providers/testing";
import { type CalendarBody, connect, type EventBody, type ListBody, listAll } from "./api.ts";
import type { Client } from "./client.ts";
import { embeddedDatabase, query } from "./database.ts";
import type { Kalends } from "./kalends.ts";
import { type OtherClient, otherClient, withProperty } from "./other-client.ts";
import { persist } from "./persist.ts";
import { until } from "./until.ts";

/** What both sides must have of an event in the end. */
interface Expected {
	title: string;
	/** Changed by Kalends alone. */
	location: string;
	/** Changed by the other side alone. */
	description: string;
	/** Deleted through Kalends. */
	deleted: boolean;
	/** Locations given to single occurrences through Kalends, by RECURRENCE-ID. */
	readonly overrides: Map<string, string>;
}

/**
 * Two people on one calendar: one through Kalends, one through another client. Each changes fields of their own, so that
 * whatever order things happen in, what must come of it is known.
 */
class TwoSides {
	readonly expected = new Map<string, Expected>();
	readonly #kalends: () => Client;
	readonly #calendarId: () => string;
	readonly #other: OtherClient;
	readonly #random: () => number;
	/** Ids in Kalends by UID, of what was made there or has been seen there. */
	readonly #ids = new Map<string, string>();
	#counter = 0;

	constructor(options: {
		readonly kalends: () => Client;
		readonly calendarId: () => string;
		readonly other: OtherClient;
		readonly random: () => number;
	}) {
		this.#kalends = options.kalends;
		this.#calendarId = options.calendarId;
		this.#other = options.other;
		this.#random = options.random;
	}

	/** One write through Kalends; ends when Kalends has acknowledged it. */
	async writeHere(): Promise<void> {
		const uid = this.#pick([...this.#ids.keys()].filter((one) => this.expected.get(one)?.deleted === false));
		const drawn = this.#random();
		if (uid === undefined || drawn < 0.4) return await this.#createHere();
		const id = this.#ids.get(uid) ?? "";
		const expected = this.#expect(uid);
		const event = await this.#persist<EventBody & { readonly recurrence: unknown }>("GET", `/v1/events/${id}`);
		if (event === null) throw new Error(`${uid} is not there any more, and nobody deleted it`);
		const isSeries = event.recurrence !== null;
		if (drawn < 0.9) {
			const location = `Room ${++this.#counter}`;
			if (isSeries && drawn < 0.65) {
				const day = Temporal.PlainDate.from(event.start.date_time?.slice(0, 10) ?? "").add({ days: 2 });
				const key = `${day.toString().replaceAll("-", "")}T090000Z`;
				await this.#persist("PATCH", `/v1/events/${id}.${key}?scope=this`, { location });
				expected.overrides.set(key, location);
				return;
			}
			const before = expected.location;
			await this.#persist("PATCH", `/v1/events/${id}${isSeries ? "?scope=all" : ""}`, { location });
			expected.location = location;
			// An occurrence that has the series' own location follows it.
			for (const [key, own] of expected.overrides) if (own === before) expected.overrides.set(key, location);
			return;
		}
		expected.deleted = true;
		await this.#persist("DELETE", `/v1/events/${id}${isSeries ? "?scope=all" : ""}`);
	}

	/** One write of the other side. */
	async writeThere(): Promise<void> {
		const uids = [...this.expected].filter(([, { deleted }]) => !deleted).map(([uid]) => uid);
		const uid = this.#pick(uids);
		const drawn = this.#random();
		if (uid === undefined || drawn < 0.3) return await this.#createThere();
		const description = `Note ${++this.#counter}`;
		const edited = await this.#other.edit(uid, (ics) => withProperty(ics, "DESCRIPTION", description));
		if (edited) this.#expect(uid).description = description;
	}

	/** Learns the ids of what the other side made and a sync has brought. */
	learnIds(events: readonly EventBody[]): void {
		for (const { id, ical_uid } of events) {
			if (this.expected.has(ical_uid)) this.#ids.set(ical_uid, id.split(".")[0] ?? id);
		}
	}

	/**
	 * Compares what both sides have with what must have come of it.
	 *
	 * A deletion loses against an edit that the other side had made unseen: then the event is there, and the history of
	 * Kalends says so.
	 * @returns what is wrong, a sentence each
	 */
	async faults(): Promise<string[]> {
		const there = await this.#other.list();
		const faults: string[] = [];
		for (const [uid, expected] of this.expected) {
			const resource = there.get(uid);
			there.delete(uid);
			if (expected.deleted && resource !== undefined && !(await this.#deletionLost(uid))) {
				faults.push(`${uid} was deleted and is there`);
			} else if (!expected.deleted && resource === undefined) {
				faults.push(`${uid} is lost`);
			}
			if (expected.deleted || resource === undefined) continue;
			const master = resource.events.find(({ recurrenceId }) => recurrenceId === null);
			const { SUMMARY = "", LOCATION = "", DESCRIPTION = "" } = master?.properties ?? {};
			const wanted = [expected.title, expected.location, expected.description].join(", ");
			const found = [SUMMARY, LOCATION, DESCRIPTION].join(", ");
			if (found !== wanted) faults.push(`${uid} is "${found}" and should be "${wanted}"`);
			const overrides = resource.events.filter(({ recurrenceId }) => recurrenceId !== null);
			const describe = (entries: Iterable<readonly [string, string]>) => JSON.stringify([...entries].sort());
			const locations = overrides.map(
				({ recurrenceId, properties }) => [recurrenceId ?? "", properties.LOCATION ?? ""] as const,
			);
			if (describe(locations) !== describe(expected.overrides)) {
				faults.push(`${uid} has occurrences ${describe(locations)}, not ${describe(expected.overrides)}`);
			}
			if (uid.startsWith("there-") && master?.properties["X-OTHER-CLIENT"] === undefined) {
				faults.push(`${uid} has lost a property that only the other client knows`);
			}
		}
		faults.push(...[...there.keys()].map((uid) => `${uid} is there and nobody made it`));
		return faults;
	}

	async #deletionLost(uid: string): Promise<boolean> {
		const path = `/v1/events/${this.#ids.get(uid)}/history`;
		const history = await this.#persist<ListBody<{ readonly action: string }>>("GET", path);
		return history?.data.some(({ action }) => action === "conflict") ?? false;
	}

	async #createHere(): Promise<void> {
		const number = ++this.#counter;
		const title = `Here ${number}`;
		const start = at(number);
		const series = this.#random() < 0.3 ? { recurrence: ["RRULE:FREQ=DAILY;COUNT=4"] } : {};
		const event = await this.#persist<EventBody>("POST", "/v1/events", {
			calendar_id: this.#calendarId(),
			title,
			start: { date_time: `${start}T09:00:00Z`, time_zone: "UTC" },
			end: { date_time: `${start}T10:00:00Z`, time_zone: "UTC" },
			...series,
		});
		if (event === null) throw new Error("a POST was answered 404");
		this.#ids.set(event.ical_uid, event.id);
		this.expected.set(event.ical_uid, { title, location: "", description: "", deleted: false, overrides: new Map() });
	}

	async #createThere(): Promise<void> {
		const number = ++this.#counter;
		const uid = `there-${number}`;
		const title = `There ${number}`;
		const day = at(number).replaceAll("-", "");
		const rule = this.#random() < 0.3 ? ["RRULE:FREQ=DAILY;COUNT=4"] : [];
		await this.#other.create(uid, [
			`DTSTART:${day}T090000Z`,
			`DTEND:${day}T100000Z`,
			`SUMMARY:${title}`,
			`X-OTHER-CLIENT:kept ${number}`,
			...rule,
		]);
		this.expected.set(uid, { title, location: "", description: "", deleted: false, overrides: new Map() });
	}

	#persist<T>(method: string, path: string, body?: unknown): Promise<T | null> {
		return persist<T>(this.#kalends, method, path, body);
	}

	#expect(uid: string): Expected {
		const expected = this.expected.get(uid);
		if (expected === undefined) throw new Error(`${uid} is unknown`);
		return expected;
	}

	#pick<T>(list: readonly T[]): T | undefined {
		return list[Math.floor(this.#random() * list.length)];
	}
}

/**
 * Connects an empty calendar of the server for both sides.
 * @param url where Kalends finds the server
 * @param kalends asked for each time, as a test may start it again
 */
export async function connectBothSides(
	kalends: () => Kalends,
	server: RealServer,
	url: URL,
	seed: number,
): Promise<{ readonly sides: TwoSides; readonly connectionId: string }> {
	const path = await server.createCalendar("shared");
	const account = { username: server.username, password: "any" };
	const { id: connectionId } = await connect(kalends(), { provider: "caldav", url: url.href, ...account });
	const [calendar] = await listAll<CalendarBody>(kalends(), `/v1/calendars?connection_id=${connectionId}`);
	const sides = new TwoSides({
		kalends,
		calendarId: () => calendar?.id ?? "",
		other: otherClient(server, path),
		random: seededRandom(seed),
	});
	return { sides, connectionId };
}

/** Waits until the provider has agreed to every write, or refused it. */
export async function untilNothingWaits({ dataDir }: Kalends, patienceMs?: number): Promise<void> {
	const { url } = await embeddedDatabase(dataDir);
	const look = async () => {
		const rows = await query<{ waiting: number }>(url, "select count(*)::int as waiting from intents");
		return rows[0]?.waiting === 0;
	};
	await until("every write to be done", look, patienceMs);
}

/** A day of the year after 2026. */
function at(number: number): string {
	return Temporal.PlainDate.from("2027-01-01")
		.add({ days: number % 300 })
		.toString();
}
