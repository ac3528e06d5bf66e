import { type CalendarEvent, CalendarSyntaxError, parseCalendar } from "@kalends/model";
import type { RemoteCalendar, RemoteResource } from "../port/provider.ts";

/** A stored resource, or the trace that a deleted one left (`resource` null). */
export interface MemoryEntry {
	readonly id: string;
	readonly revision: number;
	/** Null once deleted. */
	readonly resource: RemoteResource | null;
	/** True where the body cannot be read: it is listed, never delivered. */
	readonly broken: boolean;
}

export interface MemoryCalendar {
	remote: Omit<RemoteCalendar, "version">;
	/** Moves with every change of a resource. */
	revision: number;
	/** Cursors of an earlier generation have expired. */
	generation: number;
	readonly entries: Map<string, MemoryEntry>;
	/** Ids of the resources that a writer made, by the UID in them. */
	readonly written: Map<string, string>;
}

export interface MemoryAccount {
	readonly username: string;
	password: string;
	readonly calendars: Map<string, MemoryCalendar>;
}

/** The resource that an iCalendar body makes; null where it is no iCalendar. */
export function readBody(
	id: string,
	etag: string,
	raw: string,
	defaultZone: string | null,
	username: string,
): RemoteResource | null {
	try {
		const { groups, warnings } = parseCalendar(raw, { defaultZone, selfAddresses: [username], feedId: id });
		const events: CalendarEvent[] = groups.flatMap((group) => [...group.events]);
		const said = [...warnings, ...groups.flatMap((group) => [...group.warnings])];
		return { id, etag, scheduleTag: null, raw, events, warnings: said };
	} catch (error) {
		if (error instanceof CalendarSyntaxError) return null;
		throw error;
	}
}

/** Stores an entry as the newest change of its calendar. */
export function storeEntry(calendar: MemoryCalendar, entry: Omit<MemoryEntry, "revision">): void {
	calendar.entries.delete(entry.id);
	calendar.entries.set(entry.id, { ...entry, revision: ++calendar.revision });
}
