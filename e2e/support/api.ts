import type { Kalends } from "./kalends.ts";

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
	readonly state: string;
	readonly created: number;
	readonly updated: number;
	readonly deleted: number;
	readonly requests: number;
	readonly duration_ms: number | null;
	readonly error: unknown;
}

export interface ListBody<T> {
	readonly data: T[];
	readonly next_cursor: string | null;
}

/** Every item of a list, page by page. */
export async function listAll<T>(kalends: Kalends, path: string): Promise<T[]> {
	const items: T[] = [];
	let cursor: string | null = null;
	do {
		const separator = path.includes("?") ? "&" : "?";
		const suffix: string = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
		const page: ListBody<T> = await kalends.request("GET", `${path}${separator}limit=200${suffix}`);
		items.push(...page.data);
		cursor = page.next_cursor;
	} while (cursor !== null);
	return items;
}

/** Connects and waits for the first sync; answers the connection's id and the run. */
export async function connect(
	kalends: Kalends,
	input: Readonly<Record<string, unknown>>,
): Promise<{ id: string; run: RunBody }> {
	const connection = await kalends.request<{ id: string }>("POST", "/v1/connections", input);
	return { id: connection.id, run: await untilFirstRunEnds(kalends, connection.id) };
}

async function untilFirstRunEnds(kalends: Kalends, connectionId: string): Promise<RunBody> {
	const deadline = performance.now() + 120_000;
	while (performance.now() < deadline) {
		const runs = await kalends.request<ListBody<RunBody>>("GET", `/v1/connections/${connectionId}/runs`);
		const first = runs.data.at(-1);
		if (first !== undefined && first.state !== "running") return first;
		await new Promise((done) => setTimeout(done, 20));
	}
	throw new Error(`the first sync did not end:\n${kalends.output().slice(-3000)}`);
}

/** `POST …/sync?wait=true` */
export async function sync(kalends: Kalends, connectionId: string): Promise<RunBody> {
	const answer = await kalends.request<{ run: RunBody }>("POST", `/v1/connections/${connectionId}/sync?wait=true`);
	return answer.run;
}

/** As the independent reader prints them: `[uid, start, end, title, status]`, sorted. */
export function comparable(events: readonly EventBody[]): string[] {
	const time = (value: EventBody["start"], zone: string) => {
		if (value.date !== undefined) return value.date;
		const text = value.date_time ?? "";
		const instant =
			value.time_zone === null && !/([Zz]|[+-]\d\d:\d\d)$/.test(text)
				? Temporal.PlainDateTime.from(text).toZonedDateTime(zone).toInstant()
				: Temporal.Instant.from(text);
		return instant.toString();
	};
	return events
		.map((event) =>
			JSON.stringify([
				event.ical_uid,
				time(event.start, READER_ZONE),
				time(event.end, READER_ZONE),
				event.title,
				event.status,
			]),
		)
		.sort();
}

/** In which the tests read all-day and floating events. */
export const READER_ZONE = "Europe/Berlin";
