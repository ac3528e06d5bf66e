import type { RemoteResource } from "@kalends/providers";
import { createRun } from "../../sync/create-run.ts";
import { performRun } from "../../sync/run.ts";
import { connectAccount } from "../../sync/testing.ts";
import { type Answered, createWritingFixture, refusal, type WritingFixture } from "../testing.ts";

/** A person's calendars "Work", where events are brought, and "Home", where they go. */
export interface MoveFixture extends WritingFixture {
	/** The provider's id of "Home". */
	readonly home: string;
	/** Moves the whole of what the id names to the calendar of this name, with what is changed besides. */
	move(id: string, change?: object, to?: string): Promise<Answered>;
	pause(paused: boolean): Promise<Answered>;
	/** What the provider has in "Work" and in "Home", each resource as it is put in short. */
	both<Short>(short: (resource: RemoteResource) => Short): readonly (readonly Short[])[];
	/** The titles of singles and series that are shown in "Work" and in "Home". */
	shown(): Promise<readonly (readonly string[])[]>;
}

export async function createMoveFixture(
	options: Parameters<typeof createWritingFixture>[0] = {},
): Promise<MoveFixture> {
	const fixture = await createWritingFixture(options);
	const { call, calendarId, control, calendar, connectionId, services } = fixture;
	const home = control.createCalendar("ada", { name: "Home", timeZone: "Europe/Berlin" });
	return {
		...fixture,
		home,
		move: async (id, change = {}, to = "Home") =>
			call("PATCH", `/v1/events/${id}?scope=all`, { calendar_id: await calendarId(to), ...change }),
		pause: (paused) => call("PATCH", `/v1/connections/${connectionId}`, { paused }),
		both: (short) => [calendar, home].map((id) => control.resources(id).map(short)),
		shown: async () => {
			const rows = await services.db.selectFrom("events").select(["calendar_id", "data", "master_id"]).execute();
			const ids = [await calendarId("Work"), await calendarId("Home")];
			return ids.map((id) =>
				rows.filter((row) => row.calendar_id === id && row.master_id === null).map(({ data }) => data.title),
			);
		},
	};
}

/** Sorted. */
export function titlesOf({ events }: RemoteResource): readonly string[] {
	return events.map(({ title }) => title).sort();
}

/** The provider is not reached. */
export const away = () => refusal("unavailable", "timeout");

/** A second account, connected and synced, with a calendar "Other account" of this id at the provider. */
export async function connectOther({ services, control, userId }: MoveFixture) {
	const { provider } = await services.db.selectFrom("connections").select("provider").executeTakeFirstOrThrow();
	const connectionId = await connectAccount(services, control, { userId, provider, account: "bea", name: "Bea's" });
	const other = control.createCalendar("bea", { name: "Other account" });
	const run = await services.db
		.transaction()
		.execute((tx) => createRun(tx, services, { userId, connectionId, trigger: "manual" }));
	await performRun(services, { userId, connectionId, runId: run.id }, new AbortController().signal);
	return { connectionId, other };
}
