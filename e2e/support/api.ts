import type { Client } from "./client.ts";
import { until } from "./until.ts";

/** What these tests read of the API's shapes. */
export interface EventBody {
	readonly id: string;
	readonly ical_uid: string;
	readonly title: string;
	readonly status: string;
	readonly start: { readonly date?: string; readonly date_time?: string; readonly time_zone?: string | null };
	readonly end: { readonly date?: string; readonly date_time?: string; readonly time_zone?: string | null };
	readonly all_day: boolean;
	readonly etag: string;
	readonly calendar_id: string;
}

export interface RunBody {
	readonly id: string;
	readonly state: "running" | "done" | "failed" | "paused";
	readonly created: number;
	readonly updated: number;
	readonly deleted: number;
	readonly requests: number;
	readonly duration_ms: number | null;
	readonly error: { readonly code: string; readonly detail: string; readonly fix: string | null } | null;
}

export interface ConnectionBody {
	readonly id: string;
	readonly name: string;
	readonly status: string;
	readonly status_reason: string | null;
	readonly status_detail: string | null;
	readonly fix: string | null;
	readonly calendars_count: number;
}

export interface CalendarBody {
	readonly id: string;
	readonly connection_id: string;
	readonly provider: string;
	readonly name: string;
	readonly selected: boolean;
	readonly status: string;
	readonly status_reason: string | null;
	readonly status_detail: string | null;
	readonly fix: string | null;
	readonly held_deletions: number;
}

export interface ChangeBody {
	readonly seq: number;
	readonly type: string;
	readonly id: string;
	readonly calendar_id?: string;
	readonly fields?: readonly string[];
}

export interface ListBody<T> {
	readonly data: T[];
	readonly next_cursor: string | null;
}

/** Every item of a list, page by page. */
export async function listAll<T>(client: Client, path: string): Promise<T[]> {
	const items: T[] = [];
	let cursor: string | null = null;
	do {
		const separator = path.includes("?") ? "&" : "?";
		const suffix: string = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
		const page: ListBody<T> = await client.request("GET", `${path}${separator}limit=200${suffix}`);
		items.push(...page.data);
		cursor = page.next_cursor;
	} while (cursor !== null);
	return items;
}

export interface ConnectBody {
	readonly provider: "caldav" | "icloud" | "ics";
	readonly url?: string;
	readonly username?: string;
	readonly password?: string;
	readonly name?: string;
}

/** Connects and waits for the first sync; answers the connection's id and the run. */
export async function connect(client: Client, input: ConnectBody): Promise<{ id: string; run: RunBody }> {
	const { id } = await client.request<ConnectionBody>("POST", "/v1/connections", input);
	return { id, run: await untilSynced(client, id) };
}

/** Waits until no run of the connection is under way; answers the latest. */
export async function untilSynced(client: Client, connectionId: string): Promise<RunBody> {
	return until(`the sync of ${connectionId} to end`, async () => {
		const { data } = await client.request<ListBody<RunBody>>("GET", `/v1/connections/${connectionId}/runs?limit=1`);
		return data[0] !== undefined && data[0].state !== "running" && data[0];
	});
}

/** `POST …/sync?wait=true` */
export async function sync(client: Client, connectionId: string): Promise<RunBody> {
	const answer = await client.request<{ run: RunBody }>("POST", `/v1/connections/${connectionId}/sync?wait=true`);
	return answer.run;
}

/** Whole days in READER_ZONE, `to` excluded. */
export interface Range {
	readonly from: string;
	readonly to: string;
}

/** What Kalends lists of a connection in the range, in the form of `comparable`. */
export async function copyOf(client: Client, connectionId: string, { from, to }: Range): Promise<string[]> {
	const path = `/v1/events?from=${from}&to=${to}&time_zone=${READER_ZONE}&show_cancelled=true`;
	return comparable(await listAll<EventBody>(client, `${path}&connection_id=${connectionId}`));
}

/** Answers a function that gives what was added to the change feed since, after checking that it has no gap. */
export async function followChanges(client: Client): Promise<() => Promise<readonly ChangeBody[]>> {
	const { last_seq } = await client.request<{ last_seq: number }>("GET", "/v1/changes?limit=1");
	return async () => {
		const changes = await listAll<ChangeBody>(client, `/v1/changes?after=${last_seq}`);
		const gap = changes.find((change, index) => change.seq !== last_seq + index + 1);
		if (gap !== undefined) throw new Error(`the change feed has a gap or a repetition before ${gap.seq}`);
		return changes;
	};
}

/** How many changes there are of each type. */
export function countTypes(changes: readonly ChangeBody[], prefix: string): Record<string, number> {
	const counts: Record<string, number> = {};
	for (const { type } of changes) if (type.startsWith(prefix)) counts[type] = (counts[type] ?? 0) + 1;
	return counts;
}

/** As the independent reader prints them: `[uid, start, end, title, status]`, sorted. */
export function comparable(events: readonly EventBody[]): string[] {
	const time = (value: EventBody["start"]) => value.date ?? instantOf(value).toString();
	return events
		.map((event) => JSON.stringify([event.ical_uid, time(event.start), time(event.end), event.title, event.status]))
		.sort();
}

/** Epoch milliseconds of an event's start or end, in READER_ZONE where it has no zone of its own. */
export function startOf(event: EventBody, which: "start" | "end" = "start"): number {
	return instantOf(event[which]).epochMilliseconds;
}

function instantOf({ date, date_time: text = "", time_zone: zone }: EventBody["start"]): Temporal.Instant {
	if (date !== undefined) return Temporal.PlainDate.from(date).toZonedDateTime(READER_ZONE).toInstant();
	return zone === null && !/([Zz]|[+-]\d\d:\d\d)$/.test(text)
		? Temporal.PlainDateTime.from(text).toZonedDateTime(READER_ZONE).toInstant()
		: Temporal.Instant.from(text);
}

/** In which the tests read all-day and floating events. */
export const READER_ZONE = "Europe/Berlin";
