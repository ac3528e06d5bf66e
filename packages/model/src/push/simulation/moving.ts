import type { CalendarEvent } from "../../event/event.ts";
import type { ResourceEvents } from "../../merge/lost-edit.ts";
import type { IntentMove } from "../push-types.ts";
import type { Database } from "./database.ts";
import type { Calendar, Intent, Row } from "./rows.ts";
import { sometimes } from "./world.ts";

/** What the provider itself can move. */
interface Origin {
	readonly calendarId: string;
	readonly resource: string;
	readonly base: ResourceEvents;
}

/**
 * What the provider is to move so that it is in that calendar; null where it is copied, as there is still something to be
 * sent of it. What was moved here and not sent yet moves on from where it is.
 */
function originWithin(db: Database, row: Row, target: Calendar): Origin | null {
	if (!db.world.traits.moves) return null;
	const [first, ...more] = db.intentsOf(row);
	if (more.length > 0) return null;
	if (row.remoteId !== null) {
		const isQuiet = first === undefined || first.move?.role === "refused";
		return isQuiet ? { calendarId: row.calendar.id, resource: row.remoteId, base: row.shown } : null;
	}
	if (first?.move?.role !== "arrives" || first.attempts > 0 || first.base === null) return null;
	const { calendar_id: calendarId, resource } = first.move;
	return calendarId === target.id ? null : { calendarId, resource, base: first.base };
}

/**
 * A person moves what they see to another calendar, perhaps with a change: it is made there, and deleted here.
 * @param events what it is to be
 */
export function moveRow(
	db: Database,
	row: Row,
	target: Calendar,
	events: NonNullable<ResourceEvents>,
	newUid: string,
): void {
	const { world } = db;
	const { oracle } = world;
	const { shown } = row;
	const here = row.calendar.provider.cells(shown);
	const origin = originWithin(db, row, target);
	const last = db.intentsOf(row).at(-1);
	let made: Intent;
	if (origin === null) {
		sometimes(world, "copied");
		const copy = copyOf(events, newUid);
		oracle.localEdit("move", target.provider.cells(null), target.provider.cells(copy));
		oracle.localEdit("move away", here, row.calendar.provider.cells(null));
		made = db.create(target, copy);
	} else {
		sometimes(world, "moved by the provider");
		const move = { role: "arrives", calendar_id: origin.calendarId, resource: origin.resource } as const;
		oracle.localEdit("move", here, target.provider.cells(events));
		made = db.create(target, events, { base: origin.base, move });
	}
	const half = { waitsFor: made.id, within: origin !== null };
	const away = db.storeIntent(row, null, half);
	if (origin === null) oracle.copied(row.uid, newUid);
	if (last?.kind === "create" && (away === null || away.id === last.id)) db.passOn(last, half);
	if (away === null) db.dropRow(row, false);
	const where = `${row.id} ${row.uid} by ${away?.id} to ${made.rowId} ${target.id} by ${made.id}`;
	world.trace(`here ${origin === null ? "copies" : "moves"} ${where}`);
}

/** The same content under a UID of its own; the organizer is whoever has the new calendar. */
function copyOf(events: NonNullable<ResourceEvents>, uid: string): readonly CalendarEvent[] {
	return events.map((one) => ({
		...one,
		...{ uid, html_link: null, sequence: 0, participants: one.participants.filter(({ organizer }) => !organizer) },
	}));
}

/** Makes in the other calendar what was refused there, and hides it here as when it was moved first. */
export function moveAgain(db: Database, refused: Intent, move: Extract<IntentMove, { role: "refused" }>): void {
	const { world } = db;
	const row = db.rowOf(refused);
	const target = db.calendars.find(({ id }) => id === move.calendar_id);
	if (target === undefined) throw new Error(`no calendar ${move.calendar_id}`);
	sometimes(world, "refused move tried again");
	row.shown = null;
	const arrives = { role: "arrives", calendar_id: row.calendar.id, resource: row.remoteId ?? "" } as const;
	const within = move.within && refused.base !== null;
	if (!within) world.oracle.localEdit("move", target.provider.cells(null), target.provider.cells(move.events));
	const made = db.create(target, move.events, within ? { base: refused.base, move: arrives } : {});
	const half = move.within ? ({ role: "leaves" } as const) : null;
	db.put({ ...refused, state: "pending", attempts: 0, waitsFor: made.id, move: half, nextAt: world.now });
}
