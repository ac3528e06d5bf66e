import type { RemoteCalendar } from "@kalends/providers";
import { sql, type Transaction } from "kysely";
import { lockInOrder } from "../calendars/lock-in-order.ts";
import type { Database } from "../db/schema.ts";

export interface KnownCalendar {
	readonly id: string;
	readonly provider_calendar_id: string;
	readonly name: string;
}

export interface CalendarMatch {
	readonly id: string;
	readonly from: string;
	readonly to: string;
}

/**
 * Finds the calendars again after the address has changed, so that they and their events stay what they are: by id, else
 * by the last part of the id (on CalDAV the collection's own name), else by name; only where that names exactly one.
 *
 * @returns those whose id at the provider is another now
 */
export function matchCalendars(
	known: readonly KnownCalendar[],
	listed: readonly Pick<RemoteCalendar, "id" | "name">[],
): CalendarMatch[] {
	const taken = new Set(known.map((row) => row.provider_calendar_id));
	const same = new Set(listed.map((remote) => remote.id));
	let lost = known.filter((row) => !same.has(row.provider_calendar_id));
	let found = listed.filter((remote) => !taken.has(remote.id));
	const matches: CalendarMatch[] = [];
	const pair = (keyOfRow: (row: KnownCalendar) => string, keyOfRemote: (remote: (typeof found)[number]) => string) => {
		const rows = Map.groupBy(lost, keyOfRow);
		const remotes = Map.groupBy(found, keyOfRemote);
		for (const [key, [row, ...moreRows]] of rows) {
			const [remote, ...moreRemotes] = remotes.get(key) ?? [];
			if (row === undefined || remote === undefined || key === "" || moreRows.length + moreRemotes.length > 0) continue;
			matches.push({ id: row.id, from: row.provider_calendar_id, to: remote.id });
			lost = lost.filter((one) => one !== row);
			found = found.filter((one) => one !== remote);
		}
	};
	pair(
		(row) => lastPart(row.provider_calendar_id),
		(remote) => lastPart(remote.id),
	);
	pair(
		(row) => row.name,
		(remote) => remote.name,
	);
	return matches;
}

/**
 * Gives the rows their new ids at the provider; resources whose id lies under the calendar's move with it. Every calendar
 * of the connection is compared as a whole next time.
 */
export async function rebaseCalendars(
	tx: Transaction<Database>,
	{ userId, connectionId }: { readonly userId: string; readonly connectionId: string },
	matches: readonly CalendarMatch[],
): Promise<void> {
	const all = await tx
		.selectFrom("calendars")
		.select("id")
		.where("user_id", "=", userId)
		.where("connection_id", "=", connectionId)
		.execute();
	await lockInOrder(
		tx,
		userId,
		all.map(({ id }) => id),
	);
	for (const { id, from, to } of matches) {
		await tx
			.updateTable("calendars")
			.set({ provider_calendar_id: to })
			.where("user_id", "=", userId)
			.where("id", "=", id)
			.execute();
		await sql`
			UPDATE resources SET provider_resource_id = ${to}::text || substr(provider_resource_id, length(${from}::text) + 1)
			WHERE user_id = ${userId} AND calendar_id = ${id} AND starts_with(provider_resource_id, ${from}::text)
		`.execute(tx);
	}
	await tx
		.updateTable("calendars")
		.set({ cursor: null, version: null })
		.where("user_id", "=", userId)
		.where("connection_id", "=", connectionId)
		.execute();
}

function lastPart(id: string): string {
	return id.split("/").findLast((part) => part !== "") ?? "";
}
