import { isDeepStrictEqual } from "node:util";
import type { ListingFailure, ProviderFailure, RemoteCalendar } from "@kalends/providers";
import type { Selectable, Transaction, Updateable } from "kysely";
import type { ChangeEntry } from "../changes/append-changes.ts";
import type { CalendarsTable, Database } from "../db/schema.ts";
import { lockInOrder } from "./lock-in-order.ts";

export type CalendarRow = Selectable<CalendarsTable>;

/** What a listing asks to be done with the rows of a connection's calendars. */
export interface ReconcilePlan {
	readonly insert: readonly RemoteCalendar[];
	readonly update: readonly {
		readonly row: CalendarRow;
		readonly remote: RemoteCalendar;
		readonly fields: readonly string[];
	}[];
	/** No longer listed: kept with all events until the person decides. */
	readonly gone: readonly CalendarRow[];
	/** Listed again. */
	readonly back: readonly CalendarRow[];
}

/**
 * @param discovers whether the listing is found by discovery, so that a calendar that it lacks was deleted there
 * @param failures what the listing could not tell: such calendars are not gone
 */
export function planReconciliation(
	rows: readonly CalendarRow[],
	listed: readonly RemoteCalendar[],
	discovers: boolean,
	failures: readonly ListingFailure[] = [],
): ReconcilePlan {
	const byId = new Map(rows.map((row) => [row.provider_calendar_id, row]));
	const remotes = new Map(listed.map((remote) => [remote.id, remote]));
	const known = [...remotes.values()].flatMap((listing) => {
		const row = byId.get(listing.id);
		if (row === undefined) return [];
		// Where there is no discovery, the pull brings these (a feed's own name), and a listing only repeats old ones.
		const told = discovers ? {} : { name: row.name, color: row.color, timeZone: row.time_zone };
		const remote = { ...listing, ...told };
		return [{ row, remote, fields: changedFields(row, remote) }];
	});
	return {
		insert: [...remotes.values()].filter((remote) => !byId.has(remote.id)),
		update: known.filter(({ row, remote }) => differs(row, remote)),
		gone: discovers
			? rows.filter(
					(row) => !remotes.has(row.provider_calendar_id) && row.status !== "gone" && failureOf(row, failures) === null,
				)
			: [],
		back: known.map(({ row }) => row).filter((row) => row.status === "gone"),
	};
}

/** Why a calendar that is not listed could not be; null where it is gone. */
export function failureOf(
	row: Pick<CalendarRow, "provider_calendar_id">,
	failures: readonly ListingFailure[],
): ProviderFailure | null {
	return failures.find(({ idPrefix }) => row.provider_calendar_id.startsWith(idPrefix))?.failure ?? null;
}

/** Performs the plan; new calendars are selected. Returns the entries for the feed. */
export async function applyReconciliation(
	tx: Transaction<Database>,
	owner: {
		readonly userId: string;
		readonly connectionId: string;
		readonly now: number;
		readonly newId: (prefix: "cal") => string;
	},
	plan: ReconcilePlan,
): Promise<ChangeEntry[]> {
	const { userId, connectionId } = owner;
	const at = new Date(owner.now);
	const entries: ChangeEntry[] = [];
	if (plan.insert.length > 0) {
		const inserted = await tx
			.insertInto("calendars")
			.values(
				plan.insert.map((remote) => ({
					user_id: userId,
					id: owner.newId("cal"),
					connection_id: connectionId,
					provider_calendar_id: remote.id,
					...remoteColumns(remote),
					version: remote.version,
					selected: remote.hidden !== true,
					status_since: at,
					created_at: at,
				})),
			)
			.onConflict((conflict) => conflict.columns(["user_id", "connection_id", "provider_calendar_id"]).doNothing())
			.returning("id")
			.execute();
		for (const { id } of inserted) entries.push({ type: "calendar.created", id, calendarId: id });
	}
	const known = [...plan.update.map(({ row }) => row), ...plan.gone, ...plan.back];
	await lockInOrder(
		tx,
		userId,
		known.map(({ id }) => id),
	);
	for (const { row, remote, fields } of plan.update) {
		await update(row.id, remoteColumns(remote));
		if (fields.length > 0) entries.push({ type: "calendar.updated", id: row.id, calendarId: row.id, fields });
	}
	for (const row of plan.gone) {
		await update(row.id, { status: "gone", status_reason: "calendar_gone", status_message: null, status_since: at });
		entries.push({ type: "calendar.updated", id: row.id, calendarId: row.id, fields: ["status"] });
	}
	for (const row of plan.back) {
		// Its version is forgotten, so that it is pulled whatever happened meanwhile.
		await update(row.id, { status: "pending", status_reason: null, version: null, status_since: at });
		entries.push({ type: "calendar.updated", id: row.id, calendarId: row.id, fields: ["status"] });
	}
	return entries;

	async function update(id: string, columns: Updateable<CalendarsTable>): Promise<void> {
		await tx.updateTable("calendars").set(columns).where("user_id", "=", userId).where("id", "=", id).execute();
	}
}

function remoteColumns(remote: RemoteCalendar) {
	return {
		name: remote.name,
		color: remote.color,
		time_zone: remote.timeZone,
		access: remote.access,
		is_primary: remote.primary,
		sends_invitations: remote.sendsInvitations,
		settings: JSON.stringify(remote.settings),
		// Where the provider keeps none, they are the person's own.
		...(remote.defaultReminders === undefined ? {} : { default_reminders: JSON.stringify(remote.defaultReminders) }),
	};
}

function remindersDiffer(row: CalendarRow, { defaultReminders }: RemoteCalendar): boolean {
	return defaultReminders !== undefined && !isDeepStrictEqual(row.default_reminders, defaultReminders);
}

function differs(row: CalendarRow, remote: RemoteCalendar): boolean {
	return (
		row.name !== remote.name ||
		row.color !== remote.color ||
		row.time_zone !== remote.timeZone ||
		row.access !== remote.access ||
		row.is_primary !== remote.primary ||
		row.sends_invitations !== remote.sendsInvitations ||
		remindersDiffer(row, remote) ||
		!isDeepStrictEqual(row.settings, remote.settings)
	);
}

/** Names of the API's fields that the listing changes for a reader. */
function changedFields(row: CalendarRow, remote: RemoteCalendar): string[] {
	const fields: string[] = [];
	if (row.name !== remote.name && row.name_override === null) fields.push("name");
	if (row.color !== remote.color && row.color_override === null) fields.push("color");
	if (row.time_zone !== remote.timeZone) fields.push("time_zone");
	if (row.access !== remote.access) fields.push("access");
	if (row.is_primary !== remote.primary) fields.push("primary");
	if (remindersDiffer(row, remote)) fields.push("default_reminders");
	return fields;
}
