import type { Calendar, CalendarEvent } from "@kalends/client";

/** An event for tests; what is not told is plain. */
export function eventOf(fields: Partial<CalendarEvent> = {}): CalendarEvent {
	return {
		id: "evt_1",
		calendar_id: "cal_1",
		connection_id: "con_1",
		provider: "caldav",
		provider_event_id: "1.ics",
		ical_uid: "1@example.org",
		title: "Event",
		description: "",
		location: "",
		status: "confirmed",
		start: { date_time: "2026-12-07T09:00:00+01:00", time_zone: "Europe/Berlin" },
		end: { date_time: "2026-12-07T10:00:00+01:00", time_zone: "Europe/Berlin" },
		all_day: false,
		recurrence: null,
		recurring_event_id: null,
		original_start: null,
		participants: [],
		reminders: { use_default: true, overrides: [] },
		visibility: "default",
		busy: true,
		color: null,
		categories: [],
		conference: null,
		attachments: [],
		html_link: null,
		read_only: false,
		etag: '"1"',
		sync: { state: "synced" },
		created_at: "2026-01-01T00:00:00Z",
		updated_at: "2026-01-01T00:00:00Z",
		...fields,
	};
}

/** A calendar for tests that can be written. */
export function calendarOf(fields: Partial<Calendar> = {}): Calendar {
	return {
		id: "cal_1",
		connection_id: "con_1",
		provider: "caldav",
		provider_calendar_id: "/ann/work/",
		name: "Work",
		color: "#2f6fde",
		time_zone: null,
		access: "owner",
		primary: true,
		selected: true,
		status: "active",
		status_reason: null,
		status_detail: null,
		status_since: "2026-01-01T00:00:00Z",
		fix: null,
		held_deletions: 0,
		warnings_count: 0,
		default_reminders: [],
		privacy: "full",
		last_synced_at: null,
		...fields,
	};
}
