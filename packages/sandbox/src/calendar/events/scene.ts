import { announce } from "../../push/announce.ts";
import type { Account } from "../../world/account.ts";
import type { Calendar } from "../../world/calendar.ts";
import { type EventDraft, type EventRecord, sameEmail } from "../../world/event-record.ts";
import type { World } from "../../world/world.ts";
import { instanceAt } from "./series.ts";
import { timeKey } from "./times.ts";

export type SendUpdates = "all" | "externalOnly" | "none";

/** One change: where it is made, by whom, and which calendars it has touched so far. */
export interface Scene {
	readonly world: World;
	readonly calendar: Calendar;
	/** Null: Google itself. */
	readonly actor: Account | null;
	readonly sendUpdates: SendUpdates;
	readonly touched: Set<string>;
}

export const organizes = (calendar: Calendar, record: Pick<EventRecord, "organizer">): boolean =>
	sameEmail(record.organizer.email, calendar.id);

export function put(scene: Scene, calendar: Calendar, draft: EventDraft): EventRecord {
	scene.touched.add(calendar.id);
	return calendar.events.put(draft);
}

/** Puts a record again with changes; its `updated` moves. */
export function change(
	scene: Scene,
	calendar: Calendar,
	record: EventRecord,
	changes: Partial<EventDraft>,
): EventRecord {
	return put(scene, calendar, { ...record, updated: undefined, ...changes });
}

/** Deletes an event with all exceptions of it. */
export function bury(scene: Scene, calendar: Calendar, record: EventRecord): EventRecord {
	const deletedAt = scene.world.clock.now();
	for (const exception of calendar.events.exceptionsOf(record.id)) {
		if (exception.deletedAt === undefined) change(scene, calendar, exception, { deletedAt });
	}
	return change(scene, calendar, record, { deletedAt });
}

/** Deletes exceptions whose slots a changed series no longer has. */
export function dropLostExceptions(scene: Scene, calendar: Calendar, master: EventRecord): void {
	for (const exception of calendar.events.exceptionsOf(master.id)) {
		const { originalStartTime: slot, deletedAt } = exception;
		if (deletedAt !== undefined || slot === undefined) continue;
		if (master.recurrence === undefined || instanceAt(master, timeKey(slot)) === null) bury(scene, calendar, exception);
	}
}

/** Tells the channels of all calendars that were touched. */
export function finish(scene: Scene): void {
	for (const calendarId of scene.touched) announce(scene.world, { type: "events", calendarId });
}
