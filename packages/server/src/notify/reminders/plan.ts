import type { CalendarEvent, Reminder } from "@kalends/model";
import type { ReminderChannel } from "../../db/schema.ts";
import type { NotificationPreferences } from "../preferences.ts";

const MINUTE = 60_000;

/** Later than this after its time, a reminder is late, and says so. */
export const LATE_AFTER_MS = 2 * MINUTE;

export interface ReminderSource {
	readonly event: Pick<CalendarEvent, "reminders" | "participants" | "status">;
	readonly calendarDefaults: readonly Reminder[];
	readonly preferences: NotificationPreferences;
	/** The provider mails reminders of the method `email` itself. */
	readonly providerMails: boolean;
}

/** Instants, epoch milliseconds. */
export interface ReminderTimes {
	readonly startsAt: number;
	readonly endsAt: number;
	/** Reminders whose time is behind `from`, up to `to`, are due. */
	readonly from: number;
	readonly to: number;
	readonly now: number;
}

export interface DueReminder {
	readonly channel: ReminderChannel;
	readonly minutes: number;
	readonly dueAt: number;
	readonly late: boolean;
}

/**
 * The reminders of one occurrence that are due. An event's own come first, then the calendar's, then the person's
 * defaults. Of an event that is cancelled, or that the person has declined, there are none; what came too late for an
 * occurrence that is over is left out.
 */
export function dueReminders(source: ReminderSource, times: ReminderTimes): readonly DueReminder[] {
	const { event } = source;
	if (event.status === "cancelled") return [];
	if (event.participants.some(({ self, response }) => self && response === "declined")) return [];
	const { startsAt, endsAt, from, to, now } = times;
	const due: DueReminder[] = [];
	for (const { channel, minutes } of channelsOf(source)) {
		const dueAt = startsAt - minutes * MINUTE;
		if (dueAt <= from || dueAt > to) continue;
		const late = now - dueAt > LATE_AFTER_MS;
		if (late && endsAt <= now) continue;
		due.push({ channel, minutes, dueAt, late });
	}
	return due;
}

/** Each channel and lead once. */
function channelsOf(source: ReminderSource): { readonly channel: ReminderChannel; readonly minutes: number }[] {
	const { preferences, providerMails } = source;
	const found = new Map<string, { readonly channel: ReminderChannel; readonly minutes: number }>();
	const add = (channel: ReminderChannel, minutes: number) => found.set(`${channel} ${minutes}`, { channel, minutes });
	for (const { method, minutes } of remindersOf(source)) {
		if (method === "popup" && preferences.reminders_in_app) add("in_app", minutes);
		if (method === "email" && preferences.reminders_by_email && !providerMails) add("email", minutes);
		if (preferences.reminders_by_webhook) add("webhook", minutes);
	}
	return [...found.values()];
}

function remindersOf({ event, calendarDefaults, preferences }: ReminderSource): readonly Reminder[] {
	if (!event.reminders.use_default) return event.reminders.overrides;
	return calendarDefaults.length > 0 ? calendarDefaults : preferences.default_reminders;
}
