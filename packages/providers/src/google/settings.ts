import type { RemoteCalendar, SyncCursor } from "../port/provider.ts";
import type { MapContext } from "./fields/field.ts";

/** How far the sync of a calendar has come. */
export interface GoogleCursor {
	/** Null: Google gave none, so all is listed again. */
	readonly syncToken: string | null;
	/** Of a free/busy calendar, which is read as a window of instances: where it begins. */
	readonly since: string | null;
	/** With which it was read: a token tells of no event that only looks otherwise. Null: not known. */
	readonly access: string | null;
}

/** Moves when requests or reading change so that an older token must not be used. */
const VERSION = 1;

export function toCursor(cursor: GoogleCursor): SyncCursor {
	return { v: VERSION, ...cursor };
}

/** Null where there is nothing to build on. */
export function readCursor(cursor: SyncCursor | null): GoogleCursor | null {
	if (cursor === null || cursor.v !== VERSION) return null;
	const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : null);
	return { syncToken: text(cursor.syncToken), since: text(cursor.since), access: text(cursor.access) };
}

/** How events of a calendar are read and written. */
export function mappingOf({ timeZone, access }: RemoteCalendar): Omit<MapContext, "warn"> {
	return { timeZone: timeZone ?? "UTC", hidden: access === "free_busy" };
}
