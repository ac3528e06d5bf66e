import type { RemoteCalendar } from "@kalends/providers";
import type { CalendarRow } from "./reconcile.ts";

/** The calendar as the provider listed it last. */
export function remoteCalendar(row: CalendarRow): RemoteCalendar {
	return {
		id: row.provider_calendar_id,
		name: row.name,
		color: row.color,
		timeZone: row.time_zone,
		access: row.access,
		primary: row.is_primary,
		sendsInvitations: row.sends_invitations,
		version: row.version,
		settings: row.settings,
	};
}
