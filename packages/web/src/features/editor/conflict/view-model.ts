import type { CalendarEvent, EventPatch, EventScope } from "@kalends/client";

/** Fields that a person can edit, in the order in which the notice shows them. */
const FIELDS = [
	"title",
	"start",
	"end",
	"recurrence",
	"location",
	"description",
	"participants",
	"reminders",
	"busy",
	"visibility",
	"color",
	"conference",
	"status",
	"categories",
	"attachments",
] as const satisfies readonly (keyof EventPatch)[];
export type ConflictField = (typeof FIELDS)[number];

export interface ConflictRow {
	readonly field: ConflictField;
	readonly mine: unknown;
	readonly theirs: unknown;
	/** Both changed it: `mine` is written only when the person asks for it. */
	readonly contested: boolean;
}

/**
 * What a change that was made on an older version of the event means now, field by field; equal values are left out.
 * @param base the event as it was read when editing began
 * @param mine the change that was refused
 * @param theirs the event now
 */
export function conflictRows(base: CalendarEvent, mine: EventPatch, theirs: CalendarEvent): readonly ConflictRow[] {
	return FIELDS.flatMap((field): readonly ConflictRow[] => {
		const wanted = mine[field];
		const now = theirs[field];
		// The rule is the series': an occurrence is read without it.
		if (field === "recurrence" && wanted === undefined && theirs.recurring_event_id !== null) return [];
		const changedThere = !same(base[field], now);
		if (wanted === undefined) {
			return changedThere ? [{ field, mine: base[field], theirs: now, contested: false }] : [];
		}
		if (agrees(wanted, now)) return [];
		return [{ field, mine: wanted, theirs: now, contested: changedThere }];
	});
}

/** A change of an event as it was read. */
export type MadeChange = { readonly event: CalendarEvent; readonly scope: EventScope | null } & (
	| { readonly kind: "update"; readonly patch: EventPatch }
	| { readonly kind: "delete" }
);

/**
 * Whether a change that was made on an older version holds on what is there now, so that nobody has to be asked. Of what goes
 * together with an event others may have changed something: that is asked.
 */
export function stillHolds(change: MadeChange, theirs: CalendarEvent): boolean {
	const { event, scope, kind } = change;
	const rows = conflictRows(event, kind === "update" ? change.patch : {}, theirs);
	if (kind === "update") return !rows.some(({ contested }) => contested);
	return rows.length === 0 && (scope === null || scope === "this");
}

/** The part of the change that is not there yet and touches nothing that was changed there: it needs no asking. */
export function uncontested(mine: EventPatch, rows: readonly ConflictRow[]): EventPatch {
	const differing = new Set<string>(rows.map(({ field }) => field));
	const contested = new Set<string>(rows.filter((row) => row.contested).map(({ field }) => field));
	// Start and end are one thing to a person.
	if (contested.has("start") || contested.has("end")) {
		contested.add("start");
		contested.add("end");
	}
	return Object.fromEntries(Object.entries(mine).filter(([field]) => differing.has(field) && !contested.has(field)));
}

/** Whether what is wanted is what is there; lists of people by address, as the rest of them is the server's. */
function agrees(wanted: unknown, now: unknown): boolean {
	if (Array.isArray(wanted) && Array.isArray(now) && wanted.every(hasEmail) && now.every(hasEmail)) {
		const addresses = (list: readonly { email: string }[]) => list.map(({ email }) => email.toLowerCase()).sort();
		return same(addresses(wanted), addresses(now));
	}
	return same(wanted ?? emptyOf(now), now);
}

function emptyOf(value: unknown): unknown {
	return typeof value === "string" ? "" : Array.isArray(value) ? [] : null;
}

function hasEmail(value: unknown): value is { readonly email: string } {
	return typeof value === "object" && value !== null && "email" in value && typeof value.email === "string";
}

function same(a: unknown, b: unknown): boolean {
	return canonical(a) === canonical(b);
}

function canonical(value: unknown): string {
	return JSON.stringify(value, (_, part: unknown) =>
		typeof part === "object" && part !== null && !Array.isArray(part)
			? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
			: part,
	);
}
