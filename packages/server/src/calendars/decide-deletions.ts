import { z } from "zod";
import { endpoint } from "../http/endpoint.ts";
import { Problem } from "../http/errors.ts";
import { applyHeldDeletions, keepHeldDeletions, removeGoneCalendar } from "../sync/held-deletions.ts";
import { calendarToWire, findCalendarRecord } from "./calendar-records.ts";
import { CalendarParams, CalendarSchema } from "./schemas.ts";

export const decideDeletions = endpoint({
	method: "POST",
	path: "/v1/calendars/:id/deletions",
	operationId: "decideDeletions",
	summary: "Decide on deletions that Kalends held back",
	description:
		"`apply` deletes here what the provider no longer has; a calendar that is gone is removed with all its events (204). " +
		"`keep` keeps it here. Either way the calendar goes on syncing.",
	tag: "calendars",
	access: { kind: "user", scope: "write", ids: { id: "calendar" } },
	params: CalendarParams,
	body: z.strictObject({ action: z.enum(["apply", "keep"]) }),
	responses: { 200: CalendarSchema, 204: null },
	async handle({ services, principal, params, body }) {
		const key = { userId: principal.userId, calendarId: params.id };
		const record = await findCalendarRecord(services.db, principal.userId, params.id);
		const isGone = record.status === "gone";
		if (!isGone && record.status_reason !== "deletions_held" && record.held_deletions === 0) {
			throw new Problem("nothing_held", "No deletions of this calendar wait for a decision.", {
				fix: "Nothing needs to be done.",
			});
		}
		if (isGone && body.action === "apply") {
			await removeGoneCalendar(services, key);
			return { status: 204 };
		}
		if (body.action === "apply") await applyHeldDeletions(services, key);
		else await keepHeldDeletions(services, key);
		const after = await findCalendarRecord(services.db, principal.userId, params.id);
		return { status: 200, body: calendarToWire(after) };
	},
});
