import type { ResourceEvents } from "../../merge/lost-edit.ts";
import type { RebaseIntent } from "../push-types.ts";
import type { SeriesCut } from "../put-back.ts";
import { cellsOf } from "./cells.ts";
import type { Author, Provider } from "./provider.ts";

/** A row of `calendars`. */
export interface Calendar {
	/** Of the only one empty. */
	readonly id: string;
	readonly provider: Provider;
	writeSeq: number;
	cursor: string | null;
	pullFence: number;
	/** Pages that pulls have applied. */
	pages: number;
	/** A pull has begun and has not ended, as far as is known. */
	pulling: boolean;
}

export function calendarOf(provider: Provider): Calendar {
	const { calendar: id } = provider;
	return { id, provider, writeSeq: 0, cursor: null, pullFence: 0, pages: 0, pulling: false };
}

/** A row of `resources`, with what the rows of `events` show. */
export interface Row {
	readonly id: string;
	readonly uid: string;
	readonly calendar: Calendar;
	/** Null until the provider has made it. */
	remoteId: string | null;
	etag: string | null;
	/** What the provider had when last heard of. */
	remote: ResourceEvents;
	shown: ResourceEvents;
	writeSeq: number;
	gone: boolean;
}

export const EMPTY_ROW: Omit<Row, "id" | "uid" | "calendar"> = {
	remoteId: null,
	etag: null,
	remote: null,
	shown: null,
	writeSeq: 0,
	gone: false,
};

export interface Intent extends RebaseIntent {
	readonly rowId: string;
	readonly waitsFor: string | null;
	readonly cut?: Author["cut"];
	/** Of a new series: the row of the old one, and what that was before and after the cut. */
	readonly split?: SeriesCut & { readonly rowId: string };
	/** Edits that went into it. */
	readonly edits: number;
	readonly attempts: number;
	readonly fence: number;
	/** `pages` of the calendar when it was claimed. */
	readonly pages: number;
	readonly claimedUntil: number;
	readonly nextAt: number;
}

/** It can still be changed: the provider has not been told of it, or has refused it. */
export function isOpen({ state, attempts }: Pick<Intent, "state" | "attempts">): boolean {
	return state === "failed" || attempts === 0;
}

/** The recurrence of a series as the oracle names it. */
export function recurrenceCell(events: ResourceEvents, uid: string): string {
	return cellsOf(events).get(`${uid}||recurrence`) ?? "";
}
