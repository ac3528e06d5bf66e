import type { CalendarEvent } from "@kalends/model";
import { sql } from "kysely";
import type { Statement } from "../../events/occurrence-statements.ts";
import { MOST_MINUTES } from "../preferences.ts";

/**
 * Notes how long before their start these events remind, for the scan that looks for due reminders. Most slices bring
 * nothing new; whoever does writes in one order, so that two never wait for each other in a circle.
 */
export function noteLeads(userId: string, events: readonly { readonly event: CalendarEvent }[]): Statement {
	const minutes = new Set<number>();
	for (const { event } of events) for (const one of event.reminders.overrides) minutes.add(one.minutes);
	const leads = [...minutes]
		.filter((one) => Number.isInteger(one) && Math.abs(one) <= MOST_MINUTES)
		.sort((a, b) => a - b);
	if (leads.length === 0) return null;
	return sql`
		INSERT INTO reminder_leads (user_id, minutes)
		SELECT ${userId}, l.minutes FROM unnest(${leads}::integer[]) AS l(minutes)
		WHERE NOT EXISTS (SELECT 1 FROM reminder_leads k WHERE k.user_id = ${userId} AND k.minutes = l.minutes)
		ORDER BY l.minutes
		ON CONFLICT DO NOTHING`;
}
