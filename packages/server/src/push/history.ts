import type { CalendarEvent, SlicePlan, StoredEvent } from "@kalends/model";
import { sql } from "kysely";
import { toRecordset } from "../db/recordset.ts";
import type { Actor, VersionAction } from "../db/schema.ts";
import type { Statement } from "../events/occurrence-statements.ts";
import type { Services } from "../services.ts";

/** What is noted of one change of an event, or of a series as a whole. */
export interface VersionEntry {
	readonly eventId: string;
	readonly action: VersionAction;
	readonly actor: Actor;
	/** Names of the API's fields. */
	readonly fields: readonly string[];
	readonly events: readonly CalendarEvent[];
	/** The row whose body is kept with it; null: none. */
	readonly resourceId: string | null;
	/** Only where the event has no history yet. */
	readonly onlyFirst: boolean;
}

/** Who changed what a plan changes. */
export interface Author {
	readonly actor: Actor;
	/** Of what is not deleted; null: `created` or `updated`, as the plan says. */
	readonly action: VersionAction | null;
}

/**
 * For what is one change of several events: their histories show by its instant that they belong together, as those of
 * what moved and what was made of it, or of the two parts of a series.
 */
export function atOneInstant(services: Services): Services {
	const instant = services.now();
	return { ...services, now: () => instant };
}

export const BY_PROVIDER: Author = { actor: { type: "provider" }, action: null };

/**
 * Adds entries to the history, numbered for each event from 1, in their order. The calendar is locked, so that nobody
 * else numbers them.
 * @param now epoch milliseconds
 */
export function insertVersions(
	{ userId, calendarId, now }: { readonly userId: string; readonly calendarId: string; readonly now: number },
	entries: readonly VersionEntry[],
): Statement {
	if (entries.length === 0) return null;
	const rows = entries.map(({ eventId, resourceId, onlyFirst, ...entry }, position) => ({
		...entry,
		position,
		event_id: eventId,
		resource_id: resourceId,
		only_first: onlyFirst,
	}));
	return sql`
		INSERT INTO event_versions (user_id, event_id, version, calendar_id, at, action, actor, fields, events, raw)
		SELECT ${userId}, v.event_id,
			coalesce(last.version, 0) + row_number() OVER (PARTITION BY v.event_id ORDER BY v.position),
			${calendarId}, ${new Date(now)}, v.action, v.actor, v.fields, v.events,
			(SELECT nullif(raw, '') FROM resources WHERE user_id = ${userId} AND id = v.resource_id)
		FROM jsonb_to_recordset(${toRecordset(rows)}::jsonb) AS v(
			position int, event_id text, action text, actor jsonb, fields jsonb, events jsonb, resource_id text,
			only_first boolean)
		LEFT JOIN LATERAL (
			SELECT max(version) AS version FROM event_versions WHERE user_id = ${userId} AND event_id = v.event_id
		) last ON true
		WHERE NOT v.only_first OR last.version IS NULL`;
}

/**
 * The entries for what a plan changes: each changed event as it is afterwards, each deleted one as it was, with its body;
 * and as it was before its first change.
 * @param resourceIds rows of the resources by the provider's id
 */
export function versionsOf(
	plan: SlicePlan,
	stored: readonly StoredEvent[],
	resourceIds: ReadonlyMap<string, string>,
	{ actor, action }: Author,
): VersionEntry[] {
	const after = new Map(plan.rematerialise.map(({ base, overrides }) => [base.id, [base, ...overrides]]));
	const before = (id: string) =>
		stored
			.filter((row) => row.id === id || row.masterId === id)
			.sort((a, b) => Number(b.id === id) - Number(a.id === id));
	const entries: VersionEntry[] = [];
	for (const change of plan.changes) {
		const common = { eventId: change.id, actor, fields: [], resourceId: null, onlyFirst: false };
		if (change.type === "deleted") {
			const rows = before(change.id);
			const resourceId = resourceIds.get(rows[0]?.resource ?? "") ?? null;
			entries.push({ ...common, action: "deleted", events: rows.map(({ event }) => event), resourceId });
			continue;
		}
		const events = (after.get(change.id) ?? []).map(({ event }) => event);
		if (change.type === "created") {
			entries.push({ ...common, action: action === "restored" ? action : "created", events });
			continue;
		}
		const seen = before(change.id).map(({ event }) => event);
		entries.push({ ...common, actor: BY_PROVIDER.actor, action: "seen", events: seen, onlyFirst: true });
		entries.push({ ...common, action: action ?? "updated", fields: change.fields, events });
	}
	return entries;
}
