import type { CalendarEvent } from "../../event/event.ts";
import type { ResourceEvents } from "../../merge/lost-edit.ts";
import { slotKey } from "../../merge/same-content.ts";

/** The smallest parts of a resource that somebody can change, `uid|slot|field`, with their value as text. */
export type Cells = ReadonlyMap<string, string>;

/** The value of a cell that is not there. */
export const ABSENT = "-";

export interface CellName {
	readonly uid: string;
	/** Empty for a single or master. */
	readonly slot: string;
	readonly field: string;
}

export function cellName(cell: string): CellName {
	const [uid = "", slot = "", ...field] = cell.split("|");
	return { uid, slot, field: field.join("|") };
}

/** Names of the API's fields that a cell shows in. */
export function apiFields({ field }: CellName): readonly string[] {
	if (field === "time") return ["start", "end"];
	if (field.startsWith("category:")) return ["categories"];
	if (field.startsWith("guest:") || field.startsWith("response:")) return ["participants"];
	return [field];
}

/** @param calendar that they are in; empty where there is only one */
export function cellsOf(events: ResourceEvents, calendar = ""): Cells {
	const cells = new Map<string, string>();
	for (const event of events ?? []) {
		const uid = ourUid(event.uid);
		const prefix = `${uid}|${slotKey(event)}|`;
		for (const [field, value] of fieldsOf(event)) cells.set(prefix + field, value);
		if (calendar !== "" && event.recurrence_id === null) cells.set(calendarCell(uid), calendar);
	}
	return cells;
}

/** Where an event is. */
export function calendarCell(uid: string): string {
	return `${ourUid(uid)}||calendar`;
}

/** A UID that the provider gives begins with the one that was sent. */
export function ourUid(uid: string): string {
	return uid.split("@")[0] ?? uid;
}

function* fieldsOf(event: CalendarEvent): Iterable<readonly [string, string]> {
	yield ["title", event.title];
	yield ["description", event.description];
	yield ["location", event.location];
	yield ["time", JSON.stringify([event.start, event.end])];
	if (event.recurrence_id === null) yield ["recurrence", JSON.stringify(event.recurrence)];
	for (const category of event.categories) yield [`category:${category}`, "there"];
	for (const { email, name, response, organizer } of event.participants) {
		// Who organizes is for the provider to say.
		if (organizer) continue;
		yield [`guest:${email}`, `${name}`];
		yield [`response:${email}`, response];
	}
}

export interface CellChange {
	readonly cell: string;
	readonly from: string;
	readonly to: string;
}

export function cellChanges(before: Cells, after: Cells): CellChange[] {
	const changes: CellChange[] = [];
	for (const cell of new Set([...before.keys(), ...after.keys()])) {
		const from = before.get(cell) ?? ABSENT;
		const to = after.get(cell) ?? ABSENT;
		if (from !== to) changes.push({ cell, from, to });
	}
	return changes;
}
