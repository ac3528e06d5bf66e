import type { Updateable } from "kysely";
import { appendChanges } from "../changes/append-changes.ts";
import type { CalendarsTable } from "../db/schema.ts";
import { endpoint } from "../http/endpoint.ts";
import { createRun } from "../sync/create-run.ts";
import { type CalendarRecord, calendarToWire, findCalendarRecord } from "./calendar-records.ts";
import { CalendarParams, CalendarPatchSchema, CalendarSchema, type WireCalendar } from "./schemas.ts";

export const updateCalendar = endpoint({
	method: "PATCH",
	path: "/v1/calendars/:id",
	operationId: "updateCalendar",
	summary: "Select or deselect a calendar, rename or recolour it here",
	description:
		"Nothing is changed at the provider. A calendar that is not selected keeps its events and hides them; selecting it " +
		"again syncs it.",
	tag: "calendars",
	access: { kind: "user", scope: "write", ids: { id: "calendar" } },
	params: CalendarParams,
	body: CalendarPatchSchema,
	responses: { 200: CalendarSchema },
	async handle({ services, principal, params, body }) {
		const { userId } = principal;
		const before = await findCalendarRecord(services.db, userId, params.id);
		const columns: Updateable<CalendarsTable> = {
			...(body.selected === undefined ? {} : { selected: body.selected }),
			...(body.name === undefined ? {} : { name_override: body.name }),
			...(body.color === undefined ? {} : { color_override: body.color?.toLowerCase() ?? null }),
			...(body.default_reminders === undefined ? {} : { default_reminders: JSON.stringify(body.default_reminders) }),
			...(body.privacy === undefined ? {} : { privacy: body.privacy }),
		};
		if (Object.keys(columns).length === 0) return { status: 200, body: calendarToWire(before) };
		const after = await services.db.transaction().execute(async (tx) => {
			await tx
				.updateTable("calendars")
				.set(columns)
				.where("user_id", "=", userId)
				.where("id", "=", params.id)
				.execute();
			const updated = await findCalendarRecord(tx, userId, params.id);
			if (updated.selected && !before.selected && !(await isPaused(updated))) {
				await createRun(tx, services, { userId, connectionId: updated.connection_id, trigger: "manual" });
			}
			const fields = changedFields(calendarToWire(before), calendarToWire(updated));
			const entry = { type: "calendar.updated", id: params.id, calendarId: params.id, fields } as const;
			await appendChanges(tx, userId, services.now(), fields.length > 0 ? [entry] : []);
			return updated;

			async function isPaused({ connection_id }: CalendarRecord): Promise<boolean> {
				const { paused } = await tx
					.selectFrom("connections")
					.select("paused")
					.where("user_id", "=", userId)
					.where("id", "=", connection_id)
					.executeTakeFirstOrThrow();
				return paused;
			}
		});
		return { status: 200, body: calendarToWire(after) };
	},
});

function changedFields(before: WireCalendar, after: WireCalendar): string[] {
	const names = Object.keys(after) as (keyof WireCalendar)[];
	return names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
}
