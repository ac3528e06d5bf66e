import type { CalendarEvent } from "./event.ts";

/** An event of which nothing is said but when it is, with the calendar's reminders. */
export function blankEvent({ uid, start, end }: Pick<CalendarEvent, "uid" | "start" | "end">): CalendarEvent {
	return {
		uid,
		recurrence_id: null,
		this_and_future: false,
		title: "",
		description: "",
		location: "",
		status: "confirmed",
		start,
		end,
		duration_kind: "exact",
		recurrence: null,
		participants: [],
		reminders: { use_default: true, overrides: [] },
		visibility: "default",
		busy: true,
		color: null,
		categories: [],
		conference: null,
		attachments: [],
		html_link: null,
		sequence: 0,
		created_at: null,
		updated_at: null,
	};
}
